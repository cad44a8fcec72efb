/**
 * Events: what components tell people, sent on the side and correlated so that a loop cannot flood the API server.
 *
 * Models client-go/tools/record (event.go, events_cache.go): a spam filter per source and object, aggregation of similar
 * messages, one counted Event for identical ones, and retries that give up.
 */
import { ApiError } from '../apiserver/api-error.ts';
import { MINUTE_US, SECOND_US } from '../base/units.ts';
import type { Event } from '../model/configuration.ts';
import type { KubeObject, ObjectReference } from '../model/meta.ts';
import { timeText } from '../model/time.ts';
import type { RandomStream } from '../sim/random.ts';
import type { Simulation } from '../sim/simulation.ts';
import type { Client } from './client.ts';
import { run, sleep, type Task } from './task.ts';
import { TokenBucket } from './token-bucket.ts';

export type EventType = 'Normal' | 'Warning';

// events_cache.go: defaultSpamBurst, defaultSpamQPS, defaultAggregateMaxEvents, defaultAggregateIntervalInSeconds, maxLruCacheEntries.
const SPAM_BURST = 25;
const SPAM_PER_SECOND = 1 / 300;
const AGGREGATE_MESSAGES = 10;
const AGGREGATE_INTERVAL_US = 10 * MINUTE_US;
const CACHE_ENTRIES = 4096;
// event.go: maxTriesPerEvent, defaultSleepDuration, maxQueuedEvents.
const MAX_TRIES = 12;
const RETRY_US = 10 * SECOND_US;
const MAX_QUEUED = 1000;

interface Aggregate {
  readonly messages: Set<string>;
  lastUs: number;
}

interface Recorded {
  readonly name: string;
  readonly firstTimestamp: string;
  count: number;
  /** The last version the server returned; undefined while the creation is still under way. */
  stored: Event | undefined;
}

export interface EventSource {
  readonly component: string;
  readonly host?: string;
}

export interface RecorderOptions {
  readonly isOn?: boolean;
  /** Which message of a full group is forgotten; without it, the oldest. */
  readonly chance?: RandomStream;
}

export class EventRecorder {
  readonly #client: Client;
  readonly #sim: Simulation;
  readonly #source: EventSource;
  readonly #isOn: boolean;
  readonly #chance: RandomStream | undefined;
  readonly #spam = new Map<string, TokenBucket>();
  readonly #aggregates = new Map<string, Aggregate>();
  readonly #recorded = new Map<string, Recorded>();
  #queue: Task<void>[] = [];
  #isSending = false;
  #sequence = 0;

  /** With `isOn` false nothing is written: a run too large to keep three Events a pod says so in its fidelity note. */
  constructor(client: Client, sim: Simulation, source: EventSource, { isOn = true, chance }: RecorderOptions = {}) {
    this.#client = client;
    this.#sim = sim;
    this.#source = source;
    this.#isOn = isOn;
    this.#chance = chance;
  }

