/**
 * Holds the API server to recordings of kube-apiserver: every request of a case is made, every answer compared.
 *
 * A case begins on a server of its own, or on one that has the world it names. A request whose answer differs throws off those after it,
 * so a case's first difference is the one to look at.
 */
import type { RestRequest, RestResponse } from '../../../apiserver/rest/rest-request.ts';
import type { StreamEvent } from '../../../apiserver/rest/watch-stream.ts';
import { goQuote } from '../../../apiserver/schema/go-text.ts';
import { SECOND_US } from '../../../base/units.ts';
import { linesOf, type RecordingFile } from '../recordings.ts';
import type { RecordedCase, RecordedRequest, RecordedResponse, RecordedStep, RecordedWatch } from './api-recording.ts';
import { type Mismatch, Placeholders } from './placeholders.ts';
import { RecordedServer } from './recorded-server.ts';

export interface ApiDifference {
  readonly id: string;
  readonly request: string;
  readonly mismatches: readonly Mismatch[];
}

export interface ApiReport {
  readonly cases: number;
  readonly agreeingCases: number;
  readonly requests: number;
  readonly agreements: number;
  /** The first difference of each case that has one. */
  readonly firsts: readonly ApiDifference[];
}

interface World {
  readonly server: RecordedServer;
  readonly placeholders: Placeholders;
}

/** Is it a recording of requests? Those of kubectl are replayed elsewhere. */
export function canReplayApi({ name }: RecordingFile): boolean {
  return /^(objects|updates|reads)\b/.test(name);
}

export function replayApi(file: RecordingFile, only?: string): ApiReport {
  const totals = { cases: 0, agreeingCases: 0, requests: 0, agreements: 0 };
  const firsts: ApiDifference[] = [];
  const worlds = new Map<string, World>();
  for (const line of linesOf<RecordedCase>(file.path)) {
    const isWorld = line.rule === 'world';
    if (only !== undefined && !line.id.startsWith(only) && !isWorld) continue;
    const base = line.world === undefined ? undefined : worlds.get(line.world);
    const server = base?.server ?? new RecordedServer();
    const replay = new CaseReplay(line, server, new Placeholders(() => server.sim.nowUs, base?.placeholders));
    replay.run();
    if (isWorld) worlds.set(line.id, { server, placeholders: replay.placeholders });
    totals.cases++;
    totals.requests += replay.requests;
    totals.agreements += replay.agreements;
    if (replay.first === undefined) totals.agreeingCases++;
    else firsts.push(replay.first);
  }
  return { ...totals, firsts };
}

class CaseReplay {
  requests = 0;
  agreements = 0;
  first: ApiDifference | undefined;
  readonly placeholders: Placeholders;
  readonly #case: RecordedCase;
  readonly #server: RecordedServer;

  constructor(recorded: RecordedCase, server: RecordedServer, placeholders: Placeholders) {
    this.#case = recorded;
    this.#server = server;
    this.placeholders = placeholders;
  }

  run(): void {
    const { before = [], steps = [], watch, rule } = this.#case;
    if (rule === 'compacted') this.#compact();
    for (const step of before) this.#step(step);
    if (watch !== undefined) this.#watch(watch);
    for (const step of steps) this.#step(step);
  }

