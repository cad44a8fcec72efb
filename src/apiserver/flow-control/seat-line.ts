/**
 * The seats of one priority level and the line before them: first come, first served.
 *
 * A request's time of service is known when it comes, so each seat is only the instant from which it is free, and when a request will be
 * served is known at once: no event has to tell that a seat has been freed.
 */

export class SeatLine {
  /** The instants from which seats are free, in microseconds: a heap, the earliest first. */
  readonly #freeUs: number[] = [];
  /** When those that wait will be served, the first of them at `#head`. */
  #waiting: number[] = [];
  #head = 0;

  constructor(seats: number) {
    for (let seat = 0; seat < seats; seat++) this.#freeUs.push(0);
  }

  get seats(): number {
    return this.#freeUs.length;
  }

  /** Seats that come are free at once; of those that go, the ones go first that are free first. */
  resize(seats: number, nowUs: number): void {
    while (this.#freeUs.length < seats) this.#push(nowUs);
    while (this.#freeUs.length > seats) this.#pop();
  }

  /** How many wait at this instant. */
  waiting(nowUs: number): number {
    while (this.#head < this.#waiting.length && this.#waiting[this.#head]! <= nowUs) this.#head++;
    if (this.#head === this.#waiting.length && this.#head > 0) {
      this.#waiting = [];
      this.#head = 0;
    }
    return this.#waiting.length - this.#head;
  }

  /** When a request that comes now and needs `width` seats at a time would be served. */
  startUs(nowUs: number, width: number): number {
    if (width === 1) return Math.max(nowUs, this.#freeUs[0]!);
    const sorted = [...this.#freeUs].sort((a, b) => a - b);
    return Math.max(nowUs, sorted[Math.min(width, sorted.length) - 1]!);
  }

  /** Gives the request its seats from `startUs`, which `startUs` has answered, for `holdUs`. */
  take(nowUs: number, startUs: number, width: number, holdUs: number): void {
    const endUs = startUs + holdUs;
    if (width === 1) this.#replaceRoot(endUs);
    else {
      const taken = Math.min(width, this.#freeUs.length);
      for (let seat = 0; seat < taken; seat++) this.#pop();
      for (let seat = 0; seat < taken; seat++) this.#push(endUs);
    }
    if (startUs > nowUs) this.#waiting.push(startUs);
  }

  #replaceRoot(value: number): void {
    const heap = this.#freeUs;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child++;
      if (heap[child]! >= value) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = value;
  }

  #pop(): void {
    const last = this.#freeUs.pop()!;
    if (this.#freeUs.length > 0) this.#replaceRoot(last);
  }

  #push(value: number): void {
    const heap = this.#freeUs;
    let at = heap.push(value) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent]! <= value) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = value;
  }
}
