/**
 * Containers in a description: what they run, what has become of them, what they get.
 *
 * Models describeContainers of k8s.io/kubectl/pkg/describe/describe.go.
 */
import { compareText } from '../../../base/compare.ts';
import type { ResourceList } from '../../../model/meta.ts';
import type { Container, ContainerState, ContainerStatus, Pod, Probe } from '../../../model/pod.ts';
import { canonicalQuantity } from '../canonical-quantity.ts';
import { asMap, isMap, type Json, type JsonMap, mapAt, textAt } from '../json.ts';
import { boolText, orNone, type Page, timeLine } from './page.ts';

/** `indent` is one blank more in a pod template. */
export function describeContainers(
  page: Page,
  title: string,
  containers: readonly Container[],
  indent: string,
  statuses: readonly ContainerStatus[] = [],
  pod?: Pod,
): void {
  page.line(0, `${indent}${title}:${containers.length === 0 ? ' <none>' : ''}`);
  for (const container of containers) {
    const status = statuses.find(({ name }) => name === container.name);
    describeBasics(page, container, status, indent === '' ? '' : ' ');
    describeWords(page, 'Command', container.command);
    describeWords(page, 'Args', container.args);
    if (status !== undefined) describeState(page, status);
    describeResources(page, container.resources, 2);
    for (const [name, probe] of [
      ['Liveness', container.livenessProbe],
      ['Readiness', container.readinessProbe],
      ['Startup', container.startupProbe],
    ] as const) {
      if (probe !== undefined) page.line(2, `${name}:\t${probeText(probe)}`);
    }
    describeEnvironment(page, container as unknown as JsonMap, pod);
    describeMounts(page, container as unknown as JsonMap);
  }
}

function describeBasics(page: Page, container: Container, status: ContainerStatus | undefined, nameIndent: string): void {
  page.line(1, `${nameIndent}${container.name}:`);
  if (status !== undefined) page.line(2, `Container ID:\t${status.containerID ?? ''}`);
  page.line(2, `Image:\t${container.image ?? ''}`);
  if (status !== undefined) page.line(2, `Image ID:\t${status.imageID ?? ''}`);
  const ports = container.ports ?? [];
  for (const [title, number] of [
    ['Port', (port: (typeof ports)[number]) => port.containerPort],
    ['Host Port', (port: (typeof ports)[number]) => port.hostPort ?? 0],
  ] as const) {
    const texts = ports.map((port) => `${number(port)}/${port.protocol ?? 'TCP'}${port.name ? ` (${port.name})` : ''}`);
    page.line(2, texts.length > 1 ? `${title}s:\t${texts.join(', ')}` : `${title}:\t${orNone(texts.join(''))}`);
  }
  const seccomp = textAt(container as unknown as Json, 'securityContext.seccompProfile.type');
  if (seccomp !== undefined) page.line(2, `SeccompProfile:\t${seccomp}`);
}

function describeWords(page: Page, title: string, words: readonly string[] | undefined): void {
  if (words === undefined || words.length === 0) return;
  page.line(2, `${title}:`);
  for (const word of words) for (const line of word.split('\n')) page.line(3, line);
}

function describeState(page: Page, { state, lastState, ready, restartCount }: ContainerStatus): void {
  describeOneState(page, 'State', state);
  if (lastState?.terminated !== undefined) describeOneState(page, 'Last State', lastState);
  page.line(2, `Ready:\t${boolText(ready)}`);
  page.line(2, `Restart Count:\t${restartCount ?? 0}`);
}

function describeOneState(page: Page, title: string, state: ContainerState | undefined): void {
  const { running, waiting, terminated } = state ?? {};
  if (running !== undefined) {
    page.line(2, `${title}:\tRunning`);
    page.line(3, `Started:\t${timeLine(running.startedAt)}`);
  } else if (terminated !== undefined) {
    page.line(2, `${title}:\tTerminated`);
    if (terminated.reason) page.line(3, `Reason:\t${terminated.reason}`);
    if (terminated.message) page.line(3, `Message:\t${terminated.message}`);
    page.line(3, `Exit Code:\t${terminated.exitCode}`);
    if (terminated.signal) page.line(3, `Signal:\t${terminated.signal}`);
    page.line(3, `Started:\t${timeLine(terminated.startedAt)}`);
    page.line(3, `Finished:\t${timeLine(terminated.finishedAt)}`);
  } else {
    page.line(2, `${title}:\tWaiting`);
    if (waiting?.reason) page.line(3, `Reason:\t${waiting.reason}`);
  }
}

export function describeResources(
  page: Page,
  resources: { readonly limits?: ResourceList; readonly requests?: ResourceList } | undefined,
  level: number,
): void {
  for (const [title, list] of [
    ['Limits', resources?.limits],
    ['Requests', resources?.requests],
  ] as const) {
    const names = Object.keys(list ?? {}).sort(compareText);
    if (names.length === 0) continue;
    page.line(level, `${title}:`);
    for (const name of names) page.line(level + 1, `${name}:\t${canonicalQuantity(list![name]!) ?? ''}`);
  }
}

