/**
 * What `--out DIR` and `--trace FILE` write: result.json, CSV tables, the page, the trace.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TraceRecorder } from '../metrics/trace-recorder.ts';
import { reportPage } from '../report/page.ts';
import type { ResultDocument } from '../report/result-document.ts';
import { csvTables } from '../report/tables.ts';
import { traceJson } from '../report/trace.ts';

/** Answers the path of the page. */
export function writeResultFiles(folder: string, document: ResultDocument): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'result.json'), `${JSON.stringify(document, undefined, 1)}\n`);
  for (const [name, text] of csvTables(document)) writeFileSync(join(folder, name), text);
  const page = join(folder, 'report.html');
  writeFileSync(page, reportPage(document));
  return page;
}

export function writeTrace(file: string, document: ResultDocument, recorder: TraceRecorder): void {
  writeFileSync(file, traceJson(document, recorder));
}
