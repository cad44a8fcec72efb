/**
 * Procedures that wait: a controller's pass reads from top to bottom, and still really blocks on each API call.
 *
 * A Task is a generator that yields what it waits for. Whoever runs it starts that, and resumes the generator with the
 * answer, or throws the error into it. Nothing here knows of time: an Awaitable schedules its own events.
 */
import type { Simulation } from '../sim/simulation.ts';

/** Something that answers later, exactly once, by `done` or by `failed`. */
export interface Awaitable<T> {
  start(done: (value: T) => void, failed: (error: unknown) => void): void;
}

/** A blocking procedure. Call one from another with `yield*`. */
// biome-ignore lint/suspicious/noExplicitAny: what is yielded and what comes back are paired by `wait`, which is typed.
export type Task<T> = Generator<Awaitable<any>, T, any>;

/** What became of one of several tasks run side by side. */
export type Settled<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

/** Blocks the task until the awaitable answers. */
export function* wait<T>(awaitable: Awaitable<T>): Task<T> {
  return yield awaitable;
}

/** Starts a task now; an error it does not catch goes to `failed`, or is thrown where the task was resumed. */
export function run<T>(task: Task<T>, done?: (value: T) => void, failed?: (error: unknown) => void): void {
  new Running(task, done, failed).next(undefined);
}

/** Runs all tasks side by side and waits for the last; the results stand in the order of the tasks. */
export function* all<T>(tasks: readonly Task<T>[]): Task<Settled<T>[]> {
  if (tasks.length === 0) return [];
  return yield new SideBySide(tasks);
}

export function* sleep(sim: Simulation, durationUs: number): Task<void> {
  yield { start: (done: (value: undefined) => void) => void sim.after(durationUs, () => done(undefined)) };
}

/** Runs a task for at most so long. Undefined when the time ran out: what the task answers after that is not heard. */
export function* within<T>(sim: Simulation, durationUs: number, task: Task<T>): Task<T | undefined> {
  return yield {
    start: (done: (value: T | undefined) => void, failed: (error: unknown) => void) => {
      let isOver = false;
      const timer = sim.after(durationUs, () => {
        isOver = true;
        done(undefined);
      });
      const settle = (act: () => void) => {
        if (isOver) return;
        isOver = true;
        sim.cancel(timer);
        act();
      };
      run(
        task,
        (value) => settle(() => done(value)),
        (error) => settle(() => failed(error)),
      );
    },
  };
}

class Running<T> {
  readonly #task: Task<T>;
  readonly #done: ((value: T) => void) | undefined;
  readonly #failed: ((error: unknown) => void) | undefined;

  constructor(task: Task<T>, done: ((value: T) => void) | undefined, failed: ((error: unknown) => void) | undefined) {
    this.#task = task;
    this.#done = done;
    this.#failed = failed;
  }

  readonly next = (value: unknown): void => {
    let result: IteratorResult<Awaitable<unknown>, T>;
    try {
      result = this.#task.next(value);
    } catch (error) {
      return this.#end(error);
    }
    this.#follow(result);
  };

  readonly #throw = (thrown: unknown): void => {
    let result: IteratorResult<Awaitable<unknown>, T>;
    try {
      result = this.#task.throw(thrown);
    } catch (error) {
      return this.#end(error);
    }
    this.#follow(result);
  };

  #follow(result: IteratorResult<Awaitable<unknown>, T>): void {
    if (result.done === true) this.#done?.(result.value);
    else result.value.start(this.next, this.#throw);
  }

  #end(error: unknown): void {
    if (this.#failed === undefined) throw error;
    this.#failed(error);
  }
}

class SideBySide<T> implements Awaitable<Settled<T>[]> {
  readonly #tasks: readonly Task<T>[];

  constructor(tasks: readonly Task<T>[]) {
    this.#tasks = tasks;
  }

  start(done: (value: Settled<T>[]) => void): void {
    const results = new Array<Settled<T>>(this.#tasks.length);
    let waiting = this.#tasks.length;
    const settle = (index: number, result: Settled<T>) => {
      results[index] = result;
      if (--waiting === 0) done(results);
    };
    this.#tasks.forEach((task, index) => {
      run(
        task,
        (value) => settle(index, { ok: true, value }),
        (error) => settle(index, { ok: false, error }),
      );
    });
  }
}
