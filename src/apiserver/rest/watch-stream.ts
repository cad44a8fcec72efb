/**
 * A watch: everything that happens to the objects selectors match, from a revision on, with what is there first where that is asked for.
 *
 * Models pkg/endpoints/handlers/{get,watch}.go and the selectors of storage/cacher: an object that comes into view is ADDED, one that leaves
 * it DELETED as it last looked, with the revision of the change.
 */
import { MINUTE_US, SECOND_US } from '../../base/units.ts';
import type { Kind } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/meta.ts';
import { ApiError } from '../api-error.ts';
import { decode } from '../schema/decode.ts';
import type { Store, Watch, WatchEvent } from '../store.ts';
import type { ObjectTest } from './field-selector.ts';
import { listed, selectionOf } from './list.ts';
import { listOptionsOf, revisionAsked } from './list-options.ts';
import type { Representation } from './representation.ts';
import type { Query } from './rest-request.ts';
import { type ServedVersion, servedVersion } from './served-version.ts';
import { statusOf } from './status-object.ts';

export interface StreamEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: unknown;
}

const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';
const BOOKMARK_PERIOD_US = MINUTE_US; // bookmarkFrequency in storage/cacher/cacher.go
const BOOKMARK_BEFORE_END_US = 2 * SECOND_US; // newTimeBucketWatchers in the same file: one more shortly before the watch is closed

export interface WatchTarget {
  readonly kind: Kind;
  readonly apiVersion: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

/** Runs a call so many simulated microseconds from now; answers how to forget it. */
export type After = (delayUs: number, call: () => void) => () => void;

/** Sends what there is to send now, and later what happens, until it is stopped. Throws what a watch is refused with. */
export function openWatch(
  store: Store,
  after: After,
  target: WatchTarget,
  query: Query | undefined,
  representation: Representation,
  send: (event: StreamEvent) => void,
): Watch {
  const { kind, apiVersion, namespace, name } = target;
  const selects = selectionOf(kind, query);
  const options = listOptionsOf(query, true);
  const asked = revisionAsked(options.resourceVersion, (message) => new ApiError({ code: 500, reason: '', message }));
  const matches: ObjectTest = (object) =>
    (namespace === undefined || object.metadata.namespace === namespace) &&
    (name === undefined || object.metadata.name === name) &&
    selects(object);
  const stream = new Stream(servedVersion(kind, apiVersion), matches, representation, send);
  const startsWithState = options.sendInitialEvents ?? asked === 0;
  if (startsWithState) {
    for (const object of listed(store, kind, namespace)) if (matches(object)) stream.send('ADDED', object);
    if (options.sendInitialEvents === true && options.allowWatchBookmarks) stream.endOfInitialEvents(store.revision);
  }
  // A revision that is still to come hides all that happens before it.
  const from = startsWithState || asked === 0 ? store.revision : asked;
  try {
    const watch = store.watch(kind, Math.min(from, store.revision), (event, previous) => stream.changed(event, previous, from));
    const bookmarks = options.allowWatchBookmarks
      ? bookmarksOf(after, options.timeoutSeconds, () => stream.bookmark(store.revision))
      : undefined;
    return {
      stop: () => {
        bookmarks?.();
        watch.stop();
      },
    };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    send({ type: 'ERROR', object: statusOf(error) });
    return { stop: () => undefined };
  }
}

/** A bookmark a minute, and one shortly before the watch has lasted as long as it was asked to. Answers how to end them. */
function bookmarksOf(after: After, timeoutSeconds: number | undefined, send: () => void): () => void {
  let forget: () => void = () => undefined;
  const next = () => {
    forget = after(BOOKMARK_PERIOD_US, () => {
      send();
      next();
    });
  };
  next();
  const lastUs = (timeoutSeconds ?? 0) * SECOND_US - BOOKMARK_BEFORE_END_US;
  const forgetLast = lastUs > 0 ? after(lastUs, send) : undefined;
  return () => {
    forget();
    forgetLast?.();
  };
}

class Stream {
  readonly #served: ServedVersion;
  readonly #matches: ObjectTest;
  readonly #representation: Representation;
  readonly #send: (event: StreamEvent) => void;
  #isFirst = true;

  constructor(served: ServedVersion, matches: ObjectTest, representation: Representation, send: (event: StreamEvent) => void) {
    this.#served = served;
    this.#matches = matches;
    this.#representation = representation;
    this.#send = send;
  }

  send(type: StreamEvent['type'], object: KubeObject): void {
    this.#send({ type, object: this.#representation.watched(this.#served, object, this.#isFirst) });
    this.#isFirst = false;
  }

  changed(event: WatchEvent, previous: KubeObject | undefined, from: number): void {
    if (event.revision <= from) return;
    const was = previous !== undefined && this.#matches(previous);
    const is = event.type !== 'DELETED' && this.#matches(event.object);
    if (is) this.send(was ? 'MODIFIED' : 'ADDED', event.object);
    else if (was) this.send('DELETED', withRevision(event.type === 'DELETED' ? event.object : previous!, event.revision));
  }

  /** All that was there has been sent. */
  endOfInitialEvents(revision: number): void {
    this.bookmark(revision, { annotations: { [INITIAL_EVENTS_END]: 'true' } });
  }

  /** Nothing has happened up to this revision that has not been sent. */
  bookmark(revision: number, more: { readonly annotations?: { readonly [name: string]: string } } = {}): void {
    const metadata = { resourceVersion: String(revision), ...more };
    // The rest of the object is there, and empty.
    const { value } = decode(this.#served.type.struct, { metadata });
    this.send('BOOKMARK', this.#served.stored(value as KubeObject));
  }
}

function withRevision(object: KubeObject, revision: number): KubeObject {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
}
