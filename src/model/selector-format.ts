/**
 * Labels and label selectors as text: `app=web,tier in (a,b),!legacy`, or `<none>`.
 *
 * Models apimachinery/pkg/labels (FormatLabels) and meta/v1 (FormatLabelSelector).
 */
import { compareText } from '../base/compare.ts';
import type { LabelSelector, StringMap } from './meta.ts';

const NONE = '<none>';

export function formatLabels(labels: StringMap | undefined): string {
  const texts = Object.entries(labels ?? {})
    .sort(([a], [b]) => compareText(a, b))
    .map(([key, value]) => `${key}=${value}`);
  return texts.length === 0 ? NONE : texts.join(',');
}

/** An absent selector takes nothing, an empty one everything: both have nothing to show. */
export function formatSelector(selector: LabelSelector | undefined): string {
  if (selector === undefined) return NONE;
  const requirements = [
    ...Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({ key, text: `${key}=${value}` })),
    ...(selector.matchExpressions ?? []).map(({ key, operator, values = [] }) => {
      const list = `(${[...values].sort(compareText).join(',')})`;
      if (operator === 'In') return { key, text: `${key} in ${list}` };
      if (operator === 'NotIn') return { key, text: `${key} notin ${list}` };
      return { key, text: operator === 'Exists' ? key : `!${key}` };
    }),
  ];
  if (requirements.length === 0) return NONE;
  // Sorted by key alone; requirements of one key keep the order they were given in.
  return requirements
    .map((one, at) => ({ ...one, at }))
    .sort((a, b) => compareText(a.key, b.key) || a.at - b.at)
    .map(({ text }) => text)
    .join(',');
}
