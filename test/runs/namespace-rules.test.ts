import { expect, test } from 'vitest';
import { ControllersAlone } from '../support/controllers-alone.ts';

const podSpec = { containers: [{ name: 'c', image: 'i' }] };

test('A namespace counts the grace of pods that went at once when it guesses how long the others need', () => {
  const site = new ControllersAlone();
  site.create('v1', 'Pod', 'unbound', { spec: podSpec });
  site.create('v1', 'Pod', 'held', { spec: { ...podSpec, terminationGracePeriodSeconds: 1 } }, { finalizers: ['example.com/held'] });
  site.do({ act: 'delete', on: 'Namespace/ns' });
  site.do({ act: 'wait', seconds: 6 });
  site.do({ act: 'patch', on: 'Pod/held', patch: { metadata: { finalizers: [] } } });
  // The first pass, after 5 s, expected 30 s and comes back after 16: the finalizer alone would have brought it back after 8.
  site.do({ act: 'wait', seconds: 5 });
  expect(site.get('Namespace/ns')).toBeDefined();
  site.do({ act: 'wait', seconds: 8 });
  expect(site.get('Namespace/ns')).toBeUndefined();
});
