import { expect, test } from 'vitest';
import { ApiServer } from '../../../../src/apiserver/api-server.ts';
import { RestServer } from '../../../../src/apiserver/rest/rest-server.ts';
import { MINUTE_US, SECOND_US } from '../../../../src/base/units.ts';
import { Observers } from '../../../../src/model/observer.ts';
import { Random } from '../../../../src/sim/random.ts';
import { Simulation } from '../../../../src/sim/simulation.ts';

const PATH = '/api/v1/namespaces/default/configmaps';

/** A watch with that query, and what it has sent, each with the second it was sent in. */
function watched(query: { readonly [name: string]: string }) {
  const sim = new Simulation();
  const api = new ApiServer({ sim, random: new Random(1), observers: new Observers() });
  const rest = new RestServer(api, () => ({ value: null, duplicates: [] }));
  const sent: string[] = [];
  const watch = rest.watch({ method: 'GET', path: PATH, query: { watch: 'true', ...query } }, ({ type, object }) => {
    const { resourceVersion } = (object as { readonly metadata: { readonly resourceVersion: string } }).metadata;
    sent.push(`${Math.round(sim.nowUs / SECOND_US)} ${type} ${Number(resourceVersion) - revision}`);
  });
  const revision = api.store.revision;
  if (!('stop' in watch)) throw new Error(`refused with ${watch.code}`);
  const create = (name: string) =>
    api.create('ConfigMap', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' } }, { author: 'me' });
  return { sim, sent, watch, create };
}

test('A watch that allows them gets a bookmark a minute, with the revision up to which it has been told everything', () => {
  const { sim, sent, create } = watched({ allowWatchBookmarks: 'true' });
  sim.runUntil(70 * SECOND_US);
  create('a');
  sim.runUntil(3 * MINUTE_US);
  expect(sent).toEqual(['60 BOOKMARK 0', '70 ADDED 1', '120 BOOKMARK 1', '180 BOOKMARK 1']);
});

test('A watch gets one more bookmark two seconds before it has lasted as long as it was asked to', () => {
  const { sim, sent } = watched({ allowWatchBookmarks: 'true', timeoutSeconds: '90' });
  sim.runUntil(100 * SECOND_US);
  expect(sent).toEqual(['60 BOOKMARK 0', '88 BOOKMARK 0']);
});

test('A watch that does not allow bookmarks gets none, nor does one that has been stopped', () => {
  const plain = watched({});
  plain.sim.runUntil(5 * MINUTE_US);
  expect(plain.sent).toEqual([]);
  const stopped = watched({ allowWatchBookmarks: 'true', timeoutSeconds: '90' });
  stopped.watch.stop();
  stopped.sim.runUntil(5 * MINUTE_US);
  expect(stopped.sent).toEqual([]);
});
