/**
 * The images and layers on one node's disk.
 *
 * Nodes of one pool begin with the same images and share one table; a node gets its own at its first pull.
 */
import type { ContainerImage } from '../model/node.ts';
import type { Image } from './runtime/image-registry.ts';

interface StoredImage {
  readonly image: Image;
  /** Last seen in use by a container, or pulled: garbage collection takes the oldest first. */
  lastUsedUs: number;
  readonly firstSeenUs: number;
}

export class ImageStore {
  #images: Map<string, StoredImage>;
  #isShared: boolean;
  #listed: readonly ContainerImage[] | undefined;

  private constructor(images: Map<string, StoredImage>, isShared: boolean) {
    this.#images = images;
    this.#isShared = isShared;
  }

  static of(images: readonly Image[]): ImageStore {
    return new ImageStore(
      new Map(images.map((image) => [image.reference, { image, lastUsedUs: 0, firstSeenUs: Number.NEGATIVE_INFINITY }])),
      false,
    );
  }

  /** A store with the same images that copies them only when it changes. */
  fork(): ImageStore {
    const fork = new ImageStore(this.#images, true);
    fork.#listed = this.list();
    return fork;
  }

  get(reference: string): Image | undefined {
    return this.#images.get(reference)?.image;
  }

  get usedBytes(): number {
    let bytes = 0;
    for (const digestBytes of this.#layers().values()) bytes += digestBytes;
    return bytes;
  }

  /** Bytes of the image that are not here yet. */
  missingBytes(image: Image): number {
    if (this.#images.has(image.reference)) return 0;
    const layers = image.layers.length > 1 ? this.#layers() : undefined;
    let bytes = 0;
    for (const layer of image.layers) if (layers?.has(layer.digest) !== true) bytes += layer.sizeBytes;
    return bytes;
  }

  add(image: Image, nowUs: number): void {
    this.#own();
    this.#images.set(image.reference, { image, lastUsedUs: nowUs, firstSeenUs: nowUs });
    this.#listed = undefined;
  }

  touch(reference: string, nowUs: number): void {
    const stored = this.#images.get(reference);
    if (stored === undefined) return;
    if (this.#isShared) {
      // A shared table says nothing of one node's use; only a node that has its own collects garbage.
      return;
    }
    stored.lastUsedUs = nowUs;
  }

  /** Images not in use, the least recently used first; of equal use the one seen first. */
  unused(isInUse: (image: Image) => boolean): { readonly image: Image; readonly lastUsedUs: number; readonly firstSeenUs: number }[] {
    return [...this.#images.values()]
      .filter((stored) => !isInUse(stored.image))
      .sort((a, b) => a.lastUsedUs - b.lastUsedUs || a.firstSeenUs - b.firstSeenUs || (a.image.reference < b.image.reference ? -1 : 1));
  }

  remove(reference: string): void {
    this.#own();
    this.#images.delete(reference);
    this.#listed = undefined;
  }

  /** As the Node's status lists them: the fifty largest, the largest first (nodeStatusMaxImages). */
  list(): readonly ContainerImage[] {
    this.#listed ??= [...this.#images.values()]
      .map(({ image }) => ({ names: [image.id, image.name], sizeBytes: image.sizeBytes }))
      .sort((a, b) => b.sizeBytes - a.sizeBytes || (a.names[1]! < b.names[1]! ? -1 : 1))
      .slice(0, 50);
    return this.#listed;
  }

  #layers(): Map<string, number> {
    const layers = new Map<string, number>();
    for (const { image } of this.#images.values()) for (const layer of image.layers) layers.set(layer.digest, layer.sizeBytes);
    return layers;
  }

  #own(): void {
    if (!this.#isShared) return;
    this.#images = new Map([...this.#images].map(([reference, stored]) => [reference, { ...stored }]));
    this.#isShared = false;
  }
}
