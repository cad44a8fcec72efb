/**
 * Field selectors as they stand in a query, such as `spec.nodeName=node-1,status.phase!=Failed`, and which fields each kind knows.
 *
 * Models apimachinery/pkg/fields/selector.go, the field label conversions in pkg/apis/<group>/v1/conversion.go and the SelectableFields of the
 * strategies.
 */
import type { Kind } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/meta.ts';
import { badRequest } from '../api-error.ts';
import { goQuote } from '../schema/go-text.ts';
import type { Sent } from '../validation/sent.ts';

export type ObjectTest = (object: KubeObject) => boolean;
type FieldReader = (object: Sent) => unknown;

const NAME: FieldReader = ({ metadata }) => metadata.name;
const NAMESPACE: FieldReader = ({ metadata }) => metadata.namespace;
const METADATA = { 'metadata.name': NAME, 'metadata.namespace': NAMESPACE };
const at = (path: string): FieldReader => {
  const parts = path.split('.');
  return (object) => parts.reduce<unknown>((value, part) => (value as Sent)?.[part], object);
};
const fields = (...paths: readonly string[]) => Object.fromEntries(paths.map((path) => [path, at(path)]));

const FIELDS: { readonly [K in Kind]?: { readonly [path: string]: FieldReader } } = {
  Pod: {
    ...METADATA,
    ...fields(
      'spec.nodeName',
      'spec.restartPolicy',
      'spec.schedulerName',
      'spec.serviceAccountName',
      'status.phase',
      'status.podIP',
      'status.nominatedNodeName',
    ),
    'spec.host': at('spec.nodeName'),
    'spec.hostNetwork': ({ spec }) => spec.hostNetwork === true,
    'status.podIPs': at('status.podIP'),
  },
  Node: { 'metadata.name': NAME, 'spec.unschedulable': ({ spec }) => spec?.unschedulable === true },
  Namespace: { 'metadata.name': NAME, 'status.phase': at('status.phase') },
  Event: {
    ...METADATA,
    ...fields(
      'involvedObject.kind',
      'involvedObject.namespace',
      'involvedObject.name',
      'involvedObject.uid',
      'involvedObject.apiVersion',
      'involvedObject.resourceVersion',
      'involvedObject.fieldPath',
      'reason',
      'type',
    ),
    reportingComponent: at('reportingComponent'),
    source: ({ source, reportingComponent }) => ((source?.component ?? '') === '' ? reportingComponent : source.component),
  },
  Secret: { ...METADATA, ...fields('type') },
  Service: { ...METADATA, ...fields('spec.clusterIP', 'spec.type') },
  ReplicationController: { ...METADATA, 'status.replicas': ({ status }) => status?.replicas ?? 0 },
  Job: { ...METADATA, 'status.successful': ({ status }) => status?.succeeded ?? 0 },
};

/** Kinds whose refusal names the field alone. */
const BARE: ReadonlySet<Kind> = new Set<Kind>(['Pod', 'Node', 'Namespace', 'Event', 'Secret', 'Service', 'ReplicationController']);

/** A test of an object; throws 400. */
export function parseFieldSelector(kind: Kind, text: string): ObjectTest {
  const tests = terms(text)
    .filter((term) => term !== '')
    .map((term) => testOf(kind, text, term));
  return (object) => tests.every((test) => test(object));
}

function testOf(kind: Kind, text: string, term: string): ObjectTest {
  const split = /^(.*?)(!=|==|=)(.*)$/s.exec(term);
  if (split === null) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
  const [, path = '', operator, escaped = ''] = split;
  const value = unescaped(escaped);
  const read = (FIELDS[kind] ?? METADATA)[path as keyof typeof METADATA] as FieldReader | undefined;
  if (read === undefined) throw unknownField(kind, path);
  return (object) => (String(read(object as Sent) ?? '') === value) === (operator !== '!=');
}

function unknownField(kind: Kind, path: string): Error {
  if (BARE.has(kind)) return badRequest(`field label not supported: ${path}`);
  if (kind === 'Job') return badRequest(`field label ${goQuote(path)} not supported for Job`);
  return badRequest(`${goQuote(path)} is not a known field selector: only "metadata.name", "metadata.namespace"`);
}

/** Terms stand between commas that no backslash makes data. */
function terms(text: string): readonly string[] {
  const found: string[] = [];
  let term = '';
  let isEscaped = false;
  for (const character of text) {
    if (character === ',' && !isEscaped) {
      found.push(term);
      term = '';
    } else term += character;
    isEscaped = !isEscaped && character === '\\';
  }
  return [...found, term];
}

function unescaped(value: string): string {
  let plain = '';
  let isEscaped = false;
  for (const character of value) {
    if (isEscaped) {
      if (!['\\', ',', '='].includes(character)) throw badRequest(`invalid field selector: invalid escape sequence: \\${character}`);
      plain += character;
      isEscaped = false;
    } else if (character === '\\') isEscaped = true;
    else if (character === ',' || character === '=') {
      throw badRequest(`invalid field selector: unescaped character in value: ${character.codePointAt(0)}`);
    } else plain += character;
  }
  if (isEscaped) throw badRequest('invalid field selector: invalid escape sequence: \\');
  return plain;
}