  /**
   * What the cases of this rule say was done before: five objects, a page of two, five changes, the store compacted and the server begun anew,
   * with no memory of what was.
   */
  #compact(): void {
    const { rest, api } = this.#server;
    const path = '/api/v1/namespaces/default/configmaps';
    for (let at = 0; at < 5; at++) {
      rest.handle({ method: 'POST', path, body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `z${at}` } } });
    }
    const page = rest.handle({ method: 'GET', path, query: { limit: '2' } }).body as { readonly metadata: object };
    this.placeholders.mismatches({ resourceVersion: '<listRv1>', continue: '<continue1>' }, page.metadata);
    for (let at = 0; at < 5; at++) {
      const body = { data: { at: String(at) } };
      rest.handle({ method: 'PATCH', path: `${path}/z0`, contentType: 'application/merge-patch+json', body });
    }
    api.store.compactStates(api.store.revision);
    api.store.compact(api.store.revision);
  }

  /** What the watch tells while things happen: compared as a whole, in order, with the marks that depend on the clock left out. */
  #watch({ request, code, events = [], body }: RecordedWatch): void {
    this.placeholders.setNow(String(this.#server.api.store.revision));
    const told: StreamEvent[] = [];
    const filled = this.#filledIn(request);
    const isWatch = filled.path.includes('/watch/') || filled.query?.watch === 'true';
    const isOneObject = isWatch && body !== undefined && code === 200;
    const watch = isOneObject ? this.#answered(filled) : this.#server.rest.watch(filled, (event) => told.push(event));
    const refusal = 'stop' in watch ? undefined : watch;
    const seen = told.length;
    for (const step of this.#case.during ?? []) this.#step(step);
    if ('stop' in watch) watch.stop();
    // An answer that is no stream is read when the watch is over.
    const ours = refusal === undefined ? { code: 200, events: told } : { code: refusal.code, body: refusal.body };
    const wanted = body === undefined ? { code, events } : { code, body };
    this.requests++;
    const mismatches = this.placeholders.mismatches(wanted, withoutManagers(ours));
    if (mismatches.length === 0) return this.#agree();
    this.first ??= { id: this.#case.id, request: `WATCH ${request.path} (${seen} events at once)`, mismatches };
  }

  #step({ request, response }: RecordedStep): void {
    if ('waitSeconds' in request) return this.#server.wait(request.waitSeconds * SECOND_US);
    this.placeholders.setNow(String(this.#server.api.store.revision));
    const answer = this.#answered(this.#filledIn(request));
    if (response !== undefined) this.#compare(request, response, answer);
  }

  /** A broken promise of our own is a difference like any other, with its message for all to see. */
  #answered(request: RestRequest): RestResponse {
    try {
      return this.#server.handle(request);
    } catch (error) {
      return { code: 0, text: error instanceof Error ? (error.stack ?? error.message).slice(0, 400) : String(error), warnings: [] };
    }
  }

  #filledIn(request: RecordedRequest): RestRequest {
    const { headers, ...rest } = request;
    return { ...this.placeholders.filledIn(rest), userAgent: headers?.['User-Agent'] ?? headers?.['user-agent'] ?? 'recorder/1' };
  }

  #compare(request: RecordedRequest, recorded: RecordedResponse, answer: RestResponse): void {
    this.requests++;
    const ours = comparable(answer, recorded, this.#case);
    const { body, ...rest } = recorded;
    const wanted: Record<string, unknown> = { ...rest, ...(body === undefined ? {} : { body }) };
    delete wanted.items;
    // Of what only sets a world up, nothing but the code was kept.
    if (body === undefined && recorded.text === undefined) delete ours.body;
    if (this.#case.varies === true && recorded.code >= 400) {
      const reason = (value: unknown) => (value as { readonly reason?: string } | undefined)?.reason;
      if (recorded.code === answer.code && reason(body) === reason(answer.body)) return this.#agree();
    }
    const mismatches =
      this.#case.unordered === true
        ? this.placeholders.mismatches(sorted(wanted), sorted(ours))
        : this.placeholders.mismatches(wanted, ours);
    if (mismatches.length === 0) return this.#agree();
    this.first ??= { id: this.#case.id, request: `${request.method} ${request.path}`, mismatches };
  }

  #agree(): void {
    this.agreements++;
  }
}

/** Our answer in the form of a recorded one. */
function comparable(answer: RestResponse, recorded: RecordedResponse, { managedFields }: RecordedCase): { [field: string]: unknown } {
  const { code, body, text, contentType, warnings, retryAfterSeconds } = answer;
  return {
    code,
    ...(warnings.length === 0 ? {} : { warnings: warnings.map((warning) => `299 - ${goQuote(warning)}`) }),
    ...(retryAfterSeconds === undefined || retryAfterSeconds === 0 ? {} : { retryAfter: String(retryAfterSeconds) }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(body === undefined
      ? {}
      : { body: recorded.items === 'names' ? namesOf(body) : managedFields === true ? body : withoutManagers(body) }),
    ...(text === undefined ? {} : { text }),
  };
}

function namesOf(body: unknown): unknown {
  const { items } = body as { readonly items?: readonly { readonly metadata: { readonly name: string; readonly namespace?: string } }[] };
  if (items === undefined) return body;
  const names = items.map(({ metadata: { name, namespace } }) => (namespace === undefined ? name : `${namespace}/${name}`));
  return { ...(body as object), items: names };
}

/** Deep, for lists and Tables have objects inside. */
function withoutManagers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutManagers);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([field]) => field !== 'managedFields');
  return Object.fromEntries(entries.map(([field, item]) => [field, withoutManagers(item)]));
}

/** Causes, and the list inside the message, in an order of their own. */
function sorted(response: { readonly [field: string]: unknown }): { [field: string]: unknown } {
  const body = response.body as { readonly message?: string; readonly details?: { readonly causes?: readonly unknown[] } } | undefined;
  if (body?.message === undefined) return { ...response };
  const list = /^(.*?)\[(.*)\]$/s.exec(body.message);
  const message =
    list === null
      ? body.message
      : `${list[1]}[${list[2]!
          .split(/, (?=\w+[.[:])/)
          .sort()
          .join(', ')}]`;
  const causes = [...(body.details?.causes ?? [])].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return { ...response, body: { ...body, message, ...(body.details === undefined ? {} : { details: { ...body.details, causes } }) } };
}
