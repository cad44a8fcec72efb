/**
 * Node selectors and node affinity: does this node satisfy these terms?
 *
 * Models staging/src/k8s.io/component-helpers/scheduling/corev1/nodeaffinity. Terms are ORed, requirements within one ANDed; a
 * term that is empty or malformed matches nothing and spoils no other.
 */
import type { StringMap } from './meta.ts';
import type { Node } from './node.ts';
import type { NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, PodSpec } from './pod.ts';
import { mapMatches } from './selector.ts';

const NO_LABELS: StringMap = {};

/** spec.nodeSelector and the required part of spec.affinity.nodeAffinity together. */
export function matchesRequiredNodeAffinity(spec: PodSpec, node: Node): boolean {
  if (spec.nodeSelector !== undefined && !mapMatches(spec.nodeSelector, node.metadata.labels)) return false;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || matchesNodeSelector(required, node);
}

export function matchesNodeSelector(selector: NodeSelector, node: Node): boolean {
  return selector.nodeSelectorTerms?.some((term) => matchesNodeSelectorTerm(term, node)) === true;
}

export function isEmptyTerm(term: NodeSelectorTerm): boolean {
  return (term.matchExpressions ?? []).length === 0 && (term.matchFields ?? []).length === 0;
}

export function matchesNodeSelectorTerm(term: NodeSelectorTerm, node: Node): boolean {
  if (isEmptyTerm(term)) return false;
  const labels = node.metadata.labels ?? NO_LABELS;
  for (const requirement of term.matchExpressions ?? []) if (!matchesLabel(requirement, labels)) return false;
  for (const requirement of term.matchFields ?? []) if (!matchesField(requirement, node.metadata.name)) return false;
  return true;
}

/**
 * What is wrong with a term, in upstream's words; the path starts at the term. The API server lets through only values of Gt
 * and Lt that are no integers.
 */
export function termErrors(term: NodeSelectorTerm): string[] {
  const errors: string[] = [];
  (term.matchExpressions ?? []).forEach(({ operator, values = [] }, i) => {
    if (operator !== 'Gt' && operator !== 'Lt') return;
    values.forEach((value, j) => {
      if (parseInteger(value) !== undefined) return;
      const path = `matchExpressions[${i}].values[${j}]`;
      errors.push(`${path}: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`);
    });
  });
  return errors;
}

function matchesLabel({ key, operator, values = [] }: NodeSelectorRequirement, labels: StringMap): boolean {
  const value = labels[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
    case 'Lt':
      return value !== undefined && values.length === 1 && compares(operator, value, values[0]!);
    default:
      return false;
  }
}

function compares(operator: 'Gt' | 'Lt', value: string, bound: string): boolean {
  const a = parseInteger(value);
  const b = parseInteger(bound);
  if (a === undefined || b === undefined) return false;
  return operator === 'Gt' ? a > b : a < b;
}

/** Only metadata.name can be asked for, as one value that it is or is not. */
function matchesField({ key, operator, values = [] }: NodeSelectorRequirement, name: string): boolean {
  if (key !== 'metadata.name' || values.length !== 1) return false;
  if (operator === 'In') return values[0] === name;
  return operator === 'NotIn' && values[0] !== name;
}

const INT64_MAX = 2n ** 63n - 1n;

/** As Go's ParseInt(text, 10, 64). */
function parseInteger(text: string): bigint | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const value = BigInt(text.replace(/^\+/, ''));
  return value > INT64_MAX || value < -INT64_MAX - 1n ? undefined : value;
}
