/** A pass over the pods that have changed decides what a pass over all of a Service's pods decides. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { subsetsOf } from '../../src/controllers/endpoints/endpoint-subsets.ts';
import { ServiceAddresses } from '../../src/controllers/endpoints/service-addresses.ts';
import { ServiceEndpoints } from '../../src/controllers/endpointslice/service-endpoints.ts';
import { planSlices, type SlicePlan, sliceLabels } from '../../src/controllers/endpointslice/service-slices.ts';
import { TriggerTimes } from '../../src/controllers/endpointslice/trigger-times.ts';
import { PodSelectors } from '../../src/controllers/pod-selectors.ts';
import type { Node } from '../../src/model/node.ts';
import type { Pod } from '../../src/model/pod.ts';
import type { Endpoint, EndpointSlice, Service } from '../../src/model/service.ts';

const KEY = 'ns/web';
const ZONE = 'topology.kubernetes.io/zone';

const podAct = fc.record({
  pod: fc.nat(9),
  what: fc.constantFrom(
    'come',
    'come',
    'ready',
    'ready',
    'unready',
    'address',
    'leave',
    'go',
    'finish',
    'relabel',
    'again',
    'touch',
    'ports',
  ),
  choice: fc.nat(3),
});
const act = fc.oneof(
  { arbitrary: podAct, weight: 12 },
  {
    arbitrary: fc.record({ service: fc.constantFrom('label', 'port', 'no ports', 'unknown port', 'open', 'headless', 'near', 'touch') }),
    weight: 1,
  },
  { arbitrary: fc.record({ node: fc.nat(2), zone: fc.option(fc.constantFrom('a', 'b')) }), weight: 1 },
  {
    arbitrary: fc.record({
      slice: fc.nat(4),
      how: fc.constantFrom(
        'lose one',
        'lose itself',
        'strange one',
        'one of another',
        'one twice',
        'old one',
        'labels',
        'ports',
        'touch',
        'empty',
      ),
      choice: fc.nat(4),
    }),
    weight: 2,
  },
  // How many of the writes come off.
  { arbitrary: fc.record({ writes: fc.constantFrom(0, 1, 9, 9, 9, 9) }), weight: 8 },
);
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;
type Of<K extends PropertyKey> = Extract<Act, Record<K, unknown>>;

test('Slices, addresses and trigger times come out alike, whatever happens to pods, nodes, the Service and its slices', () => {
  fc.assert(
    fc.property(fc.array(act, { minLength: 20, maxLength: 80 }), fc.constantFrom(1, 2, 4), (acts, perSlice) => {
      const history = new History(perSlice);
      for (const one of acts) history.play(one);
      history.play({ writes: 9 });
      history.play({ writes: 9 });
    }),
    { numRuns: 1500 },
  );
});

test('Passes that find nothing changed plan nothing, and are not left to the slow twin', () => {
  const history = new History(2);
  for (let pod = 0; pod < 5; pod++) for (const what of ['come', 'ready'] as const) history.play({ pod, what, choice: 0 });
  history.play({ writes: 9 });
  history.play({ writes: 9 });
  expect(history.pass()).toEqual({ isOwn: true, plan: { creates: [], updates: [], deletes: [] } });
  history.play({ pod: 2, what: 'unready', choice: 0 });
  const { isOwn, plan } = history.pass();
  expect([isOwn, plan.creates.length, plan.updates.length, plan.deletes.length]).toEqual([true, 0, 1, 0]);
});

/** Two who keep a Service: one looks at what has changed, one at everything. */
class History {
  readonly #perSlice: number;
  readonly #pods = new Map<string, Pod>();
  readonly #nodes = new Map<string, Node>();
  readonly #slices = new Map<string, EndpointSlice>();
  readonly #selectors = new PodSelectors();
  readonly #times = [new TriggerTimes(), new TriggerTimes()] as const;
  #service: Service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'ns', uid: 's', creationTimestamp: stamp(0) },
    spec: { selector: { app: 'web' }, ports: [{ name: 'web', port: 80, targetPort: 'http' }], clusterIP: '10.0.0.1' },
  };
  #endpoints: ServiceEndpoints | undefined;
  #addresses: ServiceAddresses | undefined;
  #count = 0;

  constructor(perSlice: number) {
    this.#perSlice = perSlice;
    this.#selectors.set(KEY, 'ns', { matchLabels: { app: 'web' } }, () => []);
  }

  play(one: Act): void {
    this.#count++;
    if ('pod' in one) this.#onPod(one);
    else if ('service' in one) this.#onService(one);
    else if ('node' in one) this.#onNode(one);
    else if ('slice' in one) this.#onSlice(one);
    else this.#write(this.pass().plan, one.writes);
  }

  pass(): { readonly isOwn: boolean; readonly plan: SlicePlan } {
    const existing = [...this.#slices.values()];
    const service = this.#service;
    const nodeOf = (name: string) => this.#nodes.get(name);
    const changed = this.#selectors.takeChanges(KEY);
    const pods = this.#selectors.podsOf(KEY);
    const all = [...this.#selectors.selectedBy(KEY)];
    const trigger = this.#times[0].take(KEY, service, pods);
    expect(changed === undefined ? this.#times[1].take(KEY, service, pods) : this.#times[1].takeChanged(KEY, service, changed)).toBe(
      trigger,
    );

    if (changed !== undefined && this.#endpoints?.service === service) this.#endpoints.takeIn(changed, nodeOf);
    else {
      this.#endpoints = new ServiceEndpoints(service);
      this.#endpoints.takeIn(all, nodeOf);
    }
    const slow = planSlices(service, pods, nodeOf, existing, this.#perSlice, trigger);
    const fast = this.#endpoints.plan(existing, this.#perSlice, trigger);
    if (fast !== undefined) expect(fast).toEqual(slow);

    if (changed !== undefined && this.#addresses?.service === service) this.#addresses.takeIn(changed);
    else {
      this.#addresses = new ServiceAddresses(service);
      this.#addresses.takeIn(all);
    }
    const subsets = this.#addresses.subsets();
    if (subsets !== undefined) expect(subsets).toEqual(subsetsOf(service, pods));
    return { isOwn: fast !== undefined, plan: fast ?? slow };
  }

  #write({ creates, updates, deletes }: SlicePlan, count: number): void {
    const creating = creates.map((slice, index) => () => {
      const name = `slice-${this.#count}-${index}`;
      this.#slices.set(name, { ...slice, metadata: { ...slice.metadata, name } });
    });
    const updating = updates.map((slice) => () => void this.#slices.set(slice.metadata.name, slice));
    const deleting = deletes.map((slice) => () => void this.#slices.delete(slice.metadata.name));
    for (const write of [...creating, ...updating, ...deleting].slice(0, count)) write();
  }

  #onPod({ pod, what, choice }: Of<'pod'>): void {
    const name = `p${pod}`;
    const before = this.#pods.get(name);
    if (what === 'again') this.#setPod(name, undefined);
    if (what === 'again' || before === undefined) {
      if (what === 'again' || what === 'come') this.#setPod(name, this.#newPod(name, choice));
      return;
    }
    if (what === 'go') return this.#setPod(name, undefined);
    this.#setPod(name, this.#changed(before, what, choice));
  }

  #newPod(name: string, choice: number): Pod {
    const app = choice === 3 ? 'other' : 'web';
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'ns', uid: `u${this.#count}`, labels: { app } },
      spec: { nodeName: `n${choice % 3}`, containers: CONTAINERS[choice === 1 ? 1 : 0]! },
      status: { podIP: `10.1.0.${choice}` },
    };
  }

  #changed(pod: Pod, what: string, choice: number): Pod {
    const { metadata, spec, status } = pod;
    const ready = (is: boolean) => ({
      ...pod,
      status: {
        ...status,
        conditions: [{ type: 'Ready', status: is ? ('True' as const) : ('False' as const), lastTransitionTime: stamp(this.#count) }],
      },
    });
    switch (what) {
      case 'ready':
        return ready(true);
      case 'unready':
        return ready(false);
      case 'address':
        return { ...pod, status: { ...status, podIP: choice === 0 ? '' : `10.1.0.${choice}` } };
      case 'leave':
        return { ...pod, metadata: { ...metadata, deletionTimestamp: stamp(this.#count) } };
      case 'finish':
        return { ...pod, status: { ...status, phase: 'Succeeded' } };
      case 'relabel':
        return { ...pod, metadata: { ...metadata, labels: { app: metadata.labels?.app === 'web' ? 'other' : 'web' } } };
      case 'ports':
        return { ...pod, spec: { ...spec, containers: CONTAINERS[choice % 3]! } };
      default:
        return { ...pod };
    }
  }

  #setPod(name: string, after: Pod | undefined): void {
    const before = this.#pods.get(name);
    if (before !== undefined || after !== undefined) this.#selectors.setPod(before, after);
    if (after === undefined) this.#pods.delete(name);
    else this.#pods.set(name, after);
  }

  #onService({ service }: Of<'service'>): void {
    const { metadata, spec } = this.#service;
    const changes: { readonly [what: string]: () => Partial<Service> } = {
      label: () => ({ metadata: { ...metadata, labels: { round: `${this.#count}` } } }),
      port: () => ({
        spec: {
          ...spec,
          ports: [
            { name: 'b', port: 1, targetPort: 'http' },
            { name: 'a', port: 2, targetPort: 81 },
          ],
        },
      }),
      'unknown port': () => ({ spec: { ...spec, ports: [{ port: 80, targetPort: 'none' }] } }),
      'no ports': () => ({ spec: { ...spec, ports: [] } }),
      open: () => ({ spec: { ...spec, publishNotReadyAddresses: spec.publishNotReadyAddresses !== true } }),
      headless: () => ({ spec: { ...spec, clusterIP: 'None' } }),
      near: () => ({ spec: { ...spec, trafficDistribution: 'PreferClose' } }),
    };
    this.#service = { ...this.#service, ...changes[service]?.() };
  }

  #onNode({ node, zone }: Of<'node'>): void {
    const name = `n${node}`;
    if (zone === null) this.#nodes.delete(name);
    else this.#nodes.set(name, { apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { [ZONE]: zone } } });
    // As the controller does, which the next test holds it to.
    this.#endpoints = undefined;
  }

  #onSlice({ slice: number, how, choice }: Of<'slice'>): void {
    const all = [...this.#slices.values()];
    const slice = all[number % Math.max(1, all.length)];
    if (how === 'empty') {
      const metadata = { name: `empty-${this.#count}`, namespace: 'ns', labels: sliceLabels(this.#service) };
      this.#slices.set(metadata.name, {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata,
        addressType: 'IPv4',
        endpoints: [],
        ports: [],
      });
    }
    if (slice === undefined) return;
    const { endpoints, metadata } = slice;
    const { name } = metadata;
    const own = endpoints[choice % Math.max(1, endpoints.length)];
    const foreign = all[choice % all.length]!.endpoints[0];
    const holding = (list: readonly (Endpoint | undefined)[]): EndpointSlice => ({
      ...slice,
      endpoints: list.filter((one) => one !== undefined),
    });
    const strange: Endpoint = { addresses: ['9.9.9.9'], targetRef: { kind: 'Pod', namespace: 'ns', name: 'strange', uid: 'x' } };
    const changes: { readonly [what: string]: () => EndpointSlice } = {
      'lose one': () => holding(endpoints.slice(1)),
      'strange one': () => holding([...endpoints, strange]),
      'one of another': () => holding([foreign, ...endpoints]),
      'one twice': () => holding([...endpoints, own]),
      'old one': () => holding(endpoints.map((one) => (one === own ? { ...one, conditions: { ready: false } } : one))),
      labels: () => ({ ...slice, metadata: { ...metadata, labels: { ...metadata.labels, more: `${choice}` } } }),
      ports: () => ({ ...slice, ports: [{ name: 'c', port: choice, protocol: 'TCP' }] }),
      touch: () => ({ ...slice, endpoints: endpoints.map((one) => ({ ...one })), ports: [...(slice.ports ?? [])] }),
    };
    if (how === 'lose itself') this.#slices.delete(name);
    else if (changes[how] !== undefined) this.#slices.set(name, changes[how]());
  }
}

const CONTAINERS: readonly Pod['spec']['containers'][] = [
  [{ name: 'c', ports: [{ name: 'http', containerPort: 8080 }] }],
  [{ name: 'c', ports: [{ name: 'http', containerPort: 9090 }] }],
  [{ name: 'c' }],
];

function stamp(second: number): string {
  return new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString().replace('.000Z', 'Z');
}
