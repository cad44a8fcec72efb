/**
 * `orrery why POD --in DIR`: why a pod of a finished run is where it is, or nowhere.
 *
 * What the run kept is read from its result. What it did not keep is found by running the scenario again, which ends in the same digest
 * or is not the same run any more.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, nearestName, problemText } from '../base/errors.ts';
import { explanationText, rejectionOf } from '../report/explanation-text.ts';
import { RESULT_FORMAT, type ResultDocument } from '../report/result-document.ts';
import { readScenario } from '../scenario/read-scenario.ts';
import { ScenarioRun } from '../scenario/runner.ts';
import type { Explanation } from '../scheduler/explain/explanation.ts';
import { EXIT_MET, EXIT_WRONG_INPUT, type Terminal } from './run.ts';

export interface WhyFlags {
  readonly in: string;
  readonly node?: string;
  readonly format?: string;
}

/** What is wrong with the question, in words. */
class CannotExplain extends Error {}

export function explainPod(pod: string, flags: WhyFlags, terminal: Terminal): number {
  try {
    const document = readResult(flags.in);
    if (flags.format !== undefined && flags.format !== 'text' && flags.format !== 'json') {
      throw new CannotExplain(`--format: expected one of text, json, got ${JSON.stringify(flags.format)}`);
    }
    const explanation = explanationOf(pod, flags.node, document);
    terminal.print(flags.format === 'json' ? JSON.stringify(explanation, undefined, 1) : explanationText(explanation, flags.node));
    return EXIT_MET;
  } catch (error) {
    if (error instanceof InputError) {
      for (const problem of error.problems) terminal.warn(problemText(problem));
      terminal.warn(`Cannot explain pod ${pod}: its scenario cannot be read any more`);
    } else if (error instanceof CannotExplain) terminal.warn(error.message);
    else throw error;
    return EXIT_WRONG_INPUT;
  }
}

function readResult(folder: string): ResultDocument {
  const wanted = 'a folder that "orrery run FILE --out DIR" has written';
  if (!existsSync(folder)) throw new CannotExplain(`--in: expected ${wanted}, got ${JSON.stringify(folder)}, which does not exist`);
  const file = join(folder, 'result.json');
  if (!existsSync(file)) throw new CannotExplain(`--in: expected ${wanted}, got ${JSON.stringify(folder)}, which has no result.json`);
  let document: ResultDocument;
  try {
    document = JSON.parse(readFileSync(file, 'utf8')) as ResultDocument;
  } catch {
    throw new CannotExplain(`${file}: expected the result of a run, got a file that is no JSON`);
  }
  if (document?.format === RESULT_FORMAT && Array.isArray(document.explanations)) return document;
  throw new CannotExplain(
    `${file}: expected a result of the format ${RESULT_FORMAT}, got ${JSON.stringify(document?.format ?? 'another')}`,
  );
}

function explanationOf(pod: string, node: string | undefined, document: ResultDocument): Explanation {
  const key = keyOf(pod, document);
  const kept = document.explanations.find((one) => one.pod === key || one.alike.includes(key));
  const isWhole = kept !== undefined && kept.pod === key && (kept.changes !== undefined || kept.outcome === 'placed');
  const isEnough = isWhole && (node === undefined || saysSomethingOf(kept, node));
  if (isEnough) return kept;
  const found = runAgain(key, document);
  if (found === undefined) throw new CannotExplain(neverTried(key, document));
  if (node !== undefined && found.nodes.total > 0) assertKnown(node, found, document);
  return found;
}

function saysSomethingOf(explanation: Explanation, node: string): boolean {
  return rejectionOf(explanation, node) !== undefined || explanation.candidates.some((one) => one.node === node);
}

/** `namespace/name`; a bare name may be of any namespace as long as only one has it. */
function keyOf(pod: string, document: ResultDocument): string {
  const keys = [...new Set(document.pods.lives.map(({ namespace, name }) => `${namespace}/${name}`))];
  if (keys.includes(pod)) return pod;
  const matching = keys.filter((key) => key.endsWith(`/${pod}`));
  if (matching.length === 1) return matching[0]!;
  if (matching.length > 1) throw new CannotExplain(`Cannot explain pod ${pod}: expected one namespace, got ${matching.join(', ')}`);
  const near = nearestName(pod, [...keys, ...keys.map((key) => key.slice(key.indexOf('/') + 1))]);
  const hint = near === undefined ? '' : `, did you mean "${near}"?`;
  throw new CannotExplain(`Cannot explain pod ${pod}: the run had no pod of that name${hint}`);
}

function runAgain(key: string, { scenario, endUs, eventCount, isWhole, digest }: ResultDocument): Explanation | undefined {
  const read = readScenario(scenario.file, scenario.overrides);
  const again = new ScenarioRun(read, {
    seed: scenario.seed,
    ...(isWhole ? { untilUs: endUs } : { untilEvent: eventCount }),
    explain: { pods: [key], nodeBudget: 0 },
  });
  while (again.advance(1_000_000));
  const outcome = again.outcome(isWhole);
  if (outcome.digest !== digest) {
    const words = `run again it ends in digest ${outcome.digest}, not in ${digest}: ${scenario.file} or Orrery has changed since; run it with --out once more`;
    throw new CannotExplain(`Cannot explain pod ${key}: ${words}`);
  }
  return outcome.explanations.find((one) => one.pod === key || one.alike.includes(key));
}

function neverTried(key: string, { pods }: ResultDocument): string {
  const life = pods.lives.findLast(({ namespace, name }) => `${namespace}/${name}` === key)!;
  if (life.node === '') return `Cannot explain pod ${key}: it never reached the scheduler, it was gone before its turn came`;
  return `Cannot explain pod ${key}: it never reached the scheduler, its specification named node ${life.node} from the start`;
}

function assertKnown(node: string, explanation: Explanation, document: ResultDocument): void {
  if (saysSomethingOf(explanation, node)) return;
  const names = [
    ...explanation.rejections.flatMap(({ nodes }) => nodes),
    ...explanation.candidates.map((one) => one.node),
    ...document.pods.lives.map((life) => life.node),
  ];
  if (names.includes(node)) return;
  // Of a search that stopped early some nodes are named nowhere.
  if (explanation.nodes.examined < explanation.nodes.total) return;
  const near = nearestName(node, names);
  throw new CannotExplain(
    `--node: expected a node of the cluster, got ${JSON.stringify(node)}${near === undefined ? '' : `, did you mean "${near}"?`}`,
  );
}
