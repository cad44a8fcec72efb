/** `orrery why`: what a finished run kept, what is found by running it again, and the questions that cannot be answered. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runFiles, type Terminal } from '../../../src/cli/run.ts';
import { explainPod } from '../../../src/cli/why.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-why-'));
afterAll(() => rmSync(folder, { recursive: true }));
const out = join(folder, 'out');
const scenario = join(folder, 'pending.yaml');

function asked(
  pod: string,
  flags: { in?: string; node?: string; format?: string } = {},
): { code: number; printed: string; warned: string } {
  const printed: string[] = [];
  const warned: string[] = [];
  const terminal: Terminal = {
    print: (text) => void printed.push(text),
    warn: (text) => void warned.push(text),
    progress: undefined,
    isInterrupted: () => false,
  };
  const code = explainPod(pod, { in: out, ...flags }, terminal);
  return { code, printed: printed.join('\n'), warned: warned.join('\n').replaceAll(`${folder}/`, '') };
}

beforeAll(async () => {
  const shipped = join(import.meta.dirname, '../../../scenarios');
  cpSync(join(shipped, 'pending-why.yaml'), scenario);
  cpSync(join(shipped, 'manifests/pending.yaml'), join(folder, 'manifests/pending.yaml'));
  const silent: Terminal = { print: () => {}, warn: () => {}, progress: undefined, isInterrupted: () => false };
  await runFiles([scenario], { out, until: '90s', quiet: true }, silent);
});

test('It says where a pod went, with every plugin that scored', () => {
  const store = readFileSync(join(out, 'pods.csv'), 'utf8')
    .match(/store-\w+-\w+,node-\d/)![0]
    .split(',');
  const { code, printed } = asked(store[0]!);
  expect(code).toBe(0);
  expect(printed).toContain(`Pod default/${store[0]} went to node ${store[1]}, at 5.`);
  expect(printed).toMatch(/TaintToleration: node\(s\) had untolerated taint\(s\) {2}\[gpu\]/);
});

test('It says what keeps a pod waiting, in text and as JSON', () => {
  expect(
    asked('default/wants-ssd').printed,
  ).toBe(`Pod default/wants-ssd waits for a node, at 90.000000 s, after one attempt (profile default-scheduler)
  0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.
  It waits among the unschedulable pods, until something in the cluster changes that may help it, or for 5 minutes

3 nodes, all of them looked at, 0 fit
  2 nodes: NodeAffinity: node(s) didn't match Pod's node affinity/selector  [node-1, node-2]
  1 node: TaintToleration: node(s) had untolerated taint(s)  [gpu]

The smallest change that would let it run, tried out:
  label node-1 disktype=ssd: then it fits on node-1
Others that would
  drop disktype=ssd from its nodeSelector: then it fits on 2 nodes, node-1 among them`);
  expect(JSON.parse(asked('wants-ssd', { format: 'json' }).printed)).toMatchObject({
    pod: 'default/wants-ssd',
    outcome: 'waits',
    attempts: 1,
  });
});

test('It says what one node had against the pod', () => {
  expect(asked('wants-ssd', { node: 'gpu' }).printed).toMatch(
    /Node gpu was refused by TaintToleration: node\(s\) had untolerated taint\(s\)$/,
  );
});

test('What the run did not keep is found by running it again', () => {
  const result = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'));
  const bare = join(folder, 'bare');
  mkdirSync(bare);
  writeFileSync(join(bare, 'result.json'), JSON.stringify({ ...result, explanations: [] }));
  expect(asked('wants-ssd', { in: bare }).printed).toBe(asked('wants-ssd').printed);
});

test.each([
  [
    'a pod that was not there',
    ['wants-sdd', {}],
    'Cannot explain pod wants-sdd: the run had no pod of that name, did you mean "wants-ssd"?',
  ],
  [
    'a folder that is not there',
    ['wants-ssd', { in: join(folder, 'nowhere') }],
    '--in: expected a folder that "orrery run FILE --out DIR" has written, got "nowhere", which does not exist',
  ],
  [
    'a folder without a result',
    ['wants-ssd', { in: join(folder, 'manifests') }],
    '--in: expected a folder that "orrery run FILE --out DIR" has written, got "manifests", which has no result.json',
  ],
  ['a node that was not there', ['wants-ssd', { node: 'gqu' }], '--node: expected a node of the cluster, got "gqu", did you mean "gpu"?'],
  ['a format nobody writes', ['wants-ssd', { format: 'yaml' }], '--format: expected one of text, json, got "yaml"'],
] as const)('It refuses %s', (_about, [pod, flags], message) => {
  const { code, warned } = asked(pod, flags);
  expect(warned).toBe(message.replaceAll(`${folder}/`, ''));
  expect(code).toBe(2);
});

test('It refuses to explain a run whose scenario has changed since', () => {
  const result = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'));
  const changed = join(folder, 'changed');
  mkdirSync(changed);
  writeFileSync(join(changed, 'result.json'), JSON.stringify({ ...result, digest: '0'.repeat(16), explanations: [] }));
  const { code, warned } = asked('wants-ssd', { in: changed });
  expect(warned).toMatch(
    /^Cannot explain pod default\/wants-ssd: run again it ends in digest \w+, not in 0{16}: pending.yaml or Orrery has changed since/,
  );
  expect(code).toBe(2);
});

test('It says of a pod that named its node itself that no scheduler was asked', async () => {
  const file = join(folder, 'static.yaml');
  writeFileSync(
    join(folder, 'pinned.yaml'),
    'apiVersion: v1\nkind: Pod\nmetadata: { name: pinned }\nspec: { nodeName: n, containers: [{ name: c, image: app:1 }] }\n',
  );
  writeFileSync(
    file,
    '# Who places it?\napiVersion: orrery.dev/v1\nkind: Scenario\nmetadata: { name: pinned }\nduration: 1m\ncluster: { nodes: [{ name: n }] }\nevents: [{ at: 5s, apply: pinned.yaml }]\n',
  );
  const silent: Terminal = { print: () => {}, warn: () => {}, progress: undefined, isInterrupted: () => false };
  await runFiles([file], { out: join(folder, 'pinned'), quiet: true }, silent);
  const { code, warned } = asked('pinned', { in: join(folder, 'pinned') });
  expect(warned).toBe('Cannot explain pod default/pinned: it never reached the scheduler, its specification named node n from the start');
  expect(code).toBe(2);
});
