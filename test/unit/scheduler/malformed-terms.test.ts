/** Affinity that the API server should not have let through: a malformed term matches nothing, spoils no other, and breaks nothing. */
import { expect, test } from 'vitest';
import type { Affinity } from '../../../src/model/pod.ts';
import { SchedulerWorld } from '../../support/scheduler-world.ts';

const HOST = 'kubernetes.io/hostname';
const onHost = (operator: string, values?: string[]) => ({
  matchExpressions: [{ key: HOST, operator, ...(values === undefined ? {} : { values }) }],
});
const required = (...nodeSelectorTerms: object[]) => ({
  nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } },
});
const preferred = (...terms: object[]) => ({ nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: terms } });
const NO_NODE = "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.";

const cases: readonly (readonly [about: string, affinity: object, result: string])[] = [
  ['required node affinity without terms', { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: {} } }, NO_NODE],
  ['an empty required term', required({}), NO_NODE],
  ['an unknown operator beside a good term', required(onHost('Is', ['n1']), onHost('In', ['n2'])), 'n2'],
  ['In without values', required(onHost('In')), NO_NODE],
  ['Gt with two values', required(onHost('Gt', ['1', '2'])), NO_NODE],
  ['a field other than the name', required({ matchFields: [{ key: 'metadata.uid', operator: 'In', values: ['n1'] }] }), NO_NODE],
  ['a preference that is missing', preferred({ weight: 5 }), 'n1'],
  [
    'a preferred value that is no integer',
    preferred({ weight: 5, preference: onHost('Gt', ['big']) }),
    'running PreScore plugin "NodeAffinity": [0].matchExpressions[0].values[0]: Invalid value: "big": for \'Gt\', \'Lt\' operators, the value must be an integer',
  ],
  [
    'required pod affinity that is empty',
    { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{}] } },
    "0/2 nodes are available: 2 node(s) didn't match pod affinity rules.",
  ],
  ['required pod anti-affinity that is empty', { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{}] } }, 'n1'],
  ['preferred pod affinity without a term', { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1 }] } }, 'n1'],
  [
    'a label selector with an unknown operator',
    {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: HOST, labelSelector: { matchExpressions: [{ key: 'app', operator: 'Is', values: ['web'] }] } },
        ],
      },
    },
    'n1',
  ],
];

test.each(cases)('A pod with %s is decided on as upstream would', (_about, affinity, result) => {
  for (const isSlow of [false, true]) {
    const world = new SchedulerWorld({ isSlow });
    world.node('n1');
    world.node('n2');
    world.pod('other', { nodeName: 'n2', labels: { app: 'web' } });
    world.pod('odd', { affinity: affinity as Affinity });
    const attempt = world.attempt()!;
    const said = attempt.node ?? attempt.message;
    expect(said.startsWith(result) ? result : said).toBe(result);
  }
});
