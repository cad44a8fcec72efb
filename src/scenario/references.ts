/**
 * What cannot be seen field by field: names that refer to something, instants that lie outside the run, two things of one name.
 */
import { nearestName, type Problem } from '../base/errors.ts';
import type { Kind } from '../model/kinds.ts';
import { KINDS } from '../model/kinds.ts';
import { keyOf } from '../model/meta.ts';
import { qualified } from './cluster-of.ts';
import { durationText } from './duration.ts';
import type { Expectation } from './expectation-syntax.ts';
import { KnownObjects } from './known-objects.ts';
import { CommandLineError } from './kubectl/command-line.ts';
import { resourceArguments } from './kubectl/resource-arguments.ts';
import { isTaintChange } from './kubectl/taint.ts';
import { nodeNames, nodesOf } from './node-groups.ts';
import type { Scenario, ScenarioCommand } from './scenario.ts';
import { describe, type Path, type SourceDocument } from './source-document.ts';

const OF_FAMILY: { readonly [family: string]: Kind } = {
  rollout: 'Deployment',
  statefulset: 'StatefulSet',
  daemonset: 'DaemonSet',
  job: 'Job',
  hpa: 'HorizontalPodAutoscaler',
  service: 'Service',
};

export function checkReferences(scenario: Scenario, document: SourceDocument, problems: Problem[]): void {
  const known = new KnownObjects();
  for (const { commands } of scenario.events) {
    for (const { parsed } of commands) {
      for (const file of parsed.flags.all('filename'))
        for (const object of scenario.manifests.get(file) ?? []) known.addObject(object, parsed.flags.text('namespace'));
      known.addCreated(parsed);
    }
  }
  new ReferenceChecker(scenario, document, known, problems).check();
}

class ReferenceChecker {
  readonly #scenario: Scenario;
  readonly #document: SourceDocument;
  readonly #known: KnownObjects;
  readonly #problems: Problem[];
  readonly #nodes: ReadonlySet<string>;

  constructor(scenario: Scenario, document: SourceDocument, known: KnownObjects, problems: Problem[]) {
    this.#scenario = scenario;
    this.#document = document;
    this.#known = known;
    this.#problems = problems;
    this.#nodes = new Set(nodesOf(scenario.cluster).map(({ name }) => name));
  }

