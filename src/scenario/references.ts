/**
 * What cannot be seen field by field: names that refer to something, instants that lie outside the run, two things of one name.
 */
import { nearestName, type Problem } from '../base/errors.ts';
import { CONTROLLERS } from '../controllers/registry.ts';
import type { Fault, NodeTarget } from '../faults/fault.ts';
import { ZONE_LABEL } from '../faults/node-choice.ts';
import type { NodeSpec } from '../kubelet/node-spec.ts';
import type { Kind } from '../model/kinds.ts';
import { KINDS } from '../model/kinds.ts';
import { keyOf, type StringMap } from '../model/meta.ts';
import { mapMatches } from '../model/selector.ts';
import { addOnObjects } from './add-ons.ts';
import { faultOf, qualified } from './cluster-of.ts';
import { durationText } from './duration.ts';
import { EVENT_REASONS } from './event-reasons.ts';
import type { Expectation } from './expectation-syntax.ts';
import { KnownObjects } from './known-objects.ts';
import { CommandLineError } from './kubectl/command-line-error.ts';
import { resourceArguments } from './kubectl/resource-arguments.ts';
import { isTaintChange } from './kubectl/taint.ts';
import { addOnsOf, nodeNames, nodesOf } from './node-groups.ts';
import type { Scenario, ScenarioCommand } from './scenario.ts';
import type { CallInput } from './schema-traffic.ts';
import { describe, type Path, type SourceDocument } from './source-document.ts';

const OF_FAMILY: { readonly [family: string]: Kind } = {
  rollout: 'Deployment',
  statefulset: 'StatefulSet',
  daemonset: 'DaemonSet',
  job: 'Job',
  hpa: 'HorizontalPodAutoscaler',
  pdb: 'PodDisruptionBudget',
  service: 'Service',
};

export function checkReferences(scenario: Scenario, document: SourceDocument, problems: Problem[]): void {
  const known = new KnownObjects();
  const addOns = addOnsOf(scenario.cluster);
  for (const object of addOnObjects(addOns.addOns, addOns)) known.addObject(object);
  for (const { commands } of scenario.events) {
    for (const { parsed } of commands) {
      if (parsed === undefined) continue;
      for (const file of parsed.flags.all('filename'))
        for (const object of scenario.manifests.get(file) ?? []) known.addObject(object, parsed.flags.text('namespace'));
      known.addCreated(parsed);
    }
  }
  new ReferenceChecker(scenario, document, known, problems).check();
}

/** As the node will carry them; its kubelet adds the name. */
function labelsOf({ name, labels }: NodeSpec): StringMap {
  return { 'kubernetes.io/hostname': name, ...labels };
}

