/**
 * The checks of the baseline standard: known ways out of a pod onto its node.
 *
 * Models the checks of level baseline in staging/src/k8s.io/pod-security-admission/policy/check_*.go.
 */
import type { Sent } from '../validation/sent.ts';
import {
  type Check,
  type CheckedPod,
  type CheckPod,
  containersOf,
  containersText,
  containersWith,
  hasOwnUsers,
  plural,
  quoted,
  settersText,
  sortedSet,
} from './check.ts';
import { seccompAnnotations, seccompBaseline } from './seccomp-checks.ts';

const DEFAULT_CAPABILITIES = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
];
const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/';
const SELINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t'];
const SYSCTLS = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
];
const SYSCTLS_27 = [...SYSCTLS, 'net.ipv4.ip_local_reserved_ports'];
const SYSCTLS_29 = [
  ...SYSCTLS_27,
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
];
const SYSCTLS_32 = [...SYSCTLS_29, 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem'];

/** In the order of their complaints. */
export const BASELINE_CHECKS: readonly Check[] = [
  { id: 'appArmorProfile', versions: [{ since: 0, check: appArmorProfile }] },
  { id: 'capabilities_baseline', versions: [{ since: 0, check: capabilities }] },
  { id: 'hostNamespaces', versions: [{ since: 0, check: hostNamespaces }] },
  { id: 'hostPathVolumes', versions: [{ since: 0, check: hostPathVolumes }] },
  { id: 'hostPorts', versions: [{ since: 0, check: hostPorts }] },
  { id: 'hostProbesAndHostLifecycle', versions: [{ since: 34, check: hostProbesAndHostLifecycle }] },
  { id: 'privileged', versions: [{ since: 0, check: privileged }] },
  {
    id: 'procMount',
    versions: [
      { since: 0, check: procMount },
      { since: 35, check: (pod) => (hasOwnUsers(pod) ? undefined : procMount(pod)) },
    ],
  },
  {
    id: 'seLinuxOptions',
    versions: [
      { since: 0, check: seLinuxOptions(SELINUX_TYPES) },
      { since: 31, check: seLinuxOptions([...SELINUX_TYPES, 'container_engine_t']) },
    ],
  },
  {
    id: 'seccompProfile_baseline',
    versions: [
      { since: 0, check: seccompAnnotations },
      { since: 19, check: seccompBaseline },
    ],
  },
  {
    id: 'sysctls',
    versions: [
      { since: 0, check: sysctls(SYSCTLS) },
      { since: 27, check: sysctls(SYSCTLS_27) },
      { since: 29, check: sysctls(SYSCTLS_29) },
      { since: 32, check: sysctls(SYSCTLS_32) },
    ],
  },
  { id: 'windowsHostProcess', versions: [{ since: 0, check: windowsHostProcess }] },
];

function appArmorProfile(pod: CheckedPod): ReturnType<CheckPod> {
  const typeOf = ({ securityContext }: Sent): string | undefined => securityContext?.appArmorProfile?.type;
  const isBad = (type: string | undefined) => type !== undefined && type !== 'RuntimeDefault' && type !== 'Localhost';
  const types = [pod.spec, ...containersOf(pod)].map(typeOf).filter(isBad) as string[];
  const annotations = Object.entries(pod.annotations)
    .filter(([key, value]) => key.startsWith(APP_ARMOR) && value !== '' && value !== 'runtime/default' && !value.startsWith('localhost/'))
    .map(([key, value]) => `${key}="${value}"`);
  const setters = [
    settersText(
      isBad(typeOf(pod.spec)),
      containersWith(pod, (container) => isBad(typeOf(container))),
    ),
    annotations.length > 0 ? plural('annotation', annotations.length) : '',
  ].filter((text) => text !== '');
  if (setters.length === 0) return undefined;
  const values = [...sortedSet(types), ...sortedSet(annotations)];
  return {
    reason: plural('forbidden AppArmor profile', values.length),
    detail: `${setters.join(' and ')} must not set AppArmor profile type to ${quoted(values)}`,
  };
}

function capabilities(pod: CheckedPod): ReturnType<CheckPod> {
  const forbidden = ({ securityContext }: Sent): readonly string[] =>
    (securityContext?.capabilities?.add ?? []).filter((one: string) => !DEFAULT_CAPABILITIES.includes(one));
  const bad = containersWith(pod, (container) => forbidden(container).length > 0);
  if (bad.length === 0) return undefined;
  const added = sortedSet(containersOf(pod).flatMap(forbidden));
  return {
    reason: 'non-default capabilities',
    detail: `${containersText(bad)} must not include ${quoted(added)} in securityContext.capabilities.add`,
  };
}

function hostNamespaces({ spec }: CheckedPod): ReturnType<CheckPod> {
  const shared = ['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => spec[field] === true).map((field) => `${field}=true`);
  return shared.length === 0 ? undefined : { reason: 'host namespaces', detail: shared.join(', ') };
}

function hostPathVolumes({ spec }: CheckedPod): ReturnType<CheckPod> {
  const names = (spec.volumes ?? []).filter(({ hostPath }: Sent) => hostPath !== undefined).map(({ name }: Sent) => name);
  return names.length === 0 ? undefined : { reason: 'hostPath volumes', detail: `${plural('volume', names.length)} ${quoted(names)}` };
}

function hostPorts(pod: CheckedPod): ReturnType<CheckPod> {
  const portsOf = ({ ports }: Sent): readonly string[] =>
    (ports ?? []).flatMap(({ hostPort = 0 }: Sent) => (hostPort === 0 ? [] : [String(hostPort)]));
  const bad = containersWith(pod, (container) => portsOf(container).length > 0);
  if (bad.length === 0) return undefined;
  const ports = sortedSet(containersOf(pod).flatMap(portsOf));
  return { reason: 'hostPort', detail: `${containersText(bad)} ${uses(bad)} ${plural('hostPort', ports.length)} ${ports.join(', ')}` };
}

function hostProbesAndHostLifecycle(pod: CheckedPod): ReturnType<CheckPod> {
  const hostsOf = ({ livenessProbe, readinessProbe, startupProbe, lifecycle }: Sent): readonly string[] =>
    [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop]
      .flatMap((handler) => [handler?.httpGet?.host, handler?.tcpSocket?.host])
      .filter((host) => (host ?? '') !== '');
  const bad = sortedSet(containersWith(pod, (container) => hostsOf(container).length > 0));
  if (bad.length === 0) return undefined;
  const hosts = sortedSet(containersOf(pod).flatMap(hostsOf));
  return {
    reason: 'probe or lifecycle host',
    detail: `${containersText(bad)} ${uses(bad)} ${plural('probe or lifecycle host', hosts.length)} ${quoted(hosts)}`,
  };
}

function uses(names: readonly string[]): string {
  return names.length === 1 ? 'uses' : 'use';
}

function privileged(pod: CheckedPod): ReturnType<CheckPod> {
  const bad = containersWith(pod, ({ securityContext }) => securityContext?.privileged === true);
  if (bad.length === 0) return undefined;
  return { reason: 'privileged', detail: `${containersText(bad)} must not set securityContext.privileged=true` };
}

export function procMount(pod: CheckedPod): ReturnType<CheckPod> {
  const mountOf = ({ securityContext }: Sent): string => securityContext?.procMount ?? 'Default';
  const bad = containersWith(pod, (container) => mountOf(container) !== 'Default');
  if (bad.length === 0) return undefined;
  const mounts = sortedSet(
    containersOf(pod)
      .map(mountOf)
      .filter((mount) => mount !== 'Default'),
  );
  return { reason: 'procMount', detail: `${containersText(bad)} must not set securityContext.procMount to ${quoted(mounts)}` };
}

function seLinuxOptions(types: readonly string[]): CheckPod {
  return (pod) => {
    const optionsOf = ({ securityContext }: Sent): Sent => securityContext?.seLinuxOptions ?? {};
    const isBad = (holder: Sent) => {
      const { type = '', user = '', role = '' } = optionsOf(holder);
      return !types.includes(type) || user !== '' || role !== '';
    };
    const setters = settersText(isBad(pod.spec), containersWith(pod, isBad));
    if (setters === '') return undefined;
    const all = [pod.spec, ...containersOf(pod)].map(optionsOf);
    const badTypes = sortedSet(all.map(({ type = '' }) => type).filter((type) => !types.includes(type)));
    const complaints = [
      ...(badTypes.length > 0 ? [`${plural('type', badTypes.length)} ${quoted(badTypes)}`] : []),
      ...(all.some(({ user = '' }) => user !== '') ? ['user may not be set'] : []),
      ...(all.some(({ role = '' }) => role !== '') ? ['role may not be set'] : []),
    ];
    return { reason: 'seLinuxOptions', detail: `${setters} set forbidden securityContext.seLinuxOptions: ${complaints.join('; ')}` };
  };
}

function sysctls(allowed: readonly string[]): CheckPod {
  return ({ spec }) => {
    const forbidden = (spec.securityContext?.sysctls ?? []).map(({ name }: Sent) => name).filter((name: string) => !allowed.includes(name));
    return forbidden.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: forbidden.join(', ') };
  };
}

function windowsHostProcess(pod: CheckedPod): ReturnType<CheckPod> {
  const isSet = ({ securityContext }: Sent) => securityContext?.windowsOptions?.hostProcess === true;
  const setters = settersText(isSet(pod.spec), containersWith(pod, isSet));
  if (setters === '') return undefined;
  return { reason: 'hostProcess', detail: `${setters} must not set securityContext.windowsOptions.hostProcess=true` };
}
