/** A list and the watch after it are the store: for any writes in between, any selector, and any pages. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ApiServer } from '../../src/apiserver/api-server.ts';
import { RestServer } from '../../src/apiserver/rest/rest-server.ts';
import type { StreamEvent } from '../../src/apiserver/rest/watch-stream.ts';
import type { KubeObject } from '../../src/model/meta.ts';
import { Observers } from '../../src/model/observer.ts';
import { Random } from '../../src/sim/random.ts';
import { Simulation } from '../../src/sim/simulation.ts';

const PATH = '/api/v1/namespaces/default/configmaps';
const SELECTORS: readonly { readonly [name: string]: string }[] = [
  {},
  { labelSelector: 't=x' },
  { labelSelector: 't!=x' },
  { labelSelector: '!t' },
  { labelSelector: 'n>1,t' },
  { fieldSelector: 'metadata.name=b' },
  { labelSelector: 't in (x,y)', fieldSelector: 'metadata.name!=a' },
];

const write = fc.record({
  act: fc.constantFrom('create', 'label', 'label', 'data', 'delete'),
  name: fc.constantFrom('a', 'b', 'c', 'd'),
  t: fc.constantFrom('x', 'y', null),
  n: fc.integer({ min: 0, max: 3 }),
});
type WriteStep = typeof write extends fc.Arbitrary<infer T> ? T : never;

class World {
  readonly rest = new RestServer(new ApiServer({ sim: new Simulation(), random: new Random(1), observers: new Observers() }), () => ({
    value: null,
    duplicates: [],
  }));

  write({ act, name, t, n }: WriteStep): void {
    const labels = { n: String(n), ...(t === null ? {} : { t }) };
    const path = `${PATH}/${name}`;
    const patch = { method: 'PATCH', path, contentType: 'application/merge-patch+json' };
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels } };
    if (act === 'create') this.rest.handle({ method: 'POST', path: PATH, body: object });
    else if (act === 'delete') this.rest.handle({ method: 'DELETE', path });
    else if (act === 'data') this.rest.handle({ ...patch, body: { data: { n: String(n) } } });
    else this.rest.handle({ ...patch, body: { metadata: { labels: { t, n: String(n) } } } });
  }

  list(query: { readonly [name: string]: string }): List {
    return this.rest.handle({ method: 'GET', path: PATH, query }).body as List;
  }
}

interface List {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly KubeObject[];
}

/** What a list says, by name: labels and revision. */
function byName(items: readonly KubeObject[]): { readonly [name: string]: string } {
  return Object.fromEntries(items.map(({ metadata }) => [metadata.name, `${metadata.resourceVersion} ${JSON.stringify(metadata.labels)}`]));
}

test('A list and the watch after it make what a later list says, for any writes, selector and place to begin', () => {
  fc.assert(
    fc.property(
      fc.array(write, { maxLength: 14 }),
      fc.array(write, { maxLength: 14 }),
      fc.constantFrom(...SELECTORS),
      (before, after, selector) => {
        const world = new World();
        for (const step of before) world.write(step);
        const list = world.list(selector);
        const events: StreamEvent[] = [];
        // Some of it happens before the watch is open, and is told all the same.
        const [missed, seen] = [after.slice(0, after.length >> 1), after.slice(after.length >> 1)];
        for (const step of missed) world.write(step);
        const query = { ...selector, watch: 'true', resourceVersion: list.metadata.resourceVersion };
        world.rest.watch({ method: 'GET', path: PATH, query }, (event) => events.push(event));
        for (const step of seen) world.write(step);
        const known = new Map(list.items.map((object) => [object.metadata.name, object]));
        for (const { type, object } of events as readonly { readonly type: string; readonly object: KubeObject }[]) {
          const { name } = object.metadata;
          // An object comes into view once, and leaves only when it was in view.
          expect(type === 'ADDED').toBe(!known.has(name));
          if (type === 'DELETED') known.delete(name);
          else known.set(name, object);
        }
        expect(byName([...known.values()])).toEqual(byName(world.list(selector).items));
      },
    ),
    { numRuns: 60 },
  );
});

test('Pages joined are the list as it was when the first was asked for, whatever is written between them', () => {
  fc.assert(
    fc.property(
      fc.array(write, { maxLength: 14 }),
      fc.array(write, { maxLength: 14 }),
      fc.constantFrom(...SELECTORS),
      fc.integer({ min: 1, max: 3 }),
      (before, after, selector, limit) => {
        const world = new World();
        for (const step of before) world.write(step);
        const whole = world.list(selector);
        const items: KubeObject[] = [];
        let page = world.list({ ...selector, limit: String(limit) });
        const writes = [...after];
        for (;;) {
          items.push(...page.items);
          expect(page.metadata.resourceVersion).toBe(whole.metadata.resourceVersion);
          const token = page.metadata.continue;
          if (token === undefined) break;
          for (const step of writes.splice(0, 3)) world.write(step);
          page = world.list({ ...selector, limit: String(limit), continue: token });
        }
        expect(byName(items)).toEqual(byName(whole.items));
        const { resourceVersion } = whole.metadata;
        const exact = world.list({ ...selector, resourceVersion, resourceVersionMatch: 'Exact' });
        expect(byName(exact.items)).toEqual(byName(whole.items));
      },
    ),
    { numRuns: 60 },
  );
});
