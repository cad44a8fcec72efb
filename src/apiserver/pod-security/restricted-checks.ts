/**
 * The checks the restricted standard adds to the baseline: what hardens a pod.
 *
 * Models the checks of level restricted in staging/src/k8s.io/pod-security-admission/policy/check_*.go.
 */
import type { Sent } from '../validation/sent.ts';
import { procMount } from './baseline-checks.ts';
import {
  type Check,
  type CheckedPod,
  type CheckPod,
  containersOf,
  containersText,
  containersWith,
  hasOwnUsers,
  isForWindows,
  plural,
  quoted,
  settersText,
  sortedSet,
} from './check.ts';
import { seccompRestricted } from './seccomp-checks.ts';

const VOLUMES = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected', 'secret'];
/** In the order in which a volume of several sources is named. */
const RESTRICTED_VOLUMES = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'gitRepo',
  'nfs',
  'iscsi',
  'glusterfs',
  'rbd',
  'flexVolume',
  'cinder',
  'cephfs',
  'flocker',
  'fc',
  'azureFile',
  'vsphereVolume',
  'quobyte',
  'azureDisk',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'storageos',
];

/** In the order of their complaints. */
export const RESTRICTED_CHECKS: readonly Check[] = [
  {
    id: 'allowPrivilegeEscalation',
    versions: [
      { since: 8, check: allowPrivilegeEscalation },
      { since: 25, check: butForWindows(allowPrivilegeEscalation) },
    ],
  },
  {
    id: 'capabilities_restricted',
    overrides: 'capabilities_baseline',
    versions: [
      { since: 22, check: capabilities },
      { since: 25, check: butForWindows(capabilities) },
    ],
  },
  { id: 'procMount_restricted', overrides: 'procMount', versions: [{ since: 35, check: procMount }] },
  { id: 'restrictedVolumes', overrides: 'hostPathVolumes', versions: [{ since: 0, check: restrictedVolumes }] },
  {
    id: 'runAsNonRoot',
    versions: [
      { since: 0, check: runAsNonRoot },
      { since: 35, check: butForOwnUsers(runAsNonRoot) },
    ],
  },
  {
    id: 'runAsUser',
    versions: [
      { since: 23, check: runAsUser },
      { since: 35, check: butForOwnUsers(runAsUser) },
    ],
  },
  {
    id: 'seccompProfile_restricted',
    overrides: 'seccompProfile_baseline',
    versions: [
      { since: 19, check: seccompRestricted },
      { since: 25, check: butForWindows(seccompRestricted) },
    ],
  },
];

/** What cannot be set on Windows cannot be missing there. */
function butForWindows(check: CheckPod): CheckPod {
  return (pod) => (isForWindows(pod) ? undefined : check(pod));
}

function butForOwnUsers(check: CheckPod): CheckPod {
  return (pod) => (hasOwnUsers(pod) ? undefined : check(pod));
}

function allowPrivilegeEscalation(pod: CheckedPod): ReturnType<CheckPod> {
  const bad = containersWith(pod, ({ securityContext }) => securityContext?.allowPrivilegeEscalation !== false);
  if (bad.length === 0) return undefined;
  return {
    reason: 'allowPrivilegeEscalation != false',
    detail: `${containersText(bad)} must set securityContext.allowPrivilegeEscalation=false`,
  };
}

function capabilities(pod: CheckedPod): ReturnType<CheckPod> {
  const listOf = ({ securityContext }: Sent, list: 'add' | 'drop'): readonly string[] => securityContext?.capabilities?.[list] ?? [];
  const forbidden = (container: Sent) => listOf(container, 'add').filter((one) => one !== 'NET_BIND_SERVICE');
  const keeping = containersWith(pod, (container) => !listOf(container, 'drop').includes('ALL'));
  const adding = containersWith(pod, (container) => forbidden(container).length > 0);
  const details = [
    ...(keeping.length > 0 ? [`${containersText(keeping)} must set securityContext.capabilities.drop=["ALL"]`] : []),
    ...(adding.length > 0
      ? [
          `${containersText(adding)} must not include ${quoted(sortedSet(containersOf(pod).flatMap(forbidden)))} in securityContext.capabilities.add`,
        ]
      : []),
  ];
  return details.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: details.join('; ') };
}

function restrictedVolumes({ spec }: CheckedPod): ReturnType<CheckPod> {
  const bad = (spec.volumes ?? []).filter((volume: Sent) => !VOLUMES.some((source) => volume[source] !== undefined));
  if (bad.length === 0) return undefined;
  const types = sortedSet(bad.map((volume: Sent) => RESTRICTED_VOLUMES.find((source) => volume[source] !== undefined) ?? 'unknown'));
  const names = quoted(bad.map(({ name }: Sent) => name));
  const verb = bad.length === 1 ? 'uses' : 'use';
  return {
    reason: 'restricted volume types',
    detail: `${plural('volume', bad.length)} ${names} ${verb} ${plural('restricted volume type', types.length)} ${quoted(types)}`,
  };
}

function runAsNonRoot(pod: CheckedPod): ReturnType<CheckPod> {
  const reason = 'runAsNonRoot != true';
  const saidOf = ({ securityContext }: Sent): boolean | undefined => securityContext?.runAsNonRoot;
  const setters = settersText(
    saidOf(pod.spec) === false,
    containersWith(pod, (container) => saidOf(container) === false),
  );
  if (setters !== '') return { reason, detail: `${setters} must not set securityContext.runAsNonRoot=false` };
  if (saidOf(pod.spec) === true) return undefined;
  const missing = containersWith(pod, (container) => saidOf(container) === undefined);
  if (missing.length === 0) return undefined;
  return { reason, detail: `pod or ${containersText(missing)} must set securityContext.runAsNonRoot=true` };
}

function runAsUser(pod: CheckedPod): ReturnType<CheckPod> {
  const isRoot = ({ securityContext }: Sent) => securityContext?.runAsUser === 0;
  const setters = settersText(isRoot(pod.spec), containersWith(pod, isRoot));
  return setters === '' ? undefined : { reason: 'runAsUser=0', detail: `${setters} must not set runAsUser=0` };
}
