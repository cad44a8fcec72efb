/**
 * A priority queue whose members know their place, so that any of them can be taken out or moved.
 *
 * Models pkg/scheduler/backend/heap/heap.go. The order given must be total: then what comes out does not depend on what the
 * queue went through. Members that come in order, as pods of one priority do, wait in a plain line, which costs them no comparison
 * with more than their neighbour; the others are in a binary heap beside it.
 */

/** A member; `heapIndex` belongs to the queue it is in, -1 outside. */
export interface HeapMember {
  heapIndex: number;
}

// A place in the line is told from one in the heap by its sign: -2 is the line's first place ever.
const FIRST_IN_LINE = -2;
// Places at the front of the line that stand empty before it is moved up.
const LINE_GAP = 1024;

export class QueueHeap<T extends HeapMember> {
  readonly #items: T[] = [];
  /** Members that came in order; the places of those taken out are empty. Begins at `#lineHead`. */
  #line: (T | undefined)[] = [];
  #lineHead = 0;
  #lineSize = 0;
  readonly #less: (a: T, b: T) => boolean;

  constructor(less: (a: T, b: T) => boolean) {
    this.#less = less;
  }

  get size(): number {
    return this.#items.length + this.#lineSize;
  }

  peek(): T | undefined {
    const top = this.#items[0];
    if (this.#lineSize === 0) return top;
    const first = this.#line[this.#lineHead]!;
    return top !== undefined && this.#less(top, first) ? top : first;
  }

  push(item: T): void {
    const last = this.#line[this.#line.length - 1];
    if (this.#lineSize === 0 || (last !== undefined && this.#less(last, item))) {
      item.heapIndex = FIRST_IN_LINE - this.#line.length;
      this.#line.push(item);
      this.#lineSize++;
      return;
    }
    item.heapIndex = this.#items.push(item) - 1;
    this.#up(item.heapIndex);
  }

  pop(): T | undefined {
    const first = this.peek();
    if (first !== undefined) this.remove(first);
    return first;
  }

  remove(item: T): void {
    if (item.heapIndex <= FIRST_IN_LINE) return this.#leaveLine(item);
    const items = this.#items;
    const index = item.heapIndex;
    const last = items.pop()!;
    item.heapIndex = -1;
    if (last === item) return;
    items[index] = last;
    last.heapIndex = index;
    this.#down(index);
    this.#up(last.heapIndex);
  }

  #leaveLine(item: T): void {
    const line = this.#line;
    line[FIRST_IN_LINE - item.heapIndex] = undefined;
    item.heapIndex = -1;
    this.#lineSize--;
    if (this.#lineSize === 0) {
      line.length = 0;
      this.#lineHead = 0;
      return;
    }
    while (line[this.#lineHead] === undefined) this.#lineHead++;
    while (line[line.length - 1] === undefined) line.pop();
    if (this.#lineHead < LINE_GAP || this.#lineHead * 2 < line.length) return;
    this.#line = line.slice(this.#lineHead);
    this.#lineHead = 0;
    for (let at = 0; at < this.#line.length; at++) {
      const member = this.#line[at];
      if (member !== undefined) member.heapIndex = FIRST_IN_LINE - at;
    }
  }

  #up(start: number): void {
    const items = this.#items;
    let index = start;
    const item = items[index]!;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = items[parent]!;
      if (!this.#less(item, above)) break;
      items[index] = above;
      above.heapIndex = index;
      index = parent;
    }
    items[index] = item;
    item.heapIndex = index;
  }

  #down(start: number): void {
    const items = this.#items;
    let index = start;
    const item = items[index]!;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && this.#less(items[child + 1]!, items[child]!)) child++;
      const below = items[child]!;
      if (!this.#less(below, item)) break;
      items[index] = below;
      below.heapIndex = index;
      index = child;
    }
    items[index] = item;
    item.heapIndex = index;
  }
}
