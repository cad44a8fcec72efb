import { expect, test } from 'vitest';
import { tableOf } from '../../../../src/apiserver/rest/table/table.ts';
import { decode } from '../../../../src/apiserver/schema/decode.ts';
import { schemaOf } from '../../../../src/apiserver/schema/struct-schema.ts';
import { KINDS, type Kind } from '../../../../src/model/kinds.ts';
import type { KubeObject } from '../../../../src/model/meta.ts';

test.each(Object.keys(KINDS) as Kind[])('A bookmark of %s is a row like any other', (kind) => {
  const empty = decode(schemaOf(kind), { metadata: { resourceVersion: '7' } }).value as KubeObject;
  const { columns, rows } = tableOf(kind, [empty], 0);
  expect(rows[0]!.cells).toHaveLength(columns.length);
  expect(rows[0]!.cells.filter((cell) => cell === undefined || Number.isNaN(cell))).toEqual([]);
});
