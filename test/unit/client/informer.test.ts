import { describe, expect, test } from 'vitest';
import { Store } from '../../../src/apiserver/store.ts';
import { HOUR_US } from '../../../src/base/units.ts';
import { InformerFactory } from '../../../src/client/informer.ts';
import type { ConfigMap } from '../../../src/model/configuration.ts';
import { constantUs } from '../../../src/sim/distribution.ts';
import { Random } from '../../../src/sim/random.ts';
import { Simulation } from '../../../src/sim/simulation.ts';

const HOP_US = 3_000;

const map = (name: string, value = ''): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', uid: name },
  data: { value },
});

/** A store, and an informer of ConfigMaps three milliseconds away from it that writes down what it is told. */
function site(historyLimit?: number) {
  const sim = new Simulation();
  const store = new Store(historyLimit);
  const told: string[] = [];
  const factory = new InformerFactory(sim, store, new Random(3), 'tester', constantUs(HOP_US));
  const start = () => {
    const informer = factory.informer('ConfigMap');
    informer.addHandler({
      onAdd: ({ metadata, data }) => told.push(`+${metadata.name}${data?.value}`),
      onUpdate: (before, { metadata, data }) => told.push(`~${metadata.name}${before.data?.value}>${data?.value}`),
      onDelete: ({ metadata }) => told.push(`-${metadata.name}`),
    });
    return informer;
  };
  const put = (name: string, value = '') => store.put('ConfigMap', map(name, value));
  const remove = (name: string) => store.remove('ConfigMap', store.get('ConfigMap', `default/${name}`)!);
  return { sim, store, told, factory, start, put, remove, run: (us: number) => sim.runUntil(sim.nowUs + us) };
}

describe('An informer', () => {
  test('lists what is there, and hears of changes after their way, in the order of revisions', () => {
    const { told, start, put, remove, run } = site();
    put('a', '1');
    start();
    put('b', '1');
    put('a', '2');
    remove('b');
    expect(told).toEqual([]);
    run(HOP_US - 1);
    expect(told).toEqual([]);
    run(10);
    expect(told).toEqual(['+a1', '+b1', '~a1>2', '-b']);
  });

  test('delivers everything again after 12 to 24 hours, with the same object twice', () => {
    const { told, start, put, run } = site();
    start();
    put('a', '1');
    run(12 * HOUR_US - 1);
    expect(told).toEqual(['+a1']);
    run(12 * HOUR_US + HOP_US);
    expect(told).toEqual(['+a1', '~a1>1']);
  });

  test('watches on from what it has heard last when its connection is back, and misses no change', () => {
    const { told, factory, start, put, remove, run } = site();
    start();
    put('a', '1');
    put('b', '1');
    run(10 * HOP_US);
    // Under way when the connection breaks: lost with it, and told again.
    put('a', '2');
    factory.disconnect();
    put('a', '3');
    remove('b');
    run(10 * HOP_US);
    expect(told).toEqual(['+a1', '+b1']);
    factory.reconnect();
    run(10 * HOP_US);
    expect(told).toEqual(['+a1', '+b1', '~a1>2', '~a2>3', '-b']);
  });

  test('lists anew when what it has heard last is too old, and then knows the outcome alone', () => {
    const { told, factory, start, put, remove, run } = site(2);
    const informer = start();
    for (const name of ['a', 'b', 'c']) put(name, '1');
    run(10 * HOP_US);
    factory.disconnect();
    for (const value of ['2', '3', '4']) put('a', value);
    remove('b');
    put('d', '1');
    factory.reconnect();
    run(10 * HOP_US);
    expect(told).toEqual(['+a1', '+b1', '+c1', '~a1>4', '+d1', '-b']);
    expect([...informer.values()].map(({ metadata }) => metadata.name).sort()).toEqual(['a', 'c', 'd']);
    // And it watches on from there.
    put('c', '2');
    run(10 * HOP_US);
    expect(told.at(-1)).toBe('~c1>2');
  });

  test('asked for while its process is cut off begins when that is over', () => {
    const { told, factory, start, put, run } = site();
    factory.disconnect();
    put('a', '1');
    start();
    run(10 * HOP_US);
    expect(told).toEqual([]);
    factory.reconnect();
    run(10 * HOP_US);
    expect(told).toEqual(['+a1']);
  });
});

test('InformerFactory takes back the handlers added during an act, and no others', () => {
  const { told, factory, start, put, run } = site();
  start();
  const heard: string[] = [];
  const takeBack = factory.during(() => factory.informer('ConfigMap').addHandler({ onAdd: ({ metadata }) => heard.push(metadata.name) }));
  put('a');
  run(10 * HOP_US);
  takeBack();
  put('b');
  run(10 * HOP_US);
  expect(heard).toEqual(['a']);
  expect(told).toEqual(['+a', '+b']);
});
