/**
 * The pending events of a run, in the order they will happen: by time, then priority, then the order they were scheduled.
 *
 * An implicit 4-ary heap over columns: a heap node is a slot number, and one typed array per field holds what a slot means.
 * Nothing is allocated per event once the columns have grown to the run's high-water mark.
 * Always true: of two pending events one comes strictly first, because sequence numbers are never reused.
 */

/** Names a scheduled event: the slot and the generation it had, so that a stale name is refused rather than obeyed. */
export type EventId = number & { readonly __brand: 'EventId' };

// A slot takes 2^22 values (four million events pending at once); the rest of the 53 bits count the slot's reuses.
const SLOT_BITS = 22;
const SLOT_LIMIT = 2 ** SLOT_BITS;
const GENERATION_LIMIT = 2 ** 31 - 1;

export class EventQueue {
  #capacity = 1024;
  #length = 0;
  #freeLength = 0;
  #slotCount = 0;
  #sequence = 0;

  /** Heap order: position → slot, with the time beside it so that a comparison rarely leaves these two columns. */
  #heapSlot = new Uint32Array(this.#capacity);
  #heapTimeUs = new Float64Array(this.#capacity);

  #position = new Int32Array(this.#capacity);
  #rank = new Float64Array(this.#capacity);
  #handler = new Uint32Array(this.#capacity);
  #event = new Uint32Array(this.#capacity);
  #a = new Float64Array(this.#capacity);
  #b = new Float64Array(this.#capacity);
  #generation = new Int32Array(this.#capacity);
  #free = new Uint32Array(this.#capacity);

  /** What the last `pop` took off, in fields rather than an object so that popping allocates nothing. */
  timeUs = 0;
  handler = 0;
  event = 0;
  a = 0;
  b = 0;
  sequence = 0;

  get length(): number {
    return this.#length;
  }

  /** Time of the next event, or Infinity. */
  get nextTimeUs(): number {
    return this.#length === 0 ? Number.POSITIVE_INFINITY : this.#heapTimeUs[0]!;
  }

