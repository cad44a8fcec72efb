/**
 * The registry nodes pull from: which images it has, how large they are, and how fast a node gets them.
 *
 * A pull takes the registry's answer, the bytes that are missing over the node's bandwidth, and their unpacking. The
 * messages of failures are containerd's. Left out: registries that limit the rate of all nodes together.
 */
import { fail } from '../../base/fail.ts';
import { SECOND_US } from '../../base/units.ts';
import { type Distribution, drawUs } from '../../sim/distribution.ts';
import type { RandomStream } from '../../sim/random.ts';

export interface ImageLayer {
  readonly digest: string;
  readonly sizeBytes: number;
}

export interface RegistryImage {
  readonly name: string;
  readonly sizeBytes: number;
  /** Layers several images share are pulled once a node; without layers the image is one layer of its own. */
  readonly layers?: readonly ImageLayer[];
}

export interface ImageRegistryOptions {
  readonly images?: readonly RegistryImage[];
  /** What happens to an image nobody has described: it exists with the default size, or the registry has never heard of it. */
  readonly unknownImages?: 'present' | 'missing';
  readonly defaultSizeBytes?: number;
  /** Names the registry must refuse although unknown images exist: a tag with a typing error. */
  readonly missingImages?: readonly string[];
  readonly bandwidthBytesPerSecond?: number;
  readonly unpackBytesPerSecond?: number;
  /** To resolve a name: what even an image that is there already costs under the policy Always. */
  readonly resolve?: Distribution;
}

/** What is known of an image, shared by all nodes that have it. */
export interface Image {
  readonly name: string;
  /** With registry and tag, as the runtime files it. */
  readonly reference: string;
  readonly id: string;
  readonly sizeBytes: number;
  readonly layers: readonly ImageLayer[];
}

// cluster.md 9, "Suggested model": 0.3 s, 20-100 MB/s from the registry, 150 MB/s of unpacking.
const DEFAULT_RESOLVE: Distribution = { kind: 'lognormal', medianUs: 300_000, sigma: 0.4 };
const DEFAULT_BANDWIDTH = 60_000_000;
const DEFAULT_UNPACK = 150_000_000;
const DEFAULT_SIZE_BYTES = 50_000_000;

export class ImageRegistry {
  readonly #images = new Map<string, Image>();
  readonly #missing: Set<string>;
  readonly #knowsAll: boolean;
  readonly #defaultSizeBytes: number;
  readonly #bandwidth: number;
  readonly #unpack: number;
  readonly #resolve: Distribution;
  /** False while it answers nobody: every pull fails. */
  isUp = true;
  /** How many times longer everything takes than it does when all is well. */
  slowdown = 1;

  constructor(options: ImageRegistryOptions = {}) {
    this.#knowsAll = options.unknownImages !== 'missing';
    this.#missing = new Set((options.missingImages ?? []).map(imageReference));
    this.#defaultSizeBytes = options.defaultSizeBytes ?? DEFAULT_SIZE_BYTES;
    this.#bandwidth = options.bandwidthBytesPerSecond ?? DEFAULT_BANDWIDTH;
    this.#unpack = options.unpackBytesPerSecond ?? DEFAULT_UNPACK;
    this.#resolve = options.resolve ?? DEFAULT_RESOLVE;
    for (const image of options.images ?? []) this.add(image);
  }

  add(image: RegistryImage): void {
    const reference = imageReference(image.name);
    this.#missing.delete(reference);
    this.#images.set(reference, describe(image.name, reference, image.sizeBytes, image.layers));
  }

  /** The image is gone from the registry; nodes that have it keep it. */
  remove(name: string): void {
    const reference = imageReference(name);
    this.#images.delete(reference);
    this.#missing.add(reference);
  }

  find(name: string): Image | undefined {
    const reference = imageReference(name);
    const image = this.#images.get(reference);
    if (image !== undefined || !this.#knowsAll || this.#missing.has(reference)) return image;
    const unknown = describe(name, reference, this.#defaultSizeBytes, undefined);
    this.#images.set(reference, unknown);
    return unknown;
  }

  /** The image of that name, which a scenario says is on a node's disk. */
  preloaded(name: string): Image {
    return this.find(name) ?? fail(`Cannot put ${name} on a node: the registry has no such image`);
  }

  resolveUs(random: RandomStream): number {
    return Math.round(drawUs(this.#resolve, random) * this.slowdown);
  }

  /** To fetch and unpack so many bytes when `sharing` pulls share the node's link. */
  transferUs(bytes: number, sharing: number): number {
    return Math.round(((bytes * sharing * this.slowdown) / this.#bandwidth + bytes / this.#unpack) * SECOND_US);
  }

  /** Why a pull of that name fails, or undefined when it does not. */
  failure(name: string): string | undefined {
    const reference = imageReference(name);
    if (!this.isUp) {
      const host = reference.slice(0, reference.indexOf('/'));
      return `failed to pull and unpack image "${reference}": failed to resolve reference "${reference}": failed to do request: Head "https://${host}/v2/": dial tcp: connect: connection refused`;
    }
    if (this.find(name) !== undefined) return undefined;
    return `rpc error: code = NotFound desc = failed to pull and unpack image "${reference}": failed to resolve reference "${reference}": ${reference}: not found`;
  }
}

function describe(name: string, reference: string, sizeBytes: number, layers: readonly ImageLayer[] | undefined): Image {
  const digest = pseudoDigest(reference);
  const at = reference.indexOf('@');
  const repository = at >= 0 ? reference.slice(0, at) : reference.slice(0, reference.lastIndexOf(':'));
  return {
    name,
    reference,
    id: `${repository}@sha256:${digest}`,
    sizeBytes,
    layers: layers ?? [{ digest, sizeBytes }],
  };
}

/** With host, path and tag, as `github.com/distribution/reference` normalises names. */
export function imageReference(name: string): string {
  const slash = name.indexOf('/');
  const host = slash < 0 ? '' : name.slice(0, slash);
  const hasHost = host.includes('.') || host.includes(':') || host === 'localhost';
  const full = hasHost ? name : slash < 0 ? `docker.io/library/${name}` : `docker.io/${name}`;
  const last = full.slice(full.lastIndexOf('/') + 1);
  return last.includes(':') || last.includes('@') ? full : `${full}:latest`;
}

const NAME =
  /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(:\d+)?(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*(:[\w][\w.-]{0,127})?(@[a-z0-9]+:[0-9a-f]{32,})?$/;

/** Would the runtime be able to read this name at all? */
export function isImageName(name: string): boolean {
  return NAME.test(name);
}

/** Sixty-four hexadecimal digits that depend on the name alone: the registry's digests carry no meaning here. */
function pseudoDigest(text: string): string {
  let digest = '';
  for (let word = 0; word < 8; word++) {
    let hash = 0x811c9dc5 ^ word;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    digest += (hash >>> 0).toString(16).padStart(8, '0');
  }
  return digest;
}
