/** The scheduling queue's order: what comes out is what a sorted list would give, whatever goes in and out meanwhile. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type HeapMember, QueueHeap } from '../../../src/scheduler/queue-heap.ts';

class Member implements HeapMember {
  heapIndex = -1;
  readonly rank: number;
  readonly sequence: number;

  constructor(rank: number, sequence: number) {
    this.rank = rank;
    this.sequence = sequence;
  }
}

const isLess = (a: Member, b: Member): boolean => a.rank < b.rank || (a.rank === b.rank && a.sequence < b.sequence);

/** A small rank is likely to be out of order; `remove` takes out the n-th of those inside. */
const act = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('push' as const), at: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pop' as const), at: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), at: fc.nat(5000) }) },
);

function replay(acts: readonly { readonly do: 'push' | 'pop' | 'remove'; readonly at: number }[]): void {
  const queue = new QueueHeap(isLess);
  const inside: Member[] = [];
  const isOut = (member: Member) => {
    inside.splice(inside.indexOf(member), 1);
    expect(member.heapIndex).toBe(-1);
  };
  acts.forEach(({ do: what, at }, sequence) => {
    if (what === 'push') {
      const member = new Member(at, sequence);
      inside.push(member);
      queue.push(member);
    } else if (what === 'pop') {
      const first = [...inside].sort((a, b) => (isLess(a, b) ? -1 : 1))[0];
      expect(queue.peek()).toBe(first);
      expect(queue.pop()).toBe(first);
      if (first !== undefined) isOut(first);
    } else if (inside.length > 0) {
      const member = inside[at % inside.length]!;
      queue.remove(member);
      isOut(member);
    }
    expect(queue.size).toBe(inside.length);
  });
}

test('members come out in order, however they went in and whoever was taken out between', () => {
  fc.assert(fc.property(fc.array(act, { maxLength: 200 }), replay));
});

test('a long line is moved up while its members keep their places', () => {
  const queue = new QueueHeap(isLess);
  const members = Array.from({ length: 5000 }, (_, sequence) => new Member(0, sequence));
  for (const member of members) queue.push(member);
  for (let i = 0; i < 3000; i++) expect(queue.pop()).toBe(members[i]);
  queue.remove(members[4000]!);
  queue.remove(members[4999]!);
  const rest = members.filter((_, i) => i >= 3000 && i !== 4000 && i !== 4999);
  for (const member of rest) expect(queue.pop()).toBe(member);
  expect(queue.pop()).toBeUndefined();
});