export function probeText(probe: Probe): string {
  const { initialDelaySeconds = 0, timeoutSeconds = 0, periodSeconds = 0, successThreshold = 0, failureThreshold = 0 } = probe;
  const times = `delay=${initialDelaySeconds}s timeout=${timeoutSeconds}s period=${periodSeconds}s #success=${successThreshold} #failure=${failureThreshold}`;
  const map = probe as unknown as JsonMap;
  if (isMap(map.exec)) return `exec [${((map.exec.command as readonly string[] | undefined) ?? []).join(' ')}] ${times}`;
  if (isMap(map.httpGet)) {
    const { scheme = 'HTTP', host = '', port = '', path = '' } = map.httpGet;
    return `http-get ${String(scheme).toLowerCase()}://${host}:${port}${path} ${times}`;
  }
  if (isMap(map.tcpSocket)) return `tcp-socket ${map.tcpSocket.host ?? ''}:${map.tcpSocket.port} ${times}`;
  if (isMap(map.grpc)) return `grpc <pod>:${map.grpc.port} ${map.grpc.service ?? ''} ${times}`;
  return `unknown ${times}`;
}

function describeEnvironment(page: Page, container: JsonMap, pod: Pod | undefined): void {
  const sources = (container.envFrom as readonly JsonMap[] | undefined) ?? [];
  if (sources.length > 0) page.line(2, 'Environment Variables from:');
  for (const source of sources) {
    const [kind, reference] = isMap(source.configMapRef) ? ['ConfigMap', source.configMapRef] : ['Secret', mapAt(source, 'secretRef')];
    const prefix = source.prefix ? ` with prefix '${String(source.prefix)}'` : '';
    page.line(3, `${String(reference.name ?? '')}\t${kind}${prefix}\tOptional: ${reference.optional === true}`);
  }
  const variables = (container.env as readonly JsonMap[] | undefined) ?? [];
  page.line(2, `Environment:${variables.length === 0 ? '\t<none>' : ''}`);
  for (const { name, value, valueFrom } of variables) {
    if (!isMap(valueFrom)) {
      const [first = '', ...others] = String(value ?? '').split('\n');
      page.line(3, `${String(name)}:\t${first}`);
      for (const line of others) page.line(3, `\t${line}`);
    } else page.line(3, `${String(name)}:\t${referenceText(valueFrom, pod)}`);
  }
}

function referenceText(from: JsonMap, pod: Pod | undefined): string {
  if (isMap(from.fieldRef)) {
    const { apiVersion = 'v1', fieldPath = '' } = from.fieldRef;
    return `${pod === undefined ? '' : fieldOf(pod, String(fieldPath))} (${apiVersion}:${fieldPath})`;
  }
  if (isMap(from.resourceFieldRef)) return ` (${String(from.resourceFieldRef.resource)})`;
  if (isMap(from.secretKeyRef)) {
    const { key, name, optional } = from.secretKeyRef;
    return `<set to the key '${String(key)}' in secret '${String(name)}'>\tOptional: ${optional === true}`;
  }
  const { key, name, optional } = mapAt(from, 'configMapKeyRef');
  return `<set to the key '${String(key)}' of config map '${String(name)}'>\tOptional: ${optional === true}`;
}

/** Only fields of metadata and status can be looked up on the client: the names of the others differ inside it. */
function fieldOf(pod: Pod, path: string): string {
  const key = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (key !== null) return pod.metadata[key[1] as 'labels' | 'annotations']?.[key[2]!] ?? '';
  return /^metadata\.(name|namespace|uid)$/.test(path) ? (textAt(asMap(pod), path) ?? '') : '';
}

function describeMounts(page: Page, container: JsonMap): void {
  const mounts = [...((container.volumeMounts as readonly JsonMap[] | undefined) ?? [])];
  page.line(2, `Mounts:${mounts.length === 0 ? '\t<none>' : ''}`);
  for (const { mountPath, name, readOnly, subPath } of mounts.sort((a, b) => compareText(String(a.mountPath), String(b.mountPath)))) {
    const flags = [readOnly === true ? 'ro' : 'rw', ...(subPath ? [`path=${JSON.stringify(subPath)}`] : [])];
    page.line(3, `${String(mountPath)} from ${String(name)} (${flags.join(',')})`);
  }
  const devices = (container.volumeDevices as readonly JsonMap[] | undefined) ?? [];
  if (devices.length === 0) return;
  page.line(2, `Devices:${mounts.length === 0 ? '\t<none>' : ''}`);
  for (const { devicePath, name } of [...devices].sort((a, b) => compareText(String(a.devicePath), String(b.devicePath))))
    page.line(3, `${String(devicePath)} from ${String(name)}`);
}
