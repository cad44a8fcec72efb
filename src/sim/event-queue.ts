/**
 * The pending events of a run, in the order they will happen: by time, then priority, then the order they were scheduled.
 *
 * Events are columns, one typed array per field; an event is a slot number. Three tiers keep the cost of an event nearly
 * independent of how many are pending: a small heap of those due next, a wheel of buckets for the time after that (each an
 * unsorted chain of slots), and one chain for everything later. When the heap runs dry the next bucket is poured into it;
 * when the wheel has turned round, a new one is laid over the earlier half of what is left. Only the heap compares.
 * A cancelled event stays where it is, marked, and is dropped when its turn comes: digging it out would cost more.
 * Always true: of two pending events one comes strictly first, because sequence numbers are never reused.
 */

/** Names a scheduled event: the slot and the generation it had, so that a stale name is refused rather than obeyed. */
export type EventId = number & { readonly __brand: 'EventId' };

// A slot takes 2^25 values (33 million events pending at once); the rest of the 53 bits count the slot's reuses.
const SLOT_LIMIT = 2 ** 25;
const GENERATION_LIMIT = 2 ** 27;
// Priority stands above the sequence number in one double: 2^50 events is a run of years.
const SEQUENCE_LIMIT = 2 ** 50;
const NONE = -1;
// A bucket holds this many events on average when a wheel is laid: few enough for the heap to stay in the processor's cache.
const EVENTS_PER_BUCKET = 16;
const MAX_BUCKETS = 1 << 16;
// How many times are looked at to find where the earlier half ends.
const SAMPLES = 64;
// Below this many events there is no wheel: the heap alone is as fast.
const WHEEL_WORTHWHILE = 256;
const HEAP_TOO_LARGE = 1024;

export class EventQueue {
  #capacity = 1024;
  #pending = 0;
  #freeLength = 0;
  #slotCount = 0;
  #sequence = 0;

  #timeUs = new Float64Array(this.#capacity);
  #rank = new Float64Array(this.#capacity);
  #handler = new Int32Array(this.#capacity);
  #event = new Int32Array(this.#capacity);
  #a = new Float64Array(this.#capacity);
  #b = new Float64Array(this.#capacity);
  /** Reuses of the slot, or the same below zero once the pending event is cancelled. */
  #generation = new Int32Array(this.#capacity).fill(1);
  /** The slot after this one in its chain. */
  #next = new Int32Array(this.#capacity);
  #free = new Int32Array(this.#capacity);

  /** The heap: times beside the slots, so that a comparison rarely leaves these two columns. */
  #heapSlot = new Int32Array(this.#capacity);
  #heapTimeUs = new Float64Array(this.#capacity);
  #heapLength = 0;

  /** Events before this instant are in the heap; the wheel's buckets follow it, each `#bucketUs` wide. */
  #heapEndUs = Number.POSITIVE_INFINITY;
  #wheel = new Int32Array(0);
  #bucket = 0;
  #bucketCount = 0;
  #bucketUs = 1;
  #wheelStartUs = 0;
  #wheelEndUs = Number.POSITIVE_INFINITY;
  #wheelLength = 0;

  #later = NONE;
  #laterLength = 0;

  /** What the last `pop` took off, in fields rather than an object so that popping allocates nothing. */
  timeUs = 0;
  handler = 0;
  event = 0;
  a = 0;
  b = 0;

  /** Events that will still happen. */
  get length(): number {
    return this.#pending;
  }

  /** Time of the next event, or Infinity. */
  get nextTimeUs(): number {
    return this.#settle() ? this.#heapTimeUs[0]! : Number.POSITIVE_INFINITY;
  }

