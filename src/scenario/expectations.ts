/**
 * What became of each expectation: figures are followed through the run as an observer, so nothing is sampled and nothing
 * is missed, and asking changes nothing.
 *
 * A state holds its value from the end of one instant to the next change: what is only true between two writes of the same
 * instant is no value anybody could have seen.
 */
import { build, type Histogram } from 'hdr-histogram-js';
import { unreachable } from '../base/fail.ts';
import type { Kind } from '../model/kinds.ts';
import type { KubeObject } from '../model/meta.ts';
import type { Observer, RequestEnd, Write } from '../model/observer.ts';
import { durationText } from './duration.ts';
import type { Comparison, Expectation } from './expectation-syntax.ts';
import { type ObjectFigure, objectFigure } from './object-figures.ts';

export interface Verdict {
  readonly text: string;
  /** Open: the run was interrupted before it could be told. */
  readonly outcome: 'met' | 'missed' | 'open';
  /** What was observed, in words: `3`, `12 at 2m5s`, `no such object`. */
  readonly observed: string;
}

interface Tracker extends Observer {
  /** The run is over at `endUs`; whole unless it was interrupted. */
  finish(endUs: number, isWhole: boolean): Verdict;
}

/** Follows every expectation of a scenario; add it to the observers before the cluster starts. */
export class Expectations implements Observer {
  readonly #trackers: readonly Tracker[];
  readonly #byKind = new Map<Kind, Tracker[]>();
  readonly #requests: readonly Tracker[];

  constructor(expectations: readonly Expectation[]) {
    this.#trackers = expectations.map((expectation) => {
      if (expectation.family === 'requests') return new RequestTracker(expectation);
      const figure = objectFigure(expectation);
      const tracker = expectation.figure === 'count' ? new CountTracker(expectation, figure) : new StateTracker(expectation, figure);
      this.#byKind.set(figure.kind, [...(this.#byKind.get(figure.kind) ?? []), tracker]);
      return tracker;
    });
    this.#requests = this.#trackers.filter((tracker) => tracker.requestEnded !== undefined);
  }

  /** An object that is there before the run begins. */
  found(kind: Kind, object: KubeObject): void {
    const { resourceVersion = '0' } = object.metadata;
    const revision = Number(resourceVersion);
    const author = 'kube-apiserver';
    this.wrote({ timeUs: 0, revision, author, verb: 'create', subresource: '', kind, object, previous: undefined, removed: false });
  }

  wrote(write: Write): void {
    const trackers = this.#byKind.get(write.kind);
    if (trackers !== undefined) for (const tracker of trackers) tracker.wrote!(write);
  }

  requestEnded(request: RequestEnd): void {
    for (const tracker of this.#requests) tracker.requestEnded!(request);
  }

  /** The verdicts, in the order of the expectations. */
  finish(endUs: number, isWhole: boolean): Verdict[] {
    return this.#trackers.map((tracker) => tracker.finish(endUs, isWhole));
  }
}

/** A figure with a value at every instant. */
class StateTracker implements Tracker {
  readonly #expectation: Expectation;
  readonly #figure: ObjectFigure;
  readonly #fromUs: number;
  readonly #toUs: number;
  /** Objects that count now, and the sum over them. */
  #present = 0;
  #value = 0;
  #sinceUs = 0;
  /** The least and the most of the stretch: what "at least 4" was at its worst. */
  #least = Number.POSITIVE_INFINITY;
  #most = Number.NEGATIVE_INFINITY;
  #last: string | undefined;
  /** What it came to hold with: in the stretch, or as the stretch began. */
  #metWith: string | undefined;
  /** It holds, or did, after it had not in the same stretch. */
  #cameToHold = false;
  #firstMissed: string | undefined;

  constructor(expectation: Expectation, figure: ObjectFigure) {
    this.#expectation = expectation;
    this.#figure = figure;
    const { when } = expectation;
    this.#fromUs = when.kind === 'end' ? Number.POSITIVE_INFINITY : when.kind === 'at' ? when.atUs : when.fromUs;
    this.#toUs = when.kind === 'end' ? Number.POSITIVE_INFINITY : when.kind === 'at' ? when.atUs : when.toUs;
  }

