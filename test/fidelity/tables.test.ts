/**
 * Cells of tables beside what kube-apiserver 1.36.3 put into them.
 *
 * The object of each case is taken from the recording itself, so that only the printers are compared. Ages and times count from
 * when the case ran, which the recording does not say: such cells are left out.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { tableOf } from '../../src/apiserver/rest/table/table.ts';
import { SECOND_US } from '../../src/base/units.ts';
import type { KubeObject } from '../../src/model/meta.ts';
import { microTimeText, timeText } from '../../src/model/time.ts';

const FILE = join(import.meta.dirname, '../../../shared/conformance/api/reads.jsonl.gz');
const NOW_US = 400 * 24 * 60 * 60 * SECOND_US;

interface Body {
  readonly kind: string;
  readonly columnDefinitions: readonly {
    readonly name: string;
    readonly type: string;
    readonly format: string;
    readonly priority: number;
  }[];
  readonly rows: readonly { readonly cells: readonly unknown[] }[];
}
interface Step {
  readonly request: { readonly method: string; readonly path: string };
  readonly response?: { readonly code: number; readonly body?: Body };
}

test.skipIf(!existsSync(FILE))('Tables hold in each cell what the real server put there', () => {
  const wrong: string[] = [];
  let cells = 0;
  for (const line of gunzipSync(readFileSync(FILE)).toString().trim().split('\n')) {
    const { id, rule, steps } = JSON.parse(withTimes(line)) as { id: string; rule: string; steps: readonly Step[] };
    if (rule !== 'table') continue;
    let object: KubeObject | undefined;
    for (const { request, response } of steps) {
      const body = response?.body;
      if (response === undefined || response.code >= 300 || body === undefined) continue;
      if (body.kind !== 'Table') object = JSON.parse(JSON.stringify(body).replaceAll('<time>', timeText(NOW_US))) as KubeObject;
      else if (object !== undefined && request.path.endsWith(`/${object.metadata.name}`)) {
        const { columns, rows } = tableOf(object.kind, [object], NOW_US);
        if (JSON.stringify(columns) !== JSON.stringify(body.columnDefinitions)) wrong.push(`${id}: columns`);
        body.rows[0]!.cells.forEach((cell, at) => {
          if (typeof cell === 'string' && /<age>|<time>/.test(cell)) return;
          cells++;
          if (rows[0]!.cells[at] !== cell)
            wrong.push(`${id}: ${columns[at]?.name}: ${JSON.stringify(rows[0]!.cells[at])}, recorded ${JSON.stringify(cell)}`);
        });
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(cells).toBeGreaterThan(500);
});

function withTimes(line: string): string {
  return line
    .replaceAll(/<now-(\d+)s>/g, (_, seconds) => timeText(NOW_US - Number(seconds) * SECOND_US))
    .replaceAll(/<nowmicro-(\d+)s>/g, (_, seconds) => microTimeText(NOW_US - Number(seconds) * SECOND_US));
}