  /** Records that `reason` happened to `object`. Returns at once; the write follows, or is dropped as upstream drops it. */
  event(object: KubeObject, type: EventType, reason: string, message: string, fieldPath?: string): void {
    if (!this.#isOn || this.#queue.length >= MAX_QUEUED) return;
    const { namespace = '', name, uid = '' } = object.metadata;
    const about = `${object.kind}/${namespace}/${name}/${uid}`;
    if (!this.#passesSpamFilter(about, type)) return;

    const group = `${about}|${type}|${reason}`;
    const isCombined = this.#isCombined(group, message);
    const text = isCombined ? `(combined from similar events): ${message}` : message;
    // All that is combined counts as one Event, which shows the latest message.
    const recordKey = isCombined ? group : `${group}|${fieldPath ?? ''}|${message}`;
    const recorded = this.#recorded.get(recordKey);
    if (recorded === undefined) {
      const event = this.#newEvent(object, type, reason, text, fieldPath);
      const entry: Recorded = { name: event.metadata.name, firstTimestamp: event.firstTimestamp!, count: 1, stored: undefined };
      remember(this.#recorded, recordKey, entry);
      this.#enqueue(this.#create(event, entry));
    } else {
      recorded.count++;
      this.#enqueue(this.#count(namespace === '' ? 'default' : namespace, recorded, recorded.count, isCombined ? text : undefined));
    }
  }

  #passesSpamFilter(about: string, type: EventType): boolean {
    const key = `${about}|${type}`;
    let bucket = this.#spam.get(key);
    if (bucket === undefined) {
      bucket = new TokenBucket(SPAM_PER_SECOND, SPAM_BURST);
      remember(this.#spam, key, bucket);
    }
    return bucket.tryTake(this.#sim.nowUs);
  }

  /** From the tenth distinct message of a group on, those that are not remembered are combined. */
  #isCombined(group: string, message: string): boolean {
    const nowUs = this.#sim.nowUs;
    let aggregate = this.#aggregates.get(group);
    if (aggregate === undefined || nowUs - aggregate.lastUs > AGGREGATE_INTERVAL_US) {
      aggregate = { messages: new Set(), lastUs: nowUs };
      remember(this.#aggregates, group, aggregate);
    }
    const { messages } = aggregate;
    aggregate.lastUs = nowUs;
    messages.add(message);
    if (messages.size < AGGREGATE_MESSAGES) return false;
    // PopAny: whichever a Go map yields first makes room, be it the message at hand.
    const place = this.#chance?.below(messages.size) ?? 0;
    messages.delete([...messages][place]!);
    return true;
  }

  #newEvent(object: KubeObject, type: EventType, reason: string, message: string, fieldPath: string | undefined): Event {
    const now = timeText(this.#sim.nowUs);
    const { namespace, name, uid, resourceVersion } = object.metadata;
    const involvedObject: ObjectReference = {
      kind: object.kind,
      ...(namespace === undefined ? {} : { namespace }),
      name,
      ...(uid === undefined ? {} : { uid }),
      apiVersion: object.apiVersion,
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(fieldPath === undefined ? {} : { fieldPath }),
    };
    // The name's suffix is the time in nanoseconds upstream; a count behind the microsecond keeps it unique here.
    const suffix = (BigInt(this.#sim.nowUs) * 1000n + BigInt(this.#sequence++ % 1000)).toString(16).padStart(16, '0');
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${suffix}`, namespace: namespace === undefined || namespace === '' ? 'default' : namespace },
      involvedObject,
      reason,
      message,
      source: this.#source,
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
      type,
      eventTime: null,
      reportingComponent: this.#source.component,
      reportingInstance: this.#source.host ?? '',
    };
  }

  *#create(event: Event, entry: Recorded): Task<void> {
    entry.stored = yield* this.#client.create('Event', event);
  }

  *#count(namespace: string, recorded: Recorded, count: number, message: string | undefined): Task<void> {
    const body = { count, lastTimestamp: timeText(this.#sim.nowUs), ...(message === undefined ? {} : { message }) };
    recorded.stored = yield* this.#client.patch('Event', namespace, recorded.name, { type: 'merge', body });
  }

  #enqueue(task: Task<void>): void {
    this.#queue.push(task);
    if (this.#isSending) return;
    this.#isSending = true;
    run(this.#send());
  }

  /** One at a time, in order, as the broadcaster's single goroutine sends them. */
  *#send(): Task<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      for (const task of batch) yield* this.#deliver(task);
    }
    this.#isSending = false;
  }

  *#deliver(task: Task<void>): Task<void> {
    for (let tries = 1; ; tries++) {
      try {
        return yield* task;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        // A refusal by the server is final; only a server that could not be reached is tried again.
        if (error.code >= 400 || tries >= MAX_TRIES) return;
        yield* sleep(this.#sim, RETRY_US);
      }
    }
  }
}

/** Sets an entry, dropping the oldest beyond what upstream's caches hold. */
function remember<V>(cache: Map<string, V>, key: string, value: V): void {
  cache.delete(key);
  cache.set(key, value);
  if (cache.size > CACHE_ENTRIES) cache.delete(cache.keys().next().value!);
}
