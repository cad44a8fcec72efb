/**
 * A node, described: what it is, how it does, and what its pods have asked for.
 *
 * Models describeNode of k8s.io/kubectl/pkg/describe/describe.go.
 */
import { nodeRoles } from '../../../apiserver/rest/table/node-table.ts';
import { compareText } from '../../../base/compare.ts';
import type { Task } from '../../../client/task.ts';
import { ageText } from '../../../model/human-duration.ts';
import type { ResourceList } from '../../../model/meta.ts';
import type { Lease, Node, Taint } from '../../../model/node.ts';
import type { Pod } from '../../../model/pod.ts';
import { quantityMilli, quantityUnits } from '../../../model/quantity.ts';
import { canonicalQuantity } from '../canonical-quantity.ts';
import type { KubectlContext } from '../context.ts';
import { messageOf } from '../errors.ts';
import { type Page, timeLine } from './page.ts';
import { addLists, podAmounts } from './pod-amounts.ts';

const STANDARD = ['cpu', 'memory', 'ephemeral-storage', 'storage', 'pods'];

export function* describeNode(node: Node, page: Page, context: KubectlContext): Task<void> {
  const { metadata, spec, status } = node;
  page.line(0, `Name:\t${metadata.name}`);
  page.line(0, `Roles:\t${nodeRoles(node).join(',') || '<none>'}`);
  page.labels('Labels', metadata.labels);
  page.annotations('Annotations', metadata.annotations);
  page.line(0, `CreationTimestamp:\t${timeLine(metadata.creationTimestamp)}`);
  page.list('Taints', taintTexts(spec?.taints));
  page.line(0, `Unschedulable:\t${spec?.unschedulable === true}`);
  yield* describeLease(metadata.name, page, context);
  const conditions = status?.conditions ?? [];
  if (conditions.length > 0) {
    page.line(0, 'Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage');
    page.line(1, '----\t------\t-----------------\t------------------\t------\t-------');
    for (const { type, status: value, lastHeartbeatTime, lastTransitionTime, reason = '', message = '' } of conditions)
      page.line(1, `${type} \t${value} \t${timeLine(lastHeartbeatTime)} \t${timeLine(lastTransitionTime)} \t${reason} \t${message}`);
  }
  page.line(0, 'Addresses:');
  for (const { type, address } of status?.addresses ?? []) page.line(1, `${type}:\t${address}`);
  describeList('Capacity', status?.capacity, page);
  describeList('Allocatable', status?.allocatable, page);
  describeInfo(status?.nodeInfo ?? {}, page);
  if (spec?.podCIDR) page.line(0, `PodCIDR:\t${spec.podCIDR}`);
  if ((spec?.podCIDRs?.length ?? 0) > 0) page.line(0, `PodCIDRs:\t${spec!.podCIDRs!.join(',')}`);
  if (spec?.providerID) page.line(0, `ProviderID:\t${spec.providerID}`);
  const fieldSelector = `spec.nodeName=${metadata.name},status.phase!=Succeeded,status.phase!=Failed`;
  describeUse((yield* context.api.list('Pod', { fieldSelector })) as readonly Pod[], node, page, context.sim.nowUs);
}

function* describeLease(name: string, page: Page, context: KubectlContext): Task<void> {
  try {
    const { spec } = (yield* context.api.get('Lease', 'kube-node-lease', name)) as Lease;
    page.line(0, 'Lease:');
    page.line(1, `HolderIdentity:\t${spec?.holderIdentity ?? '<unset>'}`);
    page.line(1, `AcquireTime:\t${spec?.acquireTime === undefined ? '<unset>' : timeLine(spec.acquireTime)}`);
    page.line(1, `RenewTime:\t${spec?.renewTime === undefined ? '<unset>' : timeLine(spec.renewTime)}`);
  } catch (error) {
    page.line(0, `Lease:\tFailed to get lease: ${messageOf(error)}`);
  }
}

function taintTexts(taints: readonly Taint[] | undefined): string[] {
  return [...(taints ?? [])]
    .sort((a, b) => compareText(`${a.effect},${a.key}`, `${b.effect},${b.key}`))
    .map(({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effect}`);
}

function describeList(title: string, list: ResourceList | undefined, page: Page): void {
  const names = Object.keys(list ?? {}).sort(compareText);
  if (names.length === 0) return;
  page.line(0, `${title}:`);
  for (const name of names) page.line(1, `${name}:\t${canonicalQuantity(list![name]!) ?? ''}`);
}

function describeInfo(info: { readonly [field: string]: string }, page: Page): void {
  page.line(0, 'System Info:');
  for (const [title, field] of [
    ['Machine ID', 'machineID'],
    ['System UUID', 'systemUUID'],
    ['Boot ID', 'bootID'],
    ['Kernel Version', 'kernelVersion'],
    ['OS Image', 'osImage'],
    ['Operating System', 'operatingSystem'],
    ['Architecture', 'architecture'],
    ['Container Runtime Version', 'containerRuntimeVersion'],
    ['Kubelet Version', 'kubeletVersion'],
  ] as const)
    page.line(1, `${title}:\t${info[field] ?? ''}`);
}

/** What the pods that have not ended ask for, one by one and together, in hundredths of what there is. */
function describeUse(pods: readonly Pod[], { status }: Node, page: Page, nowUs: number): void {
  const allocatable = status?.allocatable ?? status?.capacity ?? {};
  const percent = (name: string, amount: string) => {
    const count = name === 'cpu' ? quantityMilli : quantityUnits;
    const whole = count(allocatable[name]);
    return `${amount} (${whole === 0 ? 0 : Math.trunc((count(amount) / whole) * 100)}%)`;
  };
  page.line(0, `Non-terminated Pods:\t(${pods.length} in total)`);
  page.line(1, 'Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge');
  page.line(1, '---------\t----\t\t------------\t----------\t---------------\t-------------\t---');
  const amounts = pods.map(podAmounts);
  pods.forEach(({ metadata }, at) => {
    const { requests, limits } = amounts[at]!;
    const cells = ['cpu', 'memory'].flatMap((name) => [percent(name, requests[name] ?? '0'), percent(name, limits[name] ?? '0')]);
    page.line(1, `${metadata.namespace}\t${metadata.name}\t\t${cells.join('\t')}\t${ageText(metadata.creationTimestamp, nowUs)}`);
  });
  page.line(0, 'Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)');
  page.line(1, 'Resource\tRequests\tLimits');
  page.line(1, '--------\t--------\t------');
  const requests = addLists(amounts.map((one) => one.requests));
  const limits = addLists(amounts.map((one) => one.limits));
  for (const name of ['cpu', 'memory', 'ephemeral-storage'])
    page.line(1, `${name}\t${percent(name, requests[name] ?? '0')}\t${percent(name, limits[name] ?? '0')}`);
  const others = Object.keys(allocatable).sort(compareText);
  for (const name of others.filter((one) => one.startsWith('hugepages-')))
    page.line(1, `${name}\t${percent(name, requests[name] ?? '0')}\t${percent(name, limits[name] ?? '0')}`);
  for (const name of others.filter((one) => !one.startsWith('hugepages-') && !STANDARD.includes(one)))
    page.line(1, `${name}\t${requests[name] ?? '0'}\t${limits[name] ?? '0'}`);
}
