/**
 * Label and field selectors of a list request, as the server reads them, and its words when it cannot.
 *
 * Models apimachinery/pkg/labels and pkg/fields, and the field labels each kind's conversion knows (pkg/apis and its conversion.go files).
 */
import { badRequest } from '../../apiserver/api-error.ts';
import { apiVersionOf, KINDS, type Kind } from '../../model/kinds.ts';
import type { KubeObject, LabelSelector } from '../../model/meta.ts';
import { parseSelector, SelectorTextError } from '../selector-text.ts';
import { asMap, textAt } from './json.ts';

export interface FieldRequirement {
  readonly path: string;
  readonly value: string;
  readonly isNot: boolean;
}

const EVERY_KIND = ['metadata.name', 'metadata.namespace'];
const FIELD_LABELS: { readonly [K in Kind]?: readonly string[] } = {
  Pod: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.podIPs',
    'status.nominatedNodeName',
  ],
  Node: ['spec.unschedulable'],
  Namespace: ['status.phase'],
  Secret: ['type'],
  Service: ['spec.clusterIP', 'spec.type'],
  Event: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  Job: ['status.successful'],
  ReplicaSet: ['status.replicas'],
  ReplicationController: ['status.replicas'],
};

export function parseLabelSelector(kind: Kind, labelSelector: string, fieldSelector: string): LabelSelector {
  if (labelSelector.trim() === '') return {};
  try {
    return parseSelector(labelSelector);
  } catch (error) {
    if (!(error instanceof SelectorTextError)) throw error;
    throw unmatched(kind, labelSelector, fieldSelector, error.reason);
  }
}

export function parseFieldSelector(kind: Kind, labelSelector: string, fieldSelector: string): readonly FieldRequirement[] {
  if (fieldSelector === '') return [];
  return fieldSelector.split(',').map((part) => {
    const match = /^([^=!]*)(!=|==|=)(.*)$/.exec(part);
    const refuse = (why: string) => unmatched(kind, labelSelector, fieldSelector, why);
    if (match === null) throw refuse(`invalid selector: '${fieldSelector}'; can't understand '${part}'`);
    const [, path = '', operator, value = ''] = match;
    if (!EVERY_KIND.includes(path) && FIELD_LABELS[kind]?.includes(path) !== true) {
      throw refuse(kind === 'Event' || kind === 'Pod' ? `field label not supported: ${path}` : `field label not supported: ${path}`);
    }
    return { path, value, isNot: operator === '!=' };
  });
}

export function matchesFields(object: KubeObject, requirements: readonly FieldRequirement[]): boolean {
  return requirements.every(({ path, value, isNot }) => (fieldText(object, path) === value) !== isNot);
}

function fieldText(object: KubeObject, path: string): string {
  if (path === 'source') return textAt(asMap(object), 'source.component') ?? '';
  return textAt(asMap(object), path) ?? (path === 'spec.unschedulable' ? 'false' : '');
}

function unmatched(kind: Kind, labelSelector: string, fieldSelector: string, why: string): Error {
  const { resource } = KINDS[kind];
  const version = KINDS[kind].group === '' ? `/${apiVersionOf(kind)}` : apiVersionOf(kind);
  const about = `Unable to find "${version}, Resource=${resource}" that match label selector ${JSON.stringify(labelSelector)}`;
  return badRequest(`${about}, field selector ${JSON.stringify(fieldSelector)}: ${why}`);
}
