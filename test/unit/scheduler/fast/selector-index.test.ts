/** The index of selectors and labels finds exactly those that trying each selector on each set of labels would find. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LabelSelector } from '../../../../src/model/meta.ts';
import { selectorMatches } from '../../../../src/model/selector.ts';
import { labelPairs, SelectorIndex } from '../../../../src/scheduler/fast/selector-index.ts';
import type { LabelTraits } from '../../../../src/scheduler/pod-traits.ts';

const name = fc.constantFrom('app', 'tier', 'hash');
const value = fc.constantFrom('a', 'b', '');
const labels = fc.dictionary(name, value, { maxKeys: 3 });
const requirement = fc.oneof(
  fc.record({
    key: name,
    operator: fc.constantFrom('In' as const, 'NotIn' as const),
    values: fc.array(value, { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ key: name, operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const) }),
);
const selector: fc.Arbitrary<LabelSelector> = fc.record({ matchLabels: labels, matchExpressions: fc.array(requirement, { maxLength: 2 }) });
const act = fc.oneof(
  fc.record({ add: fc.constant('selector' as const), selector }),
  fc.record({ add: fc.constant('labels' as const), labels }),
  fc.record({ remove: fc.nat(20) }),
);

test('each selector knows whom it selects, and each newcomer who selects it', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      const index = new SelectorIndex<LabelSelector, { readonly names: LabelTraits }>();
      const selectors: LabelSelector[] = [];
      const members: { readonly names: LabelTraits }[] = [];
      for (const [id, one] of acts.entries()) {
        if ('remove' in one) {
          const [gone] = members.splice(one.remove % Math.max(1, members.length), 1);
          if (gone !== undefined) index.removeMember(gone);
        } else if (one.add === 'selector') {
          const wanted = { ...one.selector };
          selectors.push(wanted);
          const selects = (names: LabelTraits) => selectorMatches(wanted, names.labels);
          const selected = index.addSelector(wanted, labelPairs(wanted), selects);
          expect(new Set(selected)).toEqual(new Set(members.filter(({ names }) => selects(names))));
        } else {
          const member = { names: { id, namespace: 'default', labels: one.labels } };
          members.push(member);
          expect(new Set(index.addMember(member))).toEqual(new Set(selectors.filter((each) => selectorMatches(each, one.labels))));
        }
      }
      for (const each of selectors) {
        expect(new Set(index.selectedBy(each))).toEqual(new Set(members.filter(({ names }) => selectorMatches(each, names.labels))));
      }
    }),
  );
});
