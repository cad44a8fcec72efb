/**
 * Reads a scenario with everything it refers to, and finds everything that is wrong with it at once: nothing is run while a
 * problem is left.
 */
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { InputError, type Problem } from '../base/errors.ts';
import { type Expectation, ExpectationError, parseExpectation } from './expectation-syntax.ts';
import { readScheduler } from './read-scheduler.ts';
import { readSteps } from './read-steps.ts';
import { checkReferences } from './references.ts';
import type { Scenario, ScenarioEvent } from './scenario.ts';
import { type EventInput, eventSchema, type ScenarioInput, scenarioSchema } from './schema.ts';
import { problemsOf } from './schema-problems.ts';
import { type Path, readDocuments, type SourceDocument } from './source-document.ts';
import { StepFiles } from './step-files.ts';

/** `cluster.nodes[0].count=50`: puts a value into the scenario before it is checked. */
export type Override = string;

/** Throws an InputError with every problem found. */
export function readScenario(file: string, overrides: readonly Override[] = []): Scenario {
  const problems: Problem[] = [];
  if (!existsSync(file)) throw new InputError([{ file, line: 0, column: 0, path: '', found: 'no such file', wanted: 'a scenario file' }]);
  const scenario = new ScenarioReader(file, problems).read(readFileSync(file, 'utf8'), overrides);
  if (scenario === undefined || problems.length > 0) throw new InputError(problems);
  return scenario;
}

/** The question a scenario asks: its first line. */
export function questionOf(text: string): string | undefined {
  const line = text.split('\n', 1)[0]!.trim();
  const question = line.replace(/^#+\s*/, '');
  return line.startsWith('#') && question !== '' ? question : undefined;
}

class ScenarioReader {
  readonly #file: string;
  readonly #problems: Problem[];
  readonly #files: StepFiles;

  constructor(file: string, problems: Problem[]) {
    this.#file = file;
    this.#problems = problems;
    this.#files = new StepFiles(file, problems);
  }

  read(text: string, overrides: readonly Override[]): Scenario | undefined {
    const question = questionOf(text);
    if (question === undefined) {
      const wanted = 'the question of the scenario as a comment, such as "# Does the shop stay up?"';
      this.#problems.push({
        file: this.#file,
        line: 1,
        column: 1,
        path: '',
        found: text.trim() === '' ? 'an empty file' : 'something else',
        wanted,
      });
    }
    const documents = readDocuments(this.#file, text, this.#problems);
    const [first, second] = documents;
    if (second !== undefined) this.#problems.push(second.problem([], 'one scenario to a file', 'a second document'));
    if (first === undefined) {
      if (this.#problems.length === 0)
        this.#problems.push({
          file: this.#file,
          line: 1,
          column: 1,
          path: '',
          found: 'nothing',
          wanted: 'a map with apiVersion, kind, metadata, duration and cluster',
        });
      return undefined;
    }
    const document = this.#withOverrides(first, overrides);
    const parsed = scenarioSchema.safeParse(document.value, { error: wantedOf });
    if (!parsed.success) {
      this.#problems.push(...problemsOf(parsed.error.issues, document, scenarioSchema));
      this.#readTheRest(document);
      return undefined;
    }
    return this.#complete(parsed.data, document, question ?? '', overrides);
  }

  /** Of a scenario that is wrong somewhere: what is wrong with the steps and expectations that can be read is told with it. */
  #readTheRest(document: SourceDocument): void {
    const { value } = document;
    if (typeof value !== 'object' || value === null) return;
    const { events, expect } = value as { readonly events?: unknown; readonly expect?: unknown };
    if (Array.isArray(events)) {
      events.forEach((raw, at) => {
        const event = eventSchema.safeParse(raw);
        if (event.success) this.#event(event.data, ['events', at], document);
      });
    }
    if (Array.isArray(expect)) {
      expect.forEach((text, at) => {
        if (typeof text === 'string') this.#expectation(text, ['expect', at], document);
      });
    }
  }

  #withOverrides(document: SourceDocument, overrides: readonly Override[]): SourceDocument {
    for (const override of overrides) {
      const equals = override.indexOf('=');
      const path = overridePath(equals < 0 ? override : override.slice(0, equals));
      if (equals < 1 || path === undefined || !document.set(path, parse(override.slice(equals + 1)))) {
        const wanted = 'a field and a value such as "cluster.nodes[0].count=50"';
        this.#problems.push({ file: '--set', line: 0, column: 0, path: '', found: JSON.stringify(override), wanted });
      }
    }
    return overrides.length === 0 ? document : document.reread();
  }

  #complete(input: ScenarioInput, document: SourceDocument, question: string, overrides: readonly Override[]): Scenario | undefined {
    const before = this.#problems.length;
    const events = input.events.map((event, at) => this.#event(event, ['events', at], document));
    const expectations = input.expect.flatMap((text, at) => this.#expectation(text, ['expect', at], document));
    const scenario: Scenario = {
      file: this.#file,
      overrides,
      question,
      name: input.metadata.name,
      seed: input.seed,
      durationUs: input.duration,
      cluster: input.cluster,
      workloads: input.workloads,
      traffic: input.traffic,
      events,
      expectations,
      ...readScheduler(input.cluster.scheduler, document, this.#problems),
      manifests: this.#files.manifests,
      texts: this.#files.texts,
      folders: this.#files.folders,
    };
    // When a manifest or a command cannot be read, what it would have created is missing: no use in complaining about that too.
    if (this.#problems.length === before || this.#onlyExpectations(before)) checkReferences(scenario, document, this.#problems);
    return scenario;
  }

  #onlyExpectations(before: number): boolean {
    return this.#problems.slice(before).every(({ path }) => path.startsWith('expect'));
  }

  #event(event: EventInput, path: Path, document: SourceDocument): ScenarioEvent {
    const commands = readSteps(event, path, document, this.#files, this.#problems);
    return { atUs: event.at, commands, fault: event.fault, mayFail: event.mayFail ?? false };
  }

  #expectation(text: string, path: Path, document: SourceDocument): Expectation[] {
    try {
      return [parseExpectation(text)];
    } catch (error) {
      if (!(error instanceof ExpectationError)) throw error;
      this.#problems.push(document.problem(path, error.wanted, error.found, error.suggestion));
      return [];
    }
  }
}

/** What zod's own checks wanted, in our words. */
function wantedOf(issue: { readonly code?: string | undefined; readonly expected?: unknown }): string | undefined {
  if (issue.code !== 'invalid_type') return undefined;
  const names: { readonly [type: string]: string } = {
    object: 'a map',
    record: 'a map',
    array: 'a list',
    string: 'a text',
    number: 'a number',
    boolean: 'true or false',
  };
  return names[String(issue.expected)] ?? String(issue.expected);
}

function overridePath(text: string): (string | number)[] | undefined {
  if (!/^[\w-]+(\.[\w-]+|\[\d+\])*$/.test(text)) return undefined;
  return [...text.matchAll(/[\w-]+/g)].map(([part]) => (/^\d+$/.test(part) ? Number(part) : part));
}