  /** Lower `priority` comes first among events of one time; it is a small whole number, 0 to 7. */
  push(timeUs: number, priority: number, handler: number, event: number, a: number, b: number): EventId {
    const slot = this.#freeLength > 0 ? this.#free[--this.#freeLength]! : this.#newSlot();
    this.#timeUs[slot] = timeUs;
    this.#rank[slot] = priority * SEQUENCE_LIMIT + this.#sequence++;
    this.#handler[slot] = handler;
    this.#event[slot] = event;
    this.#a[slot] = a;
    this.#b[slot] = b;
    this.#pending++;
    if (timeUs < this.#heapEndUs) this.#pushHeap(slot, timeUs);
    else if (timeUs < this.#wheelEndUs) this.#pushWheel(slot, timeUs);
    else this.#pushLater(slot);
    if (this.#heapLength > HEAP_TOO_LARGE && this.#heapEndUs === Number.POSITIVE_INFINITY) this.#emptyHeap();
    return (this.#generation[slot]! * SLOT_LIMIT + slot) as EventId;
  }

  /** Takes the next event off into this queue's fields; false when none is pending. */
  pop(): boolean {
    if (!this.#settle()) return false;
    const slot = this.#heapSlot[0]!;
    this.timeUs = this.#heapTimeUs[0]!;
    this.handler = this.#handler[slot]!;
    this.event = this.#event[slot]!;
    this.a = this.#a[slot]!;
    this.b = this.#b[slot]!;
    this.#dropRoot();
    this.#release(slot);
    this.#pending--;
    return true;
  }

  /** Forgets a pending event. False when it has already happened or was cancelled before. */
  cancel(id: EventId): boolean {
    const slot = id % SLOT_LIMIT;
    const generation = Math.floor(id / SLOT_LIMIT);
    if (slot >= this.#slotCount || this.#generation[slot] !== generation) return false;
    this.#generation[slot] = -generation;
    this.#pending--;
    return true;
  }

  /** Puts the whole heap off for later, so that a wheel is laid over it when the next event is asked for. */
  #emptyHeap(): void {
    for (let position = 0; position < this.#heapLength; position++) this.#pushLater(this.#heapSlot[position]!);
    this.#heapLength = 0;
    this.#heapEndUs = Number.NEGATIVE_INFINITY;
    this.#wheelEndUs = Number.NEGATIVE_INFINITY;
  }

  /** Brings the next event that was not cancelled to the heap's root; false when there is none. */
  #settle(): boolean {
    for (;;) {
      if (this.#heapLength === 0 && !this.#refill()) return false;
      const slot = this.#heapSlot[0]!;
      if (this.#generation[slot]! > 0) return true;
      this.#dropRoot();
      this.#release(slot);
    }
  }

  #release(slot: number): void {
    const generation = Math.abs(this.#generation[slot]!);
    this.#generation[slot] = generation === GENERATION_LIMIT ? 1 : generation + 1;
    this.#free[this.#freeLength++] = slot;
  }

  #pushWheel(slot: number, timeUs: number): void {
    const bucket = Math.floor((timeUs - this.#wheelStartUs) / this.#bucketUs);
    this.#next[slot] = this.#wheel[bucket]!;
    this.#wheel[bucket] = slot;
    this.#wheelLength++;
  }

  #pushLater(slot: number): void {
    this.#next[slot] = this.#later;
    this.#later = slot;
    this.#laterLength++;
  }

  /** Pours the next bucket that holds anything into the empty heap; false when nothing is left anywhere. */
  #refill(): boolean {
    while (this.#wheelLength > 0 || this.#laterLength > 0) {
      if (this.#wheelLength === 0) {
        this.#layWheel();
        if (this.#heapLength > 0) return true;
      }
      while (this.#bucket < this.#bucketCount) {
        const bucket = this.#bucket++;
        this.#heapEndUs = this.#bucket === this.#bucketCount ? this.#wheelEndUs : this.#wheelStartUs + this.#bucket * this.#bucketUs;
        if (this.#pour(bucket)) return true;
      }
    }
    return false;
  }

  #pour(bucket: number): boolean {
    let slot = this.#wheel[bucket]!;
    this.#wheel[bucket] = NONE;
    while (slot !== NONE) {
      const next = this.#next[slot]!;
      this.#wheelLength--;
      if (this.#generation[slot]! > 0) this.#pushHeap(slot, this.#timeUs[slot]!);
      else this.#release(slot);
      slot = next;
    }
    return this.#heapLength > 0;
  }

  /** Lays a new wheel over the earlier half of the later events, or pours them all into the heap when they are few. */
  #layWheel(): void {
    const chain = this.#later;
    const count = this.#laterLength;
    this.#later = NONE;
    this.#laterLength = 0;
    if (count < WHEEL_WORTHWHILE) {
      this.#heapEndUs = Number.POSITIVE_INFINITY;
      this.#wheelEndUs = Number.POSITIVE_INFINITY;
      this.#bucket = this.#bucketCount;
    } else {
      this.#dimension(chain, count);
    }
    let slot = chain;
    while (slot !== NONE) {
      const next = this.#next[slot]!;
      const timeUs = this.#timeUs[slot]!;
      if (this.#generation[slot]! < 0) this.#release(slot);
      else if (timeUs < this.#heapEndUs) this.#pushHeap(slot, timeUs);
      else if (timeUs < this.#wheelEndUs) this.#pushWheel(slot, timeUs);
      else this.#pushLater(slot);
      slot = next;
    }
  }

  /** Chooses where the wheel begins and ends and how wide a bucket is, from the earliest time and a sample's median. */
  #dimension(chain: number, count: number): void {
    const stride = Math.max(1, Math.floor(count / SAMPLES));
    const sample: number[] = [];
    let earliestUs = Number.POSITIVE_INFINITY;
    let position = 0;
    for (let slot = chain; slot !== NONE; slot = this.#next[slot]!) {
      const timeUs = this.#timeUs[slot]!;
      if (timeUs < earliestUs) earliestUs = timeUs;
      if (position++ % stride === 0) sample.push(timeUs);
    }
    sample.sort((x, y) => x - y);
    const middleUs = sample[sample.length >> 1]!;
    const buckets = Math.min(MAX_BUCKETS, Math.ceil(count / 2 / EVENTS_PER_BUCKET));
    this.#bucketUs = Math.max(1, Math.ceil((middleUs - earliestUs + 1) / buckets));
    this.#bucketCount = Math.ceil((middleUs - earliestUs + 1) / this.#bucketUs);
    this.#wheelStartUs = earliestUs;
    this.#wheelEndUs = earliestUs + this.#bucketCount * this.#bucketUs;
    this.#heapEndUs = earliestUs;
    this.#bucket = 0;
    if (this.#wheel.length < this.#bucketCount) this.#wheel = new Int32Array(this.#bucketCount).fill(NONE);
  }

  #pushHeap(slot: number, timeUs: number): void {
    const heapSlot = this.#heapSlot;
    const heapTimeUs = this.#heapTimeUs;
    const rank = this.#rank;
    const ownRank = rank[slot]!;
    let position = this.#heapLength++;
    while (position > 0) {
      const parent = (position - 1) >> 2;
      const parentUs = heapTimeUs[parent]!;
      const parentSlot = heapSlot[parent]!;
      if (parentUs < timeUs || (parentUs === timeUs && rank[parentSlot]! < ownRank)) break;
      heapSlot[position] = parentSlot;
      heapTimeUs[position] = parentUs;
      position = parent;
    }
    heapSlot[position] = slot;
    heapTimeUs[position] = timeUs;
  }

  #dropRoot(): void {
    const heapSlot = this.#heapSlot;
    const heapTimeUs = this.#heapTimeUs;
    const rank = this.#rank;
    const length = --this.#heapLength;
    if (length === 0) return;
    const slot = heapSlot[length]!;
    const timeUs = heapTimeUs[length]!;
    const ownRank = rank[slot]!;
    let position = 0;
    for (;;) {
      const first = 4 * position + 1;
      if (first >= length) break;
      const end = Math.min(first + 4, length);
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
      position = best;
    }
    heapSlot[position] = slot;
    heapTimeUs[position] = timeUs;
  }

  #newSlot(): number {
    if (this.#slotCount === this.#capacity) this.#grow(this.#capacity * 2);
    return this.#slotCount++;
  }

  #grow(capacity: number): void {
    this.#timeUs = grownFloat64(this.#timeUs, capacity);
    this.#rank = grownFloat64(this.#rank, capacity);
    this.#handler = grownInt32(this.#handler, capacity);
    this.#event = grownInt32(this.#event, capacity);
    this.#a = grownFloat64(this.#a, capacity);
    this.#b = grownFloat64(this.#b, capacity);
    this.#generation = grownInt32(this.#generation, capacity).fill(1, this.#capacity);
    this.#next = grownInt32(this.#next, capacity);
    this.#free = grownInt32(this.#free, capacity);
    this.#heapSlot = grownInt32(this.#heapSlot, capacity);
    this.#heapTimeUs = grownFloat64(this.#heapTimeUs, capacity);
    this.#capacity = capacity;
  }
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