  /** Lower `priority` comes first among events of one time; it is a small whole number, 0 to 7. */
  push(timeUs: number, priority: number, handler: number, event: number, a: number, b: number): EventId {
    if (this.#length === this.#capacity) this.#grow();
    const slot = this.#freeLength > 0 ? this.#free[--this.#freeLength]! : this.#slotCount++;
    // Priority above the sequence number: one double orders both. 2^50 events is a run of years.
    this.#rank[slot] = priority * 2 ** 50 + this.#sequence++;
    this.#handler[slot] = handler;
    this.#event[slot] = event;
    this.#a[slot] = a;
    this.#b[slot] = b;
    this.#siftUp(this.#length++, slot, timeUs);
    return (this.#generation[slot]! * SLOT_LIMIT + slot) as EventId;
  }

  /** Takes the next event off into this queue's fields; false when none is pending. */
  pop(): boolean {
    if (this.#length === 0) return false;
    const slot = this.#heapSlot[0]!;
    this.timeUs = this.#heapTimeUs[0]!;
    this.#read(slot);
    this.#removeAt(0);
    this.#release(slot);
    return true;
  }

  /** Forgets a pending event. False when it has already happened or was cancelled before. */
  cancel(id: EventId): boolean {
    const slot = id % SLOT_LIMIT;
    if (slot >= this.#slotCount || this.#generation[slot] !== Math.floor(id / SLOT_LIMIT)) return false;
    this.#removeAt(this.#position[slot]!);
    this.#release(slot);
    return true;
  }

  #read(slot: number): void {
    this.handler = this.#handler[slot]!;
    this.event = this.#event[slot]!;
    this.a = this.#a[slot]!;
    this.b = this.#b[slot]!;
    this.sequence = this.#rank[slot]! % 2 ** 50;
  }

  #release(slot: number): void {
    this.#generation[slot] = this.#generation[slot] === GENERATION_LIMIT ? 0 : this.#generation[slot]! + 1;
    this.#free[this.#freeLength++] = slot;
  }

  #removeAt(position: number): void {
    const last = --this.#length;
    if (position === last) return;
    const slot = this.#heapSlot[last]!;
    const timeUs = this.#heapTimeUs[last]!;
    if (position > 0 && this.#isBefore(timeUs, slot, (position - 1) >> 2)) this.#siftUp(position, slot, timeUs);
    else this.#siftDown(position, slot, timeUs);
  }

  #isBefore(timeUs: number, slot: number, position: number): boolean {
    const otherUs = this.#heapTimeUs[position]!;
    return timeUs < otherUs || (timeUs === otherUs && this.#rank[slot]! < this.#rank[this.#heapSlot[position]!]!);
  }

  #siftUp(start: number, slot: number, timeUs: number): void {
    const heapSlot = this.#heapSlot;
    const heapTimeUs = this.#heapTimeUs;
    const positions = this.#position;
    const rank = this.#rank;
    const ownRank = rank[slot]!;
    let position = start;
    while (position > 0) {
      const parent = (position - 1) >> 2;
      const parentUs = heapTimeUs[parent]!;
      const parentSlot = heapSlot[parent]!;
      if (parentUs < timeUs || (parentUs === timeUs && rank[parentSlot]! < ownRank)) break;
      heapSlot[position] = parentSlot;
      heapTimeUs[position] = parentUs;
      positions[parentSlot] = position;
      position = parent;
    }
    heapSlot[position] = slot;
    heapTimeUs[position] = timeUs;
    positions[slot] = position;
  }

  #siftDown(start: number, slot: number, timeUs: number): void {
    const heapSlot = this.#heapSlot;
    const heapTimeUs = this.#heapTimeUs;
    const positions = this.#position;
    const rank = this.#rank;
    const length = this.#length;
    const ownRank = rank[slot]!;
    let position = start;
    for (;;) {
      const first = 4 * position + 1;
      if (first >= length) break;
      const end = first + 4 < length ? first + 4 : length;
      let best = first;
      let bestUs = heapTimeUs[first]!;
      for (let child = first + 1; child < end; child++) {
        const childUs = heapTimeUs[child]!;
        if (childUs < bestUs || (childUs === bestUs && rank[heapSlot[child]!]! < rank[heapSlot[best]!]!)) {
          best = child;
          bestUs = childUs;
        }
      }
      const bestSlot = heapSlot[best]!;
      if (timeUs < bestUs || (timeUs === bestUs && ownRank < rank[bestSlot]!)) break;
      heapSlot[position] = bestSlot;
      heapTimeUs[position] = bestUs;
      positions[bestSlot] = position;
      position = best;
    }
    heapSlot[position] = slot;
    heapTimeUs[position] = timeUs;
    positions[slot] = position;
  }

  #grow(): void {
    const capacity = this.#capacity * 2;
    this.#heapSlot = grownUint32(this.#heapSlot, capacity);
    this.#heapTimeUs = grownFloat64(this.#heapTimeUs, capacity);
    this.#position = grownInt32(this.#position, capacity);
    this.#rank = grownFloat64(this.#rank, capacity);
    this.#handler = grownUint32(this.#handler, capacity);
    this.#event = grownUint32(this.#event, capacity);
    this.#a = grownFloat64(this.#a, capacity);
    this.#b = grownFloat64(this.#b, capacity);
    this.#generation = grownInt32(this.#generation, capacity);
    this.#free = grownUint32(this.#free, capacity);
    this.#capacity = capacity;
  }
}

function grownUint32(column: Uint32Array, capacity: number): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(capacity);
  grown.set(column);
  return grown;
}

function grownInt32(column: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(capacity);
  grown.set(column);
  return grown;
}

function grownFloat64(column: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(capacity);
  grown.set(column);
  return grown;
}
