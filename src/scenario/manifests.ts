/**
 * Manifest files: ordinary Kubernetes YAML or JSON, several documents to a file, Lists included. Reads them and finds what
 * would be refused later, or would silently mean something else, with its line and column.
 *
 * What depends on the other objects of the cluster is left to the API server, in the run.
 */
import { nearestName, type Problem } from '../base/errors.ts';
import { apiVersionOf, isKind, KIND_NAMES, type Kind } from '../model/kinds.ts';
import { type KubeObject, keyOf, type LabelSelector } from '../model/meta.ts';
import { isQuantity } from '../model/quantity.ts';
import { selectorMatches } from '../model/selector.ts';
import { checkSchema } from './manifest-schema.ts';
import { ManifestTrial } from './manifest-trial.ts';
import { describe, type Path, readDocuments, type SourceDocument } from './source-document.ts';

type Json = unknown;
type JsonMap = { readonly [field: string]: Json };

const NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
const COPY = '$(copy)';

/** The objects of one file, or of `copies` of it with `$(copy)` replaced by 1, 2, …. */
export function readManifest(file: string, text: string, copies: number | undefined, problems: Problem[]): KubeObject[] {
  if (copies === undefined) return objectsOf(file, text, problems);
  if (!text.includes(COPY)) {
    const wanted = `${COPY} in the names of what is applied several times`;
    problems.push({ file, line: 1, column: 1, path: '', found: 'no such text', wanted });
    return [];
  }
  const objects: KubeObject[] = [];
  for (let copy = 1; copy <= copies; copy++) {
    // All copies are alike but for the number: what is wrong in the first need not be said again.
    objects.push(...objectsOf(file, text.replaceAll(COPY, String(copy)), copy === 1 ? problems : []));
  }
  return objects;
}

function objectsOf(file: string, text: string, problems: Problem[]): KubeObject[] {
  const documents = readDocuments(file, text, problems);
  const objects: KubeObject[] = [];
  const trial = new ManifestTrial();
  const seen = new Map<string, number>();
  for (const document of documents) {
    for (const [path, value] of itemsOf(document)) {
      const before = problems.length;
      const found: Problem[] = [];
      const checker = new ObjectChecker(document, path, found);
      checker.check(value);
      const kind = isMap(value) && isKind(String(value.kind)) ? (value.kind as Kind) : undefined;
      // Of an older version only the reader of that version knows the fields.
      if (kind !== undefined && (value as JsonMap).apiVersion === apiVersionOf(kind)) {
        checkSchema(document, path, kind, value, problems);
        // What is misspelt or of another type is said once.
        const said = problems.slice(before).map((problem) => problem.path);
        problems.push(...found.filter((one) => !said.includes(one.path)));
        if (problems.length === before) trial.check(document, path, kind, value, problems);
      } else problems.push(...found);
      if (problems.length > before) continue;
      const object = value as KubeObject;
      const key = `${object.kind} ${keyOf(object.metadata.namespace, object.metadata.name)}`;
      const line = seen.get(key);
      if (line !== undefined) {
        const wanted = 'a name that no other object of its kind in this file has';
        problems.push(
          document.problem([...path, 'metadata', 'name'], wanted, `${describe(object.metadata.name)} again, first on line ${line}`),
        );
        continue;
      }
      seen.set(key, document.place([...path, 'metadata', 'name']).line);
      objects.push(object);
    }
  }
  if (documents.length === 0 && problems.every((problem) => problem.file !== file)) {
    problems.push({ file, line: 0, column: 0, path: '', found: 'none', wanted: 'at least one object' });
  }
  return objects;
}

/** Every object of a document, those of a List one by one. */
function itemsOf({ value }: SourceDocument): [Path, Json][] {
  if (isMap(value) && typeof value.kind === 'string' && /^\w*List$/.test(value.kind) && Array.isArray(value.items))
    return value.items.map((item, at): [Path, Json] => [['items', at], item]);
  return [[[], value]];
}

class ObjectChecker {
  readonly #document: SourceDocument;
  readonly #path: Path;
  readonly #problems: Problem[];

  constructor(document: SourceDocument, path: Path, problems: Problem[]) {
    this.#document = document;
    this.#path = path;
    this.#problems = problems;
  }

  check(value: Json): void {
    if (!isMap(value)) return this.#wrong([], 'a map with apiVersion, kind and metadata', describe(value));
    const { kind, apiVersion, metadata } = value;
    if (typeof kind !== 'string') return this.#wrong(['kind'], 'a kind such as "Deployment"', describe(kind));
    if (!isKind(kind)) return this.#wrong(['kind'], 'a kind that Orrery knows', describe(kind), nearestName(kind, KIND_NAMES));
    const version = apiVersionOf(kind);
    if (apiVersion !== version && !(kind === 'HorizontalPodAutoscaler' && apiVersion === 'autoscaling/v1'))
      this.#wrong(['apiVersion'], `"${version}" for a ${kind}`, describe(apiVersion));
    this.#metadata(metadata);
    const { spec } = value;
    this.#spec(kind, isMap(spec) ? spec : {});
  }