const RELABELLING = /^(label|patch|edit)\b/;

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
    // Those that could not be read are missing among the expectations, so that their places are not the places in the file.
    const texts = (this.#document.value as { readonly expect?: readonly unknown[] }).expect ?? [];
    let at = -1;
    for (const expectation of this.#scenario.expectations) {
      at = texts.indexOf(expectation.text, at + 1);
      this.#expectation(expectation, ['expect', at]);
    }
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
      if (fault !== undefined) this.#fault(faultOf(fault), [...path, 'fault']);
    });
  }

  #fault({ kind, nodes, zone, component, forUs }: Fault, path: Path): void {
    const place = [...path, kind];
    if (nodes !== undefined) this.#target(nodes, place);
    if (zone !== undefined) this.#zone(zone, place);
    if (kind === 'crashController' && component !== undefined) {
      const known = ['kube-controller-manager', 'kube-scheduler', ...CONTROLLERS.keys()];
      const wanted = 'kube-controller-manager, kube-scheduler or the name of a controller such as "deployment-controller"';
      if (!known.includes(component)) this.#wrong(place, wanted, describe(component), nearestName(component, known));
    }
    if (forUs !== undefined && (kind === 'restartKubelets' || kind === 'removeNodes'))
      this.#wrong([...path, 'for'], `no \`for\`: what ${kind} does is not taken back`, describe(durationText(forUs)));
  }

  #target({ names, zone, labels, count }: NodeTarget, path: Path): void {
    names?.forEach((name, at) => {
      this.#node(name, [...path, 'names', at]);
    });
    if (zone !== undefined) this.#zone(zone, [...path, 'zone']);
    const all = nodesOf(this.#scenario.cluster);
    const ofZone = zone === undefined ? all : all.filter((node) => node.labels?.[ZONE_LABEL] === zone);
    const fitting = labels === undefined ? ofZone : ofZone.filter((node) => mapMatches(labels, labelsOf(node)));
    if (labels !== undefined && fitting.length === 0 && ofZone.length > 0)
      this.#wrong([...path, 'labels'], 'labels that some node carries', JSON.stringify(labels));
    if (count !== undefined && fitting.length > 0 && count > fitting.length)
      this.#wrong([...path, 'count'], `at most ${fitting.length}, the nodes there are`, String(count));
  }

  #zone(zone: string, path: Path): void {
    const zones = new Set((this.#scenario.cluster.nodes ?? []).flatMap((group) => group.zones ?? []));
    if (zones.has(zone)) return;
    const wanted = zones.size === 0 ? 'a zone; no node has one' : `one of ${[...zones].join(', ')}`;
    this.#wrong(path, wanted, describe(zone), nearestName(zone, zones));
  }

  #node(name: string, path: Path): void {
    if (!this.#nodes.has(name)) this.#wrong(path, 'the name of a node', describe(name), nearestName(name, this.#nodes));
  }

  /** Do the objects the command names come from anywhere? */
  #command({ parsed, expectExit }: ScenarioCommand, path: Path): void {
    // A step that has to fail may well name what is not there.
    if (parsed === undefined || (expectExit ?? 0) !== 0) return;
    const { verb, args, flags } = parsed;
    if (verb.subject === 'nodes') {
      const names = verb.words === 'taint' ? args.slice(1).filter((word) => !isTaintChange(word)) : args;
      for (const name of names) this.#node(name.replace(/^nodes?\//, ''), path);
    }
    if (verb.subject !== 'objects') return;
    // `set image` and `label` take their changes behind the objects.
    const subjects = args.filter((word) => !word.includes('=') && !(word.endsWith('-') && /^(label|annotate|set env)$/.test(verb.words)));
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
    traffic.forEach(({ to, calls, arrivals, from, until }, at) => {
      const path = ['traffic', at];
      this.#service(to, [...path, 'to']);
      this.#calls(calls, [...path, 'calls'], [qualified(to)]);
      arrivals.steps?.forEach((step, index, all) => {
        if (index > 0 && step.at <= all[index - 1]!.at)
          this.#wrong(
            [...path, 'arrivals', 'steps', index, 'at'],
            `a time after the step before, at ${durationText(all[index - 1]!.at)}`,
            describe(durationText(step.at)),
          );
      });
      if (from >= durationUs)
        this.#wrong([...path, 'from'], `a time before the end of the run at ${durationText(durationUs)}`, describe(durationText(from)));
      if (until !== undefined && until <= from)
        this.#wrong([...path, 'until'], `a time after the beginning at ${durationText(from)}`, describe(durationText(until)));
    });
  }

  /** `onTheWay` are the Services that wait for this one: a call back to one of them would never end. */
  #calls(calls: readonly CallInput[], path: Path, onTheWay: readonly string[]): void {
    calls.forEach(({ to, calls: further = [] }, at) => {
      const name = qualified(to);
      const isShort = typeof this.#document.valueAt([...path, at]) === 'string';
      const place = [...path, at, ...(isShort ? [] : ['to'])];
      this.#service(to, place);
      if (onTheWay.includes(name))
        this.#wrong(place, 'a Service that does not wait for this call: that would never end', describe([...onTheWay, name].join(' -> ')));
      else this.#calls(further, [...path, at, 'calls'], [...onTheWay, name]);
    });
  }

  #service(to: string, path: Path): void {
    const name = qualified(to);
    this.#object('Service', name, path);
    if (this.#known.isExternalName(name))
      this.#wrong(path, 'a Service with pods behind it', `${describe(to)} of type ExternalName, a name for something outside the cluster`);
  }

  #expectation(expectation: Expectation, path: Path): void {
    const { family, subject, when } = expectation;
    const { traffic, durationUs } = this.#scenario;
    if (family === 'pods') this.#expectedPods(expectation, path);
    // Components that are not modelled have reasons of their own; one that nearly is a known one is a slip.
    const reason = family === 'events' && !EVENT_REASONS.includes(subject) ? nearestName(subject, EVENT_REASONS) : undefined;
    if (reason !== undefined) this.#wrong(path, 'the reason of an Event', describe(subject), reason);
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

  /** Labels may change on the way where somebody types commands for it. */
  #expectedPods({ selector, namespace, subject }: Expectation, path: Path): void {
    const { events } = this.#scenario;
    const isRelabelled = events.some(({ commands }) => commands.some(({ parsed }) => RELABELLING.test(parsed?.verb.words ?? '')));
    if (selector === undefined || isRelabelled || this.#known.mayHavePods(selector, namespace)) return;
    const where = namespace === undefined ? '' : ` of namespace ${namespace}`;
    this.#wrong(path, `a selector that takes some pod${where} of the manifests`, describe(subject));
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
