/**
 * Label selectors as people type them: `app=web,tier!=db,env in (a, b),!legacy`.
 *
 * Models staging/src/k8s.io/apimachinery/pkg/labels/selector.go (Parse).
 */
import type { LabelSelector, LabelSelectorRequirement } from '../model/meta.ts';

const REQUIREMENT = /^(?:(!)?\s*([\w./-]+)|([\w./-]+)\s*(==|=|!=)\s*([\w.-]*)|([\w./-]+)\s+(in|notin)\s*\(([^)]*)\))$/;

export class SelectorTextError extends Error {
  override readonly name = 'SelectorTextError';
  /** In the words of labels.Parse. */
  readonly reason: string;

  constructor(message: string, reason: string) {
    super(message);
    this.reason = reason;
  }
}

export function parseSelector(text: string): LabelSelector {
  const matchExpressions: LabelSelectorRequirement[] = [];
  const matchLabels: Record<string, string> = {};
  // Commas inside parentheses separate values, not requirements.
  for (const part of text.split(/,(?![^(]*\))/)) {
    const match = REQUIREMENT.exec(part.trim());
    if (match === null)
      throw new SelectorTextError(
        `Cannot read the selector ${JSON.stringify(text)}: expected "key=value", "key!=value", "key in (a, b)", "key" or "!key"`,
        reasonOf(part.trim()),
      );
    const [, not, bareKey, key, operator, value = '', setKey, setOperator, values = ''] = match;
    if (bareKey !== undefined) matchExpressions.push({ key: bareKey, operator: not === undefined ? 'Exists' : 'DoesNotExist' });
    else if (setKey !== undefined) {
      const list = values.split(',').map((one) => one.trim());
      matchExpressions.push({ key: setKey, operator: setOperator === 'in' ? 'In' : 'NotIn', values: list });
    } else if (operator === '!=') matchExpressions.push({ key: key!, operator: 'NotIn', values: [value] });
    else if (matchLabels[key!] === undefined) matchLabels[key!] = value;
    else matchExpressions.push({ key: key!, operator: 'In', values: [value] });
  }
  return matchExpressions.length === 0 ? { matchLabels } : { matchLabels, matchExpressions };
}

/** What the parser of labels.Parse stumbles over first. */
function reasonOf(part: string): string {
  const unable = 'unable to parse requirement: ';
  const set = /^[\w./-]+\s+(?:in|notin)\s*(.*)$/.exec(part);
  if (set !== null && !set[1]!.startsWith('(')) return `${unable}found '${set[1]!.split(/\s/)[0]}' expected: '('`;
  const equality = /^[\w./-]+\s*(?:==|=|!=)\s*[\w.-]*\s*(.)/.exec(part);
  if (equality !== null) return `found '${equality[1]}', expected: ',' or 'end of string'`;
  const bare = /^[\w./-]+\s+(\S+)/.exec(part);
  if (bare !== null) return `${unable}found '${bare[1]}', expected: in, notin, =, ==, !=, gt, lt`;
  return `${unable}found '${part.charAt(0)}', expected: !, identifier, or 'end of string'`;
}
