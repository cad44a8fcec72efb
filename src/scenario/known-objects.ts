/**
 * Which objects a scenario will have had at some time: those of its manifests, and those its commands create.
 *
 * Only of kinds that people name. Pods and ReplicaSets get their names in the run.
 */
import { nearestName } from '../base/errors.ts';
import type { Kind } from '../model/kinds.ts';
import { KINDS } from '../model/kinds.ts';
import { type KubeObject, keyOf, type LabelSelector, type StringMap } from '../model/meta.ts';
import type { PodTemplate } from '../model/pod.ts';
import { selectorMatches } from '../model/selector.ts';
import type { Service } from '../model/service.ts';
import type { ParsedCommand } from './kubectl/command-line.ts';
import { kindNamed } from './kubectl/resource-arguments.ts';
import type { Verb } from './kubectl/verbs.ts';

const GENERATED: ReadonlySet<Kind> = new Set<Kind>([
  'Pod',
  'ReplicaSet',
  'ControllerRevision',
  'EndpointSlice',
  'Endpoints',
  'Event',
  'Lease',
  'Node',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'ConfigMap',
  'Secret',
  'ServiceAccount',
]);

/** Labels that no manifest gives: of Jobs, StatefulSets, DaemonSets, Deployments. */
const WRITTEN_BY_CONTROLLERS =
  /^(job-name|controller-uid|pod-template-hash|controller-revision-hash|pod-template-generation|.*kubernetes\.io\/.*)$/;

export class KnownObjects {
  readonly #keys = new Map<string, Set<string>>();
  readonly #externalNames = new Set<string>();
  readonly #podLabels: { readonly namespace: string; readonly labels: StringMap }[] = [];

  constructor() {
    this.#add('Service', 'default/kubernetes');
    for (const namespace of ['default', 'kube-system', 'kube-public', 'kube-node-lease']) this.#add('Namespace', namespace);
    for (const name of ['system-cluster-critical', 'system-node-critical']) this.#add('PriorityClass', name);
  }

  /** Only a name for something outside of the cluster? */
  isExternalName(service: string): boolean {
    return this.#externalNames.has(service);
  }

  addObject(object: KubeObject, defaultNamespace = 'default'): void {
    const kind = object.kind as Kind;
    const namespace = object.metadata.namespace ?? defaultNamespace;
    this.#add(kind, keyOf(KINDS[kind].namespaced ? namespace : undefined, object.metadata.name));
    if (kind === 'Service' && (object as Service).spec?.type === 'ExternalName')
      this.#externalNames.add(keyOf(namespace, object.metadata.name));
    const { spec } = object as KubeObject & {
      readonly spec?: { readonly template?: PodTemplate; readonly jobTemplate?: { readonly spec: { readonly template: PodTemplate } } };
    };
    const labels = kind === 'Pod' ? object.metadata.labels : (spec?.template ?? spec?.jobTemplate?.spec.template)?.metadata?.labels;
    if (kind === 'Pod' || spec?.template !== undefined || spec?.jobTemplate !== undefined)
      this.#podLabels.push({ namespace, labels: labels ?? {} });
  }

  /** What a command such as `create deployment` or `expose` leaves behind. */
  addCreated({ verb, args, flags }: ParsedCommand<Verb>): void {
    const namespace = flags.text('namespace') ?? 'default';
    const [first = '', second] = args;
    if (verb.words === 'expose') {
      const name = flags.text('name') ?? second ?? first.slice(first.indexOf('/') + 1);
      this.#add('Service', `${namespace}/${name}`);
    }
    if (verb.words === 'autoscale') {
      const name = flags.text('name') ?? second ?? first.slice(first.indexOf('/') + 1);
      this.#add('HorizontalPodAutoscaler', `${namespace}/${name}`);
    }
    if (verb.subject !== 'new object') return;
    const kind: Kind = verb.words === 'run' ? 'Pod' : kindNamed(verb.words.split(' ')[1]!);
    this.#add(kind, keyOf(KINDS[kind].namespaced ? namespace : undefined, first));
    if (kind === 'Deployment') this.#podLabels.push({ namespace, labels: { app: first } });
    if (kind === 'Pod') this.#podLabels.push({ namespace, labels: { run: first } });
    if (kind === 'Job') this.#podLabels.push({ namespace, labels: { 'job-name': first } });
  }

  has(kind: Kind, key: string): boolean {
    if (kind === 'Job') return this.#hasJob(key);
    return GENERATED.has(kind) || this.#keys.get(kind)?.has(key) === true;
  }

  /** A CronJob names its Jobs after itself and the minute. */
  #hasJob(key: string): boolean {
    if (this.#keys.get('Job')?.has(key) === true) return true;
    return [...(this.#keys.get('CronJob') ?? [])].some((cronJob) => key.startsWith(`${cronJob}-`));
  }

  /** A name of that kind that was probably meant. */
  nearest(kind: Kind, key: string): string | undefined {
    return nearestName(key, this.#keys.get(kind) ?? []);
  }

  /** Is there a pod template whose pods carry all of these labels? */
  hasPods(wanted: StringMap, namespace: string | undefined): boolean {
    return this.#podLabels.some(
      (pods) =>
        (namespace === undefined || pods.namespace === namespace) &&
        Object.entries(wanted).every(([key, value]) => pods.labels[key] === value),
    );
  }

  /** Could there be a pod that the selector takes? What controllers and the kubelet write on pods is not looked at. */
  mayHavePods(selector: LabelSelector, namespace: string | undefined): boolean {
    const { matchLabels = {}, matchExpressions = [] } = selector;
    const known = new Set(this.#podLabels.flatMap(({ labels }) => Object.keys(labels)));
    const isOurs = (key: string) => known.has(key) || !WRITTEN_BY_CONTROLLERS.test(key);
    const seen: LabelSelector = {
      matchLabels: Object.fromEntries(Object.entries(matchLabels).filter(([key]) => isOurs(key))),
      matchExpressions: matchExpressions.filter(({ key }) => isOurs(key)),
    };
    return this.#podLabels.some((pods) => (namespace === undefined || pods.namespace === namespace) && selectorMatches(seen, pods.labels));
  }

  #add(kind: Kind, key: string): void {
    let keys = this.#keys.get(kind);
    if (keys === undefined) {
      keys = new Set();
      this.#keys.set(kind, keys);
    }
    keys.add(key);
  }
}