  #metadata(metadata: Json): void {
    if (!isMap(metadata)) return this.#wrong(['metadata'], 'a map with name', describe(metadata));
    const { name, namespace } = metadata;
    if (typeof name !== 'string' || !NAME.test(name))
      this.#wrong(['metadata', 'name'], 'a name of lower-case letters, digits, "-" and "."', describe(name));
    if (namespace !== undefined && (typeof namespace !== 'string' || !NAME.test(namespace)))
      this.#wrong(['metadata', 'namespace'], 'a name of lower-case letters, digits and "-"', describe(namespace));
    for (const field of ['labels', 'annotations']) this.#texts(['metadata', field], metadata[field]);
  }

  #texts(path: Path, value: Json): void {
    if (value === undefined || value === null) return;
    if (!isMap(value)) return this.#wrong(path, 'a map from names to texts', describe(value));
    for (const key of Object.keys(value)) {
      if (typeof value[key] !== 'string') this.#wrong([...path, key], 'a text; quote a number or true', describe(value[key]));
    }
  }

  #spec(kind: Kind, spec: JsonMap): void {
    switch (kind) {
      case 'Pod':
        return this.#podSpec(['spec'], spec);
      case 'Deployment':
      case 'ReplicaSet':
      case 'StatefulSet':
      case 'DaemonSet':
        this.#count(['spec', 'replicas'], spec.replicas);
        this.#selector(spec);
        return this.#template(['spec', 'template'], spec.template);
      case 'Job':
        return this.#template(['spec', 'template'], spec.template);
      case 'CronJob': {
        const jobSpec = isMap(spec.jobTemplate) && isMap(spec.jobTemplate.spec) ? spec.jobTemplate.spec : {};
        return this.#template(['spec', 'jobTemplate', 'spec', 'template'], jobSpec.template);
      }
      case 'Service':
        return this.#ports(spec);
      case 'ResourceQuota':
        return this.#quantities(['spec', 'hard'], spec.hard);
      case 'PersistentVolumeClaim':
        return this.#resources(['spec', 'resources'], spec.resources);
      default:
        return;
    }
  }

  #selector(spec: JsonMap): void {
    const { selector, template } = spec;
    if (!isMap(selector)) return this.#wrong(['spec', 'selector'], 'a label selector', describe(selector));
    const labels = isMap(template) && isMap(template.metadata) && isMap(template.metadata.labels) ? template.metadata.labels : {};
    if (!selectorMatches(selector as LabelSelector, labels as { readonly [key: string]: string }))
      this.#wrong(
        ['spec', 'selector'],
        "a selector that takes the template's own labels",
        `${JSON.stringify(selector)} beside ${JSON.stringify(labels)}`,
      );
  }

  #template(path: Path, template: Json): void {
    if (!isMap(template)) return this.#wrong(path, 'a pod template', describe(template));
    if (isMap(template.metadata)) this.#texts([...path, 'metadata', 'labels'], template.metadata.labels);
    this.#podSpec([...path, 'spec'], isMap(template.spec) ? template.spec : {});
  }

  #podSpec(path: Path, spec: JsonMap): void {
    const { containers } = spec;
    if (!Array.isArray(containers) || containers.length === 0)
      return this.#wrong([...path, 'containers'], 'a list of containers', describe(containers));
    for (const list of ['containers', 'initContainers'] as const) {
      const items: Json = spec[list];
      if (Array.isArray(items)) for (const [at, item] of items.entries()) this.#container([...path, list, at], item);
    }
  }

  #container(path: Path, container: Json): void {
    if (!isMap(container)) return this.#wrong(path, 'a container: a map with name and image', describe(container));
    if (typeof container.name !== 'string') this.#wrong([...path, 'name'], 'the name of the container', describe(container.name));
    if (typeof container.image !== 'string') this.#wrong([...path, 'image'], 'the name of an image', describe(container.image));
    this.#resources([...path, 'resources'], container.resources);
    for (const probe of ['readinessProbe', 'livenessProbe', 'startupProbe']) {
      const fields: Json = container[probe];
      if (!isMap(fields)) continue;
      for (const [field, low] of PROBE_COUNTS) this.#count([...path, probe, field], fields[field], low);
    }
  }

  #resources(path: Path, resources: Json): void {
    if (!isMap(resources)) return;
    for (const list of ['requests', 'limits']) this.#quantities([...path, list], resources[list]);
  }

  #quantities(path: Path, quantities: Json): void {
    if (quantities === undefined || quantities === null) return;
    if (!isMap(quantities)) return this.#wrong(path, 'a map from resource names to quantities', describe(quantities));
    for (const name of Object.keys(quantities)) {
      const quantity = quantities[name];
      if (!isQuantity(quantity) || String(quantity).startsWith('-'))
        this.#wrong([...path, name], 'a Kubernetes quantity such as "16Gi", "500m" or 8', describe(quantity));
    }
  }

  #ports(spec: JsonMap): void {
    const { ports } = spec;
    if (!Array.isArray(ports) || ports.length === 0) {
      if (spec.type !== 'ExternalName' && spec.clusterIP !== 'None') this.#wrong(['spec', 'ports'], 'a list of ports', describe(ports));
      return;
    }
    ports.forEach((port, at) => {
      const number: Json = isMap(port) ? port.port : undefined;
      if (!isWhole(number) || number < 1 || number > 65_535)
        this.#wrong(['spec', 'ports', at, 'port'], 'a whole number from 1 to 65535', describe(number));
    });
  }

  #count(path: Path, value: Json, low = 0): void {
    if (value !== undefined && value !== null && (!isWhole(value) || value < low))
      this.#wrong(path, `a whole number from ${low}`, describe(value));
  }

  #wrong(path: Path, wanted: string, found: string, suggestion?: string): void {
    this.#problems.push(this.#document.problem([...this.#path, ...path], wanted, found, suggestion));
  }
}

const PROBE_COUNTS = [
  ['initialDelaySeconds', 0],
  ['periodSeconds', 1],
  ['timeoutSeconds', 1],
  ['successThreshold', 1],
  ['failureThreshold', 1],
] as const;

function isMap(value: Json): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWhole(value: Json): value is number {
  return typeof value === 'number' && Number.isInteger(value);
}
