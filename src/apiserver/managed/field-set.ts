/**
 * Sets of fields, as managedFields writes them down: a tree of path elements, each a member of the set, a way to members, or both.
 *
 * Models sigs.k8s.io/structured-merge-diff/fieldpath: `f:name` is a field, `k:{…}` an item of a list by its keys, `v:…` a value of a set.
 */
export type FieldPath = readonly string[];
export type FieldsV1 = { readonly [element: string]: FieldsV1 };

export class FieldSet {
  isMember = false;
  readonly children = new Map<string, FieldSet>();

  static of(fields: FieldsV1): FieldSet {
    const set = new FieldSet();
    for (const [element, below] of Object.entries(fields)) {
      if (element === '.') set.isMember = true;
      else {
        const child = FieldSet.of(below);
        // An element with nothing below it is a member; one with something only says so with a dot.
        if (Object.keys(below).length === 0) child.isMember = true;
        set.children.set(element, child);
      }
    }
    return set;
  }

  get isEmpty(): boolean {
    return !this.isMember && [...this.children.values()].every((child) => child.isEmpty);
  }

  insert(path: FieldPath): void {
    let node: FieldSet = this;
    for (const element of path) {
      let child = node.children.get(element);
      if (child === undefined) {
        child = new FieldSet();
        node.children.set(element, child);
      }
      node = child;
    }
    node.isMember = true;
  }

  /** What stands below an element; an empty set when nothing does. */
  below(element: string): FieldSet {
    return this.children.get(element) ?? new FieldSet();
  }

  union(other: FieldSet): FieldSet {
    return this.#combined(other, (mine, theirs) => mine || theirs);
  }

  intersection(other: FieldSet): FieldSet {
    return this.#combined(other, (mine, theirs) => mine && theirs);
  }

  difference(other: FieldSet): FieldSet {
    return this.#combined(other, (mine, theirs) => mine && !theirs);
  }

  /** Every member: those of a level in their order, then what is below them. */
  paths(prefix: FieldPath = []): FieldPath[] {
    const sorted = this.#sorted();
    return [
      ...sorted.filter(([, child]) => child.isMember).map(([element]) => [...prefix, element]),
      ...sorted.flatMap(([element, child]) => child.paths([...prefix, element])),
    ];
  }

  toFields(): FieldsV1 {
    const fields: { [element: string]: FieldsV1 } = {};
    for (const [element, child] of this.#sorted()) {
      if (child.isEmpty) continue;
      const below = child.toFields();
      fields[element] = child.isMember && Object.keys(below).length > 0 ? { '.': {}, ...below } : below;
    }
    return fields;
  }

  #combined(other: FieldSet, isIn: (mine: boolean, theirs: boolean) => boolean): FieldSet {
    const set = new FieldSet();
    set.isMember = isIn(this.isMember, other.isMember);
    for (const element of new Set([...this.children.keys(), ...other.children.keys()])) {
      const child = this.below(element).#combined(other.below(element), isIn);
      if (!child.isEmpty) set.children.set(element, child);
    }
    return set;
  }

  #sorted(): [string, FieldSet][] {
    return [...this.children].sort(([a], [b]) => compareElements(a, b));
  }
}

const SORTS = ['f:', 'k:', 'v:', 'i:'];

/** Fields first, then items by their keys, then values; keys and values are compared as what they are, not as they are written. */
function compareElements(a: string, b: string): number {
  const sort = SORTS.indexOf(a.slice(0, 2)) - SORTS.indexOf(b.slice(0, 2));
  if (sort !== 0) return sort;
  if (a.startsWith('f:')) return a < b ? -1 : a > b ? 1 : 0;
  const [left, right] = [JSON.parse(a.slice(2)), JSON.parse(b.slice(2))] as [unknown, unknown];
  if (a.startsWith('v:')) return compareScalars(left, right);
  const keys = [Object.entries(left as object), Object.entries(right as object)] as const;
  for (const [at, [name, value]] of keys[0].entries()) {
    const other = keys[1][at];
    if (other === undefined) return 1;
    const order = compareScalars(name, other[0]) || compareScalars(value, other[1]);
    if (order !== 0) return order;
  }
  return keys[0].length - keys[1].length;
}

function compareScalars(a: unknown, b: unknown): number {
  if (typeof a !== typeof b) return typeof a < typeof b ? -1 : 1;
  const [left, right] = [a, b] as [string, string];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** `.spec.containers[name="app"].image`, as conflicts name it. */
export function pathText(path: FieldPath): string {
  return path
    .map((element) => {
      const value = element.slice(2);
      if (element.startsWith('f:')) return `.${value}`;
      if (element.startsWith('v:')) return `[=${value}]`;
      if (element.startsWith('i:')) return `[${value}]`;
      const keys = JSON.parse(value) as { readonly [key: string]: unknown };
      return `[${Object.entries(keys)
        .map(([key, item]) => `${key}=${JSON.stringify(item)}`)
        .join(',')}]`;
    })
    .join('');
}
