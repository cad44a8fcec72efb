/**
 * Label selectors: does this set of labels match?
 *
 * Models staging/src/k8s.io/apimachinery pkg/labels and meta/v1 LabelSelectorAsSelector: an absent selector matches nothing,
 * an empty one matches everything.
 */
import type { LabelSelector, LabelSelectorRequirement, StringMap } from './meta.ts';

const NO_LABELS: StringMap = {};

export function selectorMatches(selector: LabelSelector | undefined, labels: StringMap | undefined): boolean {
  if (selector === undefined) return false;
  const present = labels ?? NO_LABELS;
  if (selector.matchLabels !== undefined && !mapMatches(selector.matchLabels, present)) return false;
  return selector.matchExpressions === undefined || selector.matchExpressions.every((one) => requirementMatches(one, present));
}

/** Are all of `wanted` among `labels`? A Service's selector is of this form. */
export function mapMatches(wanted: StringMap, labels: StringMap | undefined): boolean {
  const present = labels ?? NO_LABELS;
  for (const key in wanted) if (present[key] !== wanted[key]) return false;
  return true;
}

function requirementMatches(requirement: LabelSelectorRequirement, labels: StringMap): boolean {
  const value = labels[requirement.key];
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && requirement.values?.includes(value) === true;
    case 'NotIn':
      return value === undefined || requirement.values?.includes(value) !== true;
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}

/** True for `{}`, which matches everything; controllers refuse to act on it. */
export function isEmptySelector(selector: LabelSelector): boolean {
  return Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;
}
