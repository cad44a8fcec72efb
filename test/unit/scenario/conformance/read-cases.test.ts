import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InputError } from '../../../../src/base/errors.ts';
import { readCases } from '../../../../src/scenario/conformance/controllers/read-cases.ts';
import { recordingsIn } from '../../../../src/scenario/conformance/recordings.ts';

const STEP = { do: { act: 'wait', seconds: 1 }, at: 0, state: {} };

describe('Recordings of controllers', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'recordings-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string, ...lines: unknown[]) =>
    writeFileSync(join(folder, name), lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
  const read = (only?: string) => readCases(recordingsIn(folder), only);
  const problem = (act: () => unknown): string => {
    try {
      act();
    } catch (error) {
      if (error instanceof InputError) return error.message.replaceAll(folder, 'DIR');
      throw error;
    }
    return 'no problem';
  };

  test('are whatever the folder holds of them, with empty lists filled in', () => {
    write('b.jsonl', { id: 'two', steps: [STEP] });
    mkdirSync(join(folder, 'deeper'));
    write('deeper/a.jsonl', '', { id: 'one', steps: [] });
    write('README.md', 'not one of them');
    expect(read().map(({ file, cases }) => [file.name, cases])).toEqual([
      ['b.jsonl', [{ id: 'two', steps: [{ ...STEP, writes: [], status: [], events: [] }] }]],
      ['deeper/a.jsonl', [{ id: 'one', steps: [] }]],
    ]);
    expect(read('one').flatMap(({ cases }) => cases.map(({ id }) => id))).toEqual(['one']);
  });

  test.each([
    [
      'no folder',
      () => recordingsIn('/nowhere/at-all'),
      '/nowhere/at-all: expected a folder with recordings (*.jsonl, *.jsonl.gz), got nothing of that name',
    ],
    ['an empty one', () => recordingsIn(folder), 'DIR: expected a folder with recordings (*.jsonl, *.jsonl.gz), got an empty folder'],
  ])('are asked for when there is %s', (_name, act, message) => {
    expect(problem(act)).toBe(message);
  });

  test('are asked for when the folder holds other files, or is a file', () => {
    write('README.md', '');
    expect(problem(() => recordingsIn(folder))).toBe('DIR: expected a folder with recordings (*.jsonl, *.jsonl.gz), got 1 other files');
    expect(problem(() => recordingsIn(join(folder, 'README.md')))).toContain('got a file');
  });

  test('are refused with file and line, all of them at once', () => {
    write('a.jsonl', { id: 'x', steps: [STEP] }, '{"id":"y"');
    write('b.jsonl.gz', 'no gzip');
    write('c.jsonl', {
      id: 'z',
      steps: [{ ...STEP, do: { act: 'batch', acts: [{ act: 'dance' }, { act: 'create', object: { kind: 'Pud' } }] } }],
    });
    const lines = problem(() => read()).split('\n');
    expect(lines[0]).toMatch(/^DIR\/a\.jsonl:2:\d+: expected a case as one line of JSON, got /);
    expect(lines[1]).toBe('DIR/b.jsonl.gz: expected a readable gzip file, got incorrect header check');
    expect(lines[2]).toMatch(/^DIR\/c\.jsonl:1:1: steps\[0\]\.do\.acts\[0\]\.act: expected one of pods, create, .*, got "dance"$/);
    expect(lines[3]).toBe('DIR/c.jsonl:1:1: steps[0].do.acts[1].object.kind: expected a kind the API server has, got "Pud"');
    expect(lines).toHaveLength(4);
  });

  test('say so when the one case asked for is in none of them', () => {
    write('a.jsonl', { id: 'x', steps: [] });
    expect(problem(() => read('y'))).toBe('--only: expected the id of a case in one of 1 recordings, got "y"');
  });
});
