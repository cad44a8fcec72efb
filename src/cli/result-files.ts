/**
 * What `--out DIR` writes, and `--json` prints: result.json and the CSV tables. `version` grows when a field changes its meaning.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import type { RunOutcome } from '../scenario/scenario-run.ts';

const RESULT_VERSION = 1;

/** The result as a document; everything in it is a function of scenario, seed and version. */
export function resultDocument(outcome: RunOutcome): { readonly [field: string]: unknown } {
  const { scenario, record, seed, endUs, isWhole, isMet, digest, eventCount, verdicts, stepFailures } = outcome;
  const { writesByAuthor, ...counts } = record.counts;
  return {
    version: RESULT_VERSION,
    scenario: scenario.name,
    question: scenario.question,
    seed,
    endUs,
    isWhole,
    isMet,
    digest,
    eventCount,
    expectations: verdicts,
    stepFailures,
    counts,
    writesByAuthor: Object.fromEntries(writesByAuthor),
    traffic: record.traffic.map(({ bySecond: _, ...figures }) => figures),
    life: record.life,
    notes: record.notes,
  };
}

export function writeResultFiles(outcome: RunOutcome, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const { record, verdicts } = outcome;
  writeFileSync(join(folder, 'result.json'), `${JSON.stringify(resultDocument(outcome), undefined, 2)}\n`);
  const requests = record.traffic.flatMap(({ name, bySecond }) =>
    [...bySecond].sort(([a], [b]) => a - b).map(([second, { answered, failed }]) => ({ traffic: name, second, answered, failed })),
  );
  writeTable(folder, 'requests.csv', ['traffic', 'second', 'answered', 'failed'], requests);
  writeTable(folder, 'notes.csv', ['timeUs', 'text'], record.notes);
  writeTable(folder, 'expectations.csv', ['text', 'outcome', 'observed'], verdicts);
}

function writeTable(folder: string, file: string, columns: string[], rows: readonly object[]): void {
  writeFileSync(join(folder, file), stringify([...rows], { header: true, columns }));
}
