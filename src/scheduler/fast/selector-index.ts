/**
 * Which of many selectors select which of many sets of labels, without trying each on each.
 *
 * A selector that asks for certain labels can only select those who have them all: it is filed under one of them, the one with the fewest
 * selectors so far, and so met only by sets of labels that have this one. With a Deployment's selectors, which all name its own hash,
 * both sides cost what they find.
 */
import type { LabelSelector } from '../../model/meta.ts';
import type { LabelTraits } from '../pod-traits.ts';

interface Selector<S> {
  readonly key: S;
  readonly selects: (names: LabelTraits) => boolean;
}

interface Member {
  readonly names: LabelTraits;
}

/** A label as selectors are filed under. */
export function labelPair(name: string, value: string): string {
  return `${name}=${value}`;
}

/** The labels that whoever `selector` selects must have; none where it selects nobody. */
export function labelPairs(selector: LabelSelector | undefined): readonly string[] {
  const pairs = Object.entries(selector?.matchLabels ?? {}).map(([name, value]) => labelPair(name, value));
  for (const { key, operator, values } of selector?.matchExpressions ?? []) {
    if (operator === 'In' && values?.length === 1) pairs.push(labelPair(key, values[0]!));
  }
  return pairs;
}

// Under which those are filed who ask for no label in particular. No label has an empty name.
const NO_PAIR = '';

export class SelectorIndex<S, M extends Member> {
  readonly #selectors = new Map<string, Selector<S>[]>();
  readonly #members = new Map<string, Set<M>>([[NO_PAIR, new Set()]]);
  readonly #selected = new Map<S, Set<M>>();

  /** Files a selector, and returns whom it selects. `pairs`: labels that all of these have. */
  addSelector(key: S, pairs: readonly string[], selects: (names: LabelTraits) => boolean): ReadonlySet<M> {
    let best = NO_PAIR;
    for (const pair of pairs) if (best === NO_PAIR || this.#countUnder(pair) < this.#countUnder(best)) best = pair;
    const filed = this.#selectors.get(best);
    if (filed === undefined) this.#selectors.set(best, [{ key, selects }]);
    else filed.push({ key, selects });
    const selected = new Set<M>();
    for (const member of this.#members.get(best) ?? []) if (selects(member.names)) selected.add(member);
    this.#selected.set(key, selected);
    return selected;
  }

  /** Files a set of labels, and returns the selectors that select it. */
  addMember(member: M): readonly S[] {
    const found: S[] = [];
    for (const pair of pairsOf(member)) {
      let members = this.#members.get(pair);
      if (members === undefined) {
        members = new Set();
        this.#members.set(pair, members);
      }
      members.add(member);
      for (const { key, selects } of this.#selectors.get(pair) ?? []) {
        if (!selects(member.names)) continue;
        this.#selected.get(key)!.add(member);
        found.push(key);
      }
    }
    return found;
  }

  removeMember(member: M): void {
    for (const pair of pairsOf(member)) {
      const members = this.#members.get(pair)!;
      members.delete(member);
      if (members.size === 0 && pair !== NO_PAIR) this.#members.delete(pair);
      for (const { key } of this.#selectors.get(pair) ?? []) this.#selected.get(key)!.delete(member);
    }
  }

  /** Whom the selector selects; nobody where it was never filed. */
  selectedBy(key: S): Iterable<M> {
    return this.#selected.get(key) ?? [];
  }

  forgetSelectors(): void {
    this.#selectors.clear();
    this.#selected.clear();
  }

  #countUnder(pair: string): number {
    return this.#selectors.get(pair)?.length ?? 0;
  }
}

function pairsOf({ names }: Member): readonly string[] {
  return [NO_PAIR, ...Object.entries(names.labels).map(([name, value]) => labelPair(name, value))];
}
