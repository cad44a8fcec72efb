/**
 * An explanation of the scheduler in words: where the pod went and why there, or what keeps it waiting and what would let it run.
 */
import { secondsText } from '../base/units.ts';
import type { Change, Explanation, Rejection } from '../scheduler/explain/explanation.ts';

// A table of more rows nobody reads to its end.
const CANDIDATES_SHOWN = 10;
const TURNINGS_SHOWN = 3;

/** `node`: what is said of that one, in place of all. */
export function explanationText(explanation: Explanation, node?: string): string {
  const lines = [headline(explanation)];
  if (explanation.message !== '') lines.push(`  ${explanation.message}`);
  if (explanation.waiting !== undefined) lines.push(`  It waits ${explanation.waiting}`);
  if (node !== undefined) return [...lines, '', ...nodeLines(explanation, node)].join('\n');
  if (explanation.nodes.examined > 0 || explanation.rejections.length > 0) lines.push('', ...searchLines(explanation));
  if (explanation.candidates.length > 0) lines.push('', ...scoreLines(explanation));
  if (explanation.outcome === 'placed' && explanation.scorers.length > 0) lines.push('', ...turningLines(explanation));
  if (explanation.outcome === 'waits') lines.push('', ...changeLines(explanation));
  if (explanation.alike.length > 0) lines.push('', `The same holds for ${listed(explanation.alike, 5, explanation.alike.length)}`);
  return lines.join('\n');
}

export function headline({ pod, outcome, node, timeUs, attempts, scheduler, isViaNominated }: Explanation): string {
  const when = secondsText(timeUs);
  const how = `profile ${scheduler}`;
  if (outcome === 'placed') {
    const promised = isViaNominated ? ', which had been cleared for it' : '';
    return `Pod ${pod} went to node ${node}${promised}, at ${when}, at its ${ordinal(attempts)} attempt (${how})`;
  }
  const tried = attempts === 0 ? 'never tried' : attempts === 1 ? 'after one attempt' : `after ${attempts} attempts`;
  return `Pod ${pod} ${outcome === 'failed' ? 'could not be decided on' : 'waits for a node'}, at ${when}, ${tried} (${how})`;
}

/** The plugin that spoke, and what it said. */
export function rejectionText({ plugin, reasons, canPreempt }: Rejection): string {
  const words = reasons.length === 0 ? 'not looked at' : reasons.join(', ');
  return `${plugin === '' ? '' : `${plugin}: `}${words}${canPreempt ? ' (evictions might help)' : ''}`;
}

export function changeText({ text, fits, node, parts }: Change): string {
  const where = fits === 1 ? `then it fits on ${node}` : `then it fits on ${number(fits)} nodes, ${node} among them`;
  return `${text}: ${where}${parts > 1 ? '; only together' : ''}`;
}

function searchLines({ nodes, rejections }: Explanation): string[] {
  const { total, examined, feasible } = nodes;
  const looked = examined === total ? 'all of them looked at' : `${number(examined)} looked at`;
  const enough = examined < total && feasible > 0 ? ', which was enough' : '';
  const width = Math.max(...rejections.map(({ count }) => number(count).length), 1);
  return [
    `${counted(total)}, ${looked}, ${number(feasible)} fit${enough}`,
    ...rejections.map(
      (one) =>
        `  ${number(one.count).padStart(width)} ${one.count === 1 ? 'node' : 'nodes'}: ${rejectionText(one)}  [${listed(one.nodes, 4, one.count)}]`,
    ),
  ];
}

function scoreLines({ scorers, candidates, node, nodes }: Explanation): string[] {
  if (scorers.length === 0) return [`Only ${candidates[0]!.node} fits: it is taken without scoring`];
  const header = ['node', 'total', ...scorers.map(({ plugin, weight }) => `${plugin} x${weight}`)];
  const best = candidates.slice(0, CANDIDATES_SHOWN);
  const rows = best.map((one) => [
    one.node === node ? `> ${one.node}` : `  ${one.node}`,
    String(one.total),
    ...one.scores.map(
      ({ raw, normalized, weighted }) => `${weighted} (${raw === normalized ? normalized : `${rounded(raw)} -> ${normalized}`})`,
    ),
  ]);
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) => `  ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join('  ')}`.trimEnd();
  const shown = best.length < nodes.feasible ? `, the best ${best.length} of ${number(nodes.feasible)}` : '';
  return [`Scores, weighted (raw -> out of 100)${shown}`, line(header), ...rows.map(line)];
}

/** What decided between equals, and what little would have turned the choice. */
function turningLines({ ties, turnings }: Explanation): string[] {
  const lines =
    ties === 0 ? [] : [`${ties === 1 ? 'One other has' : `${number(ties)} others have`} the same total: the order of the search decided`];
  for (const { plugin, from, to, node } of turnings.slice(0, TURNINGS_SHOWN)) {
    lines.push(`With a weight of ${to} for ${plugin} instead of ${from} it would have gone to ${node}`);
  }
  return lines;
}

function changeLines({ changes, waiting, nodes }: Explanation): string[] {
  if (nodes.total === 0) return ['There is no node at all: add one'];
  if (waiting?.includes('now fit') === true) return ['It needs no change, only its next attempt'];
  if (changes === undefined) return ['No change was looked for; `orrery why` does, for a pod by its name'];
  const [first, ...others] = changes;
  if (first === undefined) {
    return ['No single change was found that would let it run'];
  }
  return [
    'The smallest change that would let it run, tried out:',
    `  ${changeText(first)}`,
    ...(others.length === 0 ? [] : ['Others that would', ...others.map((one) => `  ${changeText(one)}`)]),
  ];
}

function nodeLines(explanation: Explanation, node: string): string[] {
  const rejection = rejectionOf(explanation, node);
  if (rejection !== undefined) return [`Node ${node} was refused by ${rejectionText(rejection)}`];
  const scored = explanation.candidates.find((one) => one.node === node);
  if (scored === undefined) return [`Node ${node} was not looked at: enough others fit before its turn came`];
  if (explanation.scorers.length === 0) return [`Node ${node} fits, and no other does`];
  const best = explanation.candidates.find((one) => one.node === explanation.node);
  const rows = explanation.scorers.map(({ plugin, weight }, i) => {
    const own = scored.scores[i]!;
    const other = best?.scores[i];
    const against = other === undefined || best === scored ? '' : `, ${best!.node} ${other.weighted}`;
    return `  ${plugin} x${weight}: ${own.weighted} (${rounded(own.raw)} -> ${own.normalized})${against}`;
  });
  const verdict =
    node === explanation.node
      ? `Node ${node} was chosen with ${scored.total}`
      : `Node ${node} fits, with ${scored.total}${best === undefined ? '' : ` against ${best.total} of ${best.node}`}`;
  return [verdict, ...rows];
}

/** What was said of the node, where its name was kept. */
export function rejectionOf({ rejections }: Explanation, node: string): Rejection | undefined {
  return rejections.find(({ nodes }) => nodes.includes(node));
}

function listed(names: readonly string[], shown: number, total: number): string {
  const first = names.slice(0, shown).join(', ');
  return total > shown && names.length > 0 ? `${first}, … ${number(total)} in all` : first;
}

function ordinal(count: number): string {
  return ['', 'first', 'second', 'third', 'fourth', 'fifth'][count] ?? `${count}th`;
}

function rounded(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function counted(nodes: number): string {
  return nodes === 1 ? '1 node' : `${number(nodes)} nodes`;
}

/** `4,812`. */
function number(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}
