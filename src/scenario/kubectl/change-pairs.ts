/**
 * `KEY=value` and `KEY-` behind the objects of a command.
 *
 * Models GetResourcesAndPairs and ParsePairs of k8s.io/kubectl/pkg/cmd/util/helpers.go.
 */
import { KubectlError } from './errors.ts';

export interface Pairs {
  readonly set: ReadonlyMap<string, string>;
  readonly removed: readonly string[];
}

/** What names the objects, and what changes them. */
export function resourcesAndPairs(args: readonly string[], pairType: string): { readonly resources: string[]; readonly pairs: string[] } {
  const first = args.findIndex(isPair);
  if (first < 0) return { resources: [...args], pairs: [] };
  const pairs = args.slice(first);
  const stray = pairs.find((arg) => !isPair(arg));
  if (stray !== undefined) throw new KubectlError(`all resources must be specified before ${pairType} changes: ${stray}`);
  return { resources: args.slice(0, first), pairs };
}

export function parsePairs(pairs: readonly string[], pairType: string, supportsRemove: boolean): Pairs {
  const set = new Map<string, string>();
  const removed: string[] = [];
  const invalid: string[] = [];
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals > 0) set.set(pair.slice(0, equals), pair.slice(equals + 1));
    else if (supportsRemove && pair.endsWith('-') && pair !== '-') removed.push(pair.slice(0, -1));
    else invalid.push(pair);
  }
  if (invalid.length > 0) throw new KubectlError(`invalid ${pairType} format: ${invalid.join(', ')}`);
  return { set, removed };
}

export function isPair(arg: string): boolean {
  return arg.indexOf('=') > 0 || (arg.endsWith('-') && arg !== '-');
}
