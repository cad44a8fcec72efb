import { expect, test } from 'vitest';
import { AbsentOwners } from '../../../../src/controllers/garbage-collector/absent-owners.ts';
import { alternativeTo, type Identity, identityText, meaningOf } from '../../../../src/controllers/garbage-collector/owner-identity.ts';

const owner = (name: string, more: Partial<Identity> = {}): Identity => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name,
  uid: 'u1',
  namespace: 'ns',
  ...more,
});
const dependent = (namespace: string | undefined, ...owners: readonly Identity[]) => ({ namespace, owners });

test('identityText names an owner as Events do', () => {
  expect(identityText(owner('a'))).toBe('[v1/ConfigMap, namespace: ns, name: a, uid: u1]');
});

test.each([
  ['of the same name and namespace', dependent('ns', owner('a')), true, false],
  ['of another name', dependent('ns', owner('b')), false, true],
  ['in another namespace', dependent('other', owner('a')), false, true],
  ['named twice, once wrongly', dependent('ns', owner('a'), owner('b')), true, true],
  ['with another uid, which is another owner', dependent('ns', owner('a', { uid: 'u2' })), false, false],
])('meaningOf a reference to an owner %s', (_what, one, isMatch, isMismatch) => {
  expect(meaningOf(one, owner('a'))).toEqual({ isMatch, isMismatch });
});

test('alternativeTo goes round what the dependents say, in order', () => {
  const dependents = [dependent('ns', owner('c')), dependent('ns', owner('a')), dependent('ns', owner('b'))];
  expect(alternativeTo(owner('a'), dependents)?.name).toBe('b');
  expect(alternativeTo(owner('c'), dependents)?.name).toBe('a');
  expect(alternativeTo(owner('a'), [dependent('ns', owner('a'))])).toBeUndefined();
  expect(alternativeTo(owner('a'), [dependent('other', owner('a'))])?.namespace).toBe('other');
});

test('alternativeTo gives no namespace to a kind that was looked for without', () => {
  const node = owner('n', { kind: 'Node', namespace: undefined });
  expect(alternativeTo(node, [dependent('ns', node)])).toBeUndefined();
});

test('AbsentOwners keeps the five hundred that were used last', () => {
  const absent = new AbsentOwners();
  for (let k = 0; k < 500; k++) absent.add(owner(`o${k}`));
  expect(absent.has(owner('o0'))).toBe(true);
  absent.add(owner('one more'));
  expect([absent.has(owner('o0')), absent.has(owner('o1')), absent.has(owner('one more'))]).toEqual([true, false, true]);
});