  check(): void {
    this.#cluster();
    this.#workloads();
    this.#events();
    this.#traffic();
    this.#scenario.expectations.forEach((expectation, at) => {
      this.#expectation(expectation, ['expect', at]);
    });
  }

  #cluster(): void {
    const { cluster } = this.#scenario;
    if (this.#nodes.size === 0) this.#wrong(['cluster'], 'a preset or at least one group of nodes', 'a cluster without nodes');
    const seen = new Set<string>(cluster.preset === undefined ? [] : nodesOf({ ...cluster, nodes: [] }).map(({ name }) => name));
    cluster.nodes?.forEach((group, at) => {
      const names = nodeNames(group);
      const twice = names.find((name) => seen.has(name));
      if (twice !== undefined) this.#wrong(['cluster', 'nodes', at, 'name'], 'a name that no other node has', `${describe(twice)} again`);
      for (const name of names) seen.add(name);
    });
    this.#unique(['cluster', 'images'], cluster.images ?? [], 'a name that no other image has');
  }

  #workloads(): void {
    this.#scenario.workloads.forEach(({ match, namespace, crash }, at) => {
      const path = ['workloads', at];
      if (!this.#known.hasPods(match, namespace))
        this.#wrong([...path, 'match'], 'labels that some pod of the manifests carries', JSON.stringify(match));
      if (crash !== undefined && crash.after === undefined && crash.at === undefined && crash.meanBetween === undefined)
        this.#wrong([...path, 'crash'], 'at least one of after, at, meanBetween', 'none of them');
    });
  }

  #events(): void {
    const { events, durationUs } = this.#scenario;
    events.forEach(({ atUs, commands, fault }, at) => {
      const path = ['events', at];
      if (atUs > durationUs)
        this.#wrong([...path, 'at'], `a time before the end of the run at ${durationText(durationUs)}`, describe(durationText(atUs)));
      commands.forEach((command, index) => {
        const isList = Array.isArray((this.#document.value as { events: { kubectl?: unknown }[] }).events[at]?.kubectl);
        this.#command(command, [...path, 'kubectl', ...(isList ? [index] : [])]);
      });
      for (const kind of Object.keys(fault ?? {})) {
        const target = (fault as { readonly [kind: string]: unknown })[kind];
        if (typeof target !== 'object' || target === null) continue;
        this.#target(target as { names?: readonly string[]; zone?: string; count?: number }, [...path, 'fault', kind]);
      }
    });
  }

  #target({ names, zone, count }: { names?: readonly string[]; zone?: string; count?: number }, path: Path): void {
    names?.forEach((name, at) => {
      this.#node(name, [...path, 'names', at]);
    });
    if (count !== undefined && count > this.#nodes.size && this.#nodes.size > 0)
      this.#wrong([...path, 'count'], `at most ${this.#nodes.size}, the nodes there are`, String(count));
    const zones = new Set((this.#scenario.cluster.nodes ?? []).flatMap((group) => group.zones ?? []));
    if (zone !== undefined && !zones.has(zone))
      this.#wrong(
        [...path, 'zone'],
        zones.size === 0 ? 'a zone; no node has one' : `one of ${[...zones].join(', ')}`,
        describe(zone),
        nearestName(zone, zones),
      );
  }

  #node(name: string, path: Path): void {
    if (!this.#nodes.has(name)) this.#wrong(path, 'the name of a node', describe(name), nearestName(name, this.#nodes));
  }

  /** Do the objects the command names come from anywhere? */
  #command({ parsed }: ScenarioCommand, path: Path): void {
    const { verb, args, flags } = parsed;
    if (verb.subject === 'nodes') {
      const names = verb.words === 'taint' ? args.slice(1).filter((word) => !isTaintChange(word)) : args;
      for (const name of names) this.#node(name.replace(/^nodes?\//, ''), path);
    }
    if (verb.subject !== 'objects') return;
    // `set image` and `label` take their changes behind the objects.
    const subjects = args.filter((word) => !word.includes('=') && !(word.endsWith('-') && /^(label|annotate)$/.test(verb.words)));
    try {
      for (const { kind, name } of resourceArguments(subjects).targets) {
        const key = keyOf(KINDS[kind].namespaced ? (flags.text('namespace') ?? 'default') : undefined, name);
        if (kind === 'Node') this.#node(name, path);
        else this.#object(kind, key, path);
      }
    } catch (error) {
      if (!(error instanceof CommandLineError)) throw error;
      this.#wrong(path, error.wanted, error.found, error.suggestion);
    }
  }

  #object(kind: Kind, key: string, path: Path): void {
    if (!this.#known.has(kind, key))
      this.#wrong(path, `a ${kind} that a manifest or a command creates`, describe(key), this.#known.nearest(kind, key));
  }

  #traffic(): void {
    const { traffic, durationUs } = this.#scenario;
    this.#unique(['traffic'], traffic, 'a name that no other traffic has');
    traffic.forEach(({ to, calls, from, until }, at) => {
      const path = ['traffic', at];
      this.#object('Service', qualified(to), [...path, 'to']);
      calls.forEach((call, index) => {
        const callPath = [...path, 'calls', index];
        this.#object('Service', qualified(call), callPath);
        if (qualified(call) === qualified(to))
          this.#wrong(callPath, 'a Service that is not the one that calls: that would never end', describe(call));
      });
      if (from >= durationUs)
        this.#wrong([...path, 'from'], `a time before the end of the run at ${durationText(durationUs)}`, describe(durationText(from)));
      if (until !== undefined && until <= from)
        this.#wrong([...path, 'until'], `a time after the beginning at ${durationText(from)}`, describe(durationText(until)));
    });
  }

  #expectation({ family, subject, when }: Expectation, path: Path): void {
    const { traffic, durationUs } = this.#scenario;
    if (family === 'requests' && !traffic.some(({ name }) => name === subject)) {
      const names = traffic.map(({ name }) => name);
      this.#wrong(
        path,
        names.length === 0 ? 'a traffic; the scenario has none' : `a traffic of this scenario: ${names.join(', ')}`,
        describe(subject),
        nearestName(subject, names),
      );
    }
    const kind = OF_FAMILY[family];
    if (kind !== undefined) this.#object(kind, subject, path);
    const instants = when.kind === 'end' ? [] : when.kind === 'at' ? [when.atUs] : [when.fromUs, when.toUs];
    const late = instants.find((us) => Number.isFinite(us) && us > durationUs);
    if (late !== undefined)
      this.#wrong(path, `a time before the end of the run at ${durationText(durationUs)}`, describe(durationText(late)));
  }

  #unique(path: Path, items: readonly { readonly name: string }[], wanted: string): void {
    const seen = new Set<string>();
    items.forEach(({ name }, at) => {
      if (seen.has(name)) this.#wrong([...path, at, 'name'], wanted, `${describe(name)} again`);
      seen.add(name);
    });
  }

  #wrong(path: Path, wanted: string, found: string, suggestion?: string): void {
    this.#problems.push(this.#document.problem(path, wanted, found, suggestion));
  }
}
