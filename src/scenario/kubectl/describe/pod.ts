/**
 * A pod, described. Models describePod of k8s.io/kubectl/pkg/describe/describe.go.
 */
import { ageText } from '../../../model/human-duration.ts';
import type { Pod } from '../../../model/pod.ts';
import { asMap, type JsonMap, textAt } from '../json.ts';
import { describeContainers, describeResources } from './containers.ts';
import { controllerText, type Page, timeLine } from './page.ts';
import { describeSpread, tolerationTexts } from './pod-template.ts';
import { describeVolumes } from './volumes.ts';

export function describePod(pod: Pod, page: Page, nowUs: number): void {
  const { metadata, spec, status } = pod;
  page.line(0, `Name:\t${metadata.name}`);
  page.line(0, `Namespace:\t${metadata.namespace ?? ''}`);
  if (spec.priority !== undefined) page.line(0, `Priority:\t${spec.priority}`);
  if (spec.priorityClassName) page.line(0, `Priority Class Name:\t${spec.priorityClassName}`);
  const runtimeClass = textAt(asMap(pod), 'spec.runtimeClassName');
  if (runtimeClass) page.line(0, `Runtime Class Name:\t${runtimeClass}`);
  if (spec.serviceAccountName) page.line(0, `Service Account:\t${spec.serviceAccountName}`);
  page.line(0, `Node:\t${spec.nodeName ? `${spec.nodeName}/${status?.hostIP ?? ''}` : '<none>'}`);
  if (status?.startTime !== undefined) page.line(0, `Start Time:\t${timeLine(status.startTime)}`);
  page.labels('Labels', metadata.labels);
  page.annotations('Annotations', metadata.annotations);
  const isOver = status?.phase === 'Failed' || status?.phase === 'Succeeded';
  if (metadata.deletionTimestamp !== undefined && !isOver) {
    page.line(0, `Status:\tTerminating (lasts ${ageText(metadata.deletionTimestamp, nowUs)})`);
    page.line(0, `Termination Grace Period:\t${metadata.deletionGracePeriodSeconds ?? 0}s`);
  } else page.line(0, `Status:\t${status?.phase ?? ''}`);
  if (status?.reason) page.line(0, `Reason:\t${status.reason}`);
  if (status?.message) page.line(0, `Message:\t${status.message}`);
  const seccomp = textAt(asMap(pod), 'spec.securityContext.seccompProfile.type');
  if (seccomp !== undefined) page.line(0, `SeccompProfile:\t${seccomp}`);
  page.line(0, `IP:\t${status?.podIP ?? ''}`);
  const ips = status?.podIPs ?? [];
  if (ips.length === 0) page.line(0, 'IPs:\t<none>');
  else {
    page.line(0, 'IPs:');
    for (const { ip } of ips) page.line(1, `IP:\t${ip}`);
  }
  const owner = controllerText(pod);
  if (owner !== undefined) page.line(0, `Controlled By:\t${owner}`);
  if (status?.nominatedNodeName) page.line(0, `NominatedNodeName:\t${status.nominatedNodeName}`);
  if (spec.resources !== undefined) {
    page.line(0, 'Resources:');
    describeResources(page, spec.resources, 1);
  }
  if ((spec.initContainers?.length ?? 0) > 0)
    describeContainers(page, 'Init Containers', spec.initContainers!, '', status?.initContainerStatuses, pod);
  describeContainers(page, 'Containers', spec.containers, '', status?.containerStatuses, pod);
  describeConditions(pod, page);
  describeVolumes(page, (spec.volumes ?? []) as unknown as readonly JsonMap[], '');
  page.line(0, `QoS Class:\t${status?.qosClass ?? ''}`);
  page.labels('Node-Selectors', spec.nodeSelector);
  page.list('Tolerations', tolerationTexts(spec.tolerations));
  describeSpread(page, spec, '');
}

function describeConditions({ spec, status }: Pod, page: Page): void {
  const conditions = status?.conditions ?? [];
  if ((spec.readinessGates?.length ?? 0) > 0) {
    page.line(0, 'Readiness Gates:\n  Type\tStatus');
    for (const { conditionType } of spec.readinessGates!) {
      page.line(1, `${conditionType} \t${conditions.find(({ type }) => type === conditionType)?.status ?? '<none>'} `);
    }
  }
  if (conditions.length === 0) return;
  page.line(0, 'Conditions:\n  Type\tStatus');
  for (const condition of conditions) page.line(1, `${condition.type} \t${condition.status} `);
}
