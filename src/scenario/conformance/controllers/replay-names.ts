/**
 * The names of a replay as a recording writes them: what chance or the clock decided is replaced by what it stands for.
 *
 * `web-6dc4ff998b-x8k2p` becomes `web-6dc4ff998b-*`, a uid `<uid:Kind/name>`, an instant `<t>`; the hash of a template that holds an
 * instant or the namespace `<hash1>`, and the Job of a CronJob `<minute1>`, numbered as they appear.
 */
import { controllerOf, type KubeObject } from '../../../model/meta.ts';

export const NAMESPACE = 'ns';

const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(?:Z|[+-]\d\d:\d\d)/g;
const TOKEN = /[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?/g;
// A refused creation names a pod that never came to be.
const UNBORN = /\b(pods|Pod) "([^"]+-)[bcdfghjklmnpqrstvwxz2456789]{5}"/g;
const UNSTABLE = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d|"ns"/;

export class ReplayNames {
  readonly #known = new Map<string, string>();
  #hashes = 0;
  #minutes = 0;
  readonly #anyNode: boolean;

  /** With `anyNode` all nodes are called `n*`: they are equal, and which of them is updated first is chance. */
  constructor(anyNode = false) {
    this.#anyNode = anyNode;
  }

  /** Takes in an object the first time it is written. */
  learn(object: KubeObject): void {
    const { name, generateName, uid } = object.metadata;
    if (uid === undefined || this.#known.has(uid)) return;
    if (this.#anyNode && object.kind === 'Node') this.#known.set(name, 'n*');
    this.#learnHash(object);
    if (object.kind === 'Job' && controllerOf(object)?.kind === 'CronJob') {
      const prefix = name.replace(/\d+$/, '');
      this.#known.set(name, `${this.text(prefix)}<minute${++this.#minutes}>`);
    }
    if (generateName !== undefined && name.startsWith(generateName)) this.#known.set(name, `${this.#prefix(generateName)}*`);
    this.#known.set(uid, `<uid:${object.kind}/${this.text(name)}>`);
  }

  text(text: string): string {
    return text
      .replace(UNBORN, (_, what, prefix) => `${what} "${this.#prefix(prefix)}*"`)
      .replace(INSTANT, '<t>')
      .replace(TOKEN, (token) => this.#known.get(token) ?? token);
  }

  #prefix(generateName: string): string {
    return generateName.endsWith('-') ? `${this.text(generateName.slice(0, -1))}-` : this.text(generateName);
  }

  #learnHash(object: KubeObject): void {
    const hash =
      object.kind === 'ReplicaSet'
        ? object.metadata.labels?.['pod-template-hash']
        : object.kind === 'ControllerRevision'
          ? (object.metadata.labels?.['controller-revision-hash'] ?? object.metadata.labels?.['controller.kubernetes.io/hash'])
          : undefined;
    if (hash === undefined) return;
    const { spec, data } = object as unknown as { readonly spec?: { readonly template?: unknown }; readonly data?: unknown };
    if (!UNSTABLE.test(JSON.stringify(spec?.template ?? data ?? null))) return;
    if (!this.#known.has(hash)) this.#known.set(hash, `<hash${++this.#hashes}>`);
    const { name } = object.metadata;
    if (name.endsWith(hash)) this.#known.set(name, `${this.#prefix(name.slice(0, -hash.length))}${this.#known.get(hash)}`);
  }
}