  wrote({ timeUs, object, previous, removed }: Write): void {
    const { matches, of } = this.#figure;
    const isIn = !removed && matches(object);
    const wasIn = previous !== undefined && matches(previous);
    if (!isIn && !wasIn) return;
    const change = (isIn ? of(object) : 0) - (wasIn ? of(previous) : 0);
    if (change === 0 && isIn === wasIn) return;
    this.#settle(timeUs);
    this.#value += change;
    this.#present += (isIn ? 1 : 0) - (wasIn ? 1 : 0);
  }

  finish(endUs: number, isWhole: boolean): Verdict {
    const { text, when } = this.#expectation;
    this.#settle(endUs + 1);
    if (when.kind === 'end') {
      if (!isWhole) return { text, outcome: 'open', observed: `${this.#shown()} so far` };
      return { text, outcome: this.#holds() ? 'met' : 'missed', observed: this.#shown() };
    }
    // What is already decided stays decided, however the run ended.
    if (when.kind === 'sometime' && this.#cameToHold) return { text, outcome: 'met', observed: this.#metWith! };
    if (when.kind !== 'sometime' && this.#firstMissed !== undefined) return { text, outcome: 'missed', observed: this.#firstMissed };
    const toUs = Number.isFinite(this.#toUs) ? this.#toUs : endUs;
    if (this.#last === undefined || (!isWhole && (endUs < toUs || !Number.isFinite(this.#toUs))))
      return { text, outcome: 'open', observed: this.#last ?? 'nothing yet' };
    // It held from beginning to end.
    if (when.kind === 'sometime' && this.#metWith !== undefined) return { text, outcome: 'met', observed: this.#metWith };
    return { text, outcome: when.kind === 'sometime' ? 'missed' : 'met', observed: this.#range() ?? this.#last };
  }

  /** All that was seen, when it was more than one value. */
  #range(): string | undefined {
    const { figure } = this.#expectation;
    return this.#least < this.#most ? `${valueText(this.#least, figure)} to ${valueText(this.#most, figure)}` : undefined;
  }

  /** The value held from the last change until now. */
  #settle(nowUs: number): void {
    const fromUs = Math.max(this.#sinceUs, this.#fromUs);
    if (nowUs > this.#sinceUs && fromUs < nowUs && fromUs <= this.#toUs) {
      const shown = this.#shown();
      this.#last = shown;
      if (this.#figure.isSum || this.#present > 0) {
        this.#least = Math.min(this.#least, this.#value);
        this.#most = Math.max(this.#most, this.#value);
      }
      const dated = `${shown} at ${durationText(fromUs)}`;
      if (this.#holds()) {
        this.#cameToHold ||= this.#firstMissed !== undefined;
        this.#metWith ??= this.#firstMissed === undefined ? `${shown} all along` : dated;
      } else {
        this.#firstMissed ??= dated;
        // What held as the stretch began and is lost has to come back.
        if (!this.#cameToHold) this.#metWith = undefined;
      }
    }
    this.#sinceUs = nowUs;
  }

  #holds(): boolean {
    const { comparison, value } = this.#expectation;
    return (this.#figure.isSum || this.#present > 0) && compares(this.#value, comparison, value);
  }

  #shown(): string {
    if (!this.#figure.isSum && this.#present === 0) return `no ${this.#figure.kind} ${this.#expectation.subject}`;
    return valueText(this.#value, this.#expectation.figure);
  }
}

/** Happenings in the API, counted over a stretch. */
class CountTracker implements Tracker {
  readonly #expectation: Expectation;
  readonly #figure: ObjectFigure;
  #count = 0;

  constructor(expectation: Expectation, figure: ObjectFigure) {
    this.#expectation = expectation;
    this.#figure = figure;
  }

  wrote(write: Write): void {
    if (!isWithin(this.#expectation, write.timeUs) || !this.#figure.matches(write.object)) return;
    this.#count += this.#figure.happened!(write);
  }

  finish(endUs: number, isWhole: boolean): Verdict {
    return windowVerdict(this.#expectation, this.#count, String(this.#count), endUs, isWhole);
  }
}

/** Requests of one traffic, over a stretch. */
class RequestTracker implements Tracker {
  readonly #expectation: Expectation;
  readonly #times: Histogram | undefined;
  #total = 0;
  #failed = 0;
  #sumUs = 0;
  #maxUs = 0;

  constructor(expectation: Expectation) {
    this.#expectation = expectation;
    // Up to an hour, to three digits.
    if (/^p\d/.test(expectation.field)) {
      this.#times = build({ lowestDiscernibleValue: 1, highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: 3 });
    }
  }

  requestEnded(request: RequestEnd): void {
    if (request.traffic !== this.#expectation.subject || !isWithin(this.#expectation, request.endUs)) return;
    this.#total++;
    if (request.failure !== undefined) {
      this.#failed++;
      return;
    }
    const tookUs = request.endUs - request.startUs;
    this.#sumUs += tookUs;
    this.#maxUs = Math.max(this.#maxUs, tookUs);
    this.#times?.recordValue(tookUs);
  }

  finish(endUs: number, isWhole: boolean): Verdict {
    const { text, figure, field } = this.#expectation;
    const answered = this.#total - this.#failed;
    if ((figure === 'time' && answered === 0) || (figure === 'ratio' && this.#total === 0)) {
      return {
        text,
        outcome: isWhole ? 'missed' : 'open',
        observed: figure === 'time' ? 'no request was answered' : 'no request has ended',
      };
    }
    const value = this.#value(field, answered);
    const shown = figure === 'count' ? `${value}${field === 'total' ? '' : ` of ${this.#total}`}` : valueText(value, figure);
    return windowVerdict(this.#expectation, value, shown, endUs, isWhole);
  }

  #value(field: string, answered: number): number {
    switch (field) {
      case 'total':
        return this.#total;
      case 'answered':
        return answered;
      case 'failed':
        return this.#failed;
      case 'failedRatio':
        return this.#failed / this.#total;
      case 'mean':
        return Math.round(this.#sumUs / answered);
      case 'max':
        return this.#maxUs;
      default:
        return this.#times!.getValueAtPercentile(PERCENTILES[field]!);
    }
  }
}

const PERCENTILES: { readonly [field: string]: number } = { p50: 50, p90: 90, p95: 95, p99: 99, p999: 99.9 };

function isWithin({ when }: Expectation, timeUs: number): boolean {
  return when.kind === 'between' && timeUs >= when.fromUs && timeUs <= when.toUs;
}

function windowVerdict(
  { text, when, comparison, value: wanted }: Expectation,
  value: number,
  shown: string,
  endUs: number,
  isWhole: boolean,
): Verdict {
  const isOver = isWhole || (when.kind === 'between' && when.toUs <= endUs);
  if (!isOver) return { text, outcome: 'open', observed: `${shown} so far` };
  return { text, outcome: compares(value, comparison, wanted) ? 'met' : 'missed', observed: shown };
}

function compares(value: number, comparison: Comparison, wanted: number): boolean {
  switch (comparison) {
    case '==':
      return value === wanted;
    case '!=':
      return value !== wanted;
    case '<':
      return value < wanted;
    case '<=':
      return value <= wanted;
    case '>':
      return value > wanted;
    case '>=':
      return value >= wanted;
    default:
      return unreachable(comparison);
  }
}

function valueText(value: number, figure: Expectation['figure']): string {
  switch (figure) {
    case 'time':
      return durationText(value);
    case 'ratio':
      return `${Number((value * 100).toFixed(4))}%`;
    case 'truth':
      return value > 0 ? 'true' : 'false';
    case 'state':
    case 'count':
      return String(value);
    default:
      return unreachable(figure);
  }
}
