/**
 * Names and uids the server makes up. Models apiserver/pkg/storage/names/generate.go and apimachinery/pkg/util/rand.
 */
import type { RandomStream } from '../sim/random.ts';

// No vowels and no digits that look like them, so that no word is spelt by accident.
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;
const BASE_LENGTH_MAX = 63 - SUFFIX_LENGTH;

export function generatedName(base: string, random: RandomStream): string {
  let name = base.slice(0, BASE_LENGTH_MAX);
  for (let i = 0; i < SUFFIX_LENGTH; i++) name += ALPHABET[random.below(ALPHABET.length)]!;
  return name;
}

/** A version 4 UUID. */
export function newUid(random: RandomStream): string {
  const a = hex8(random.below(0x1_0000_0000));
  const b = hex8(random.below(0x1_0000_0000));
  const c = hex8(random.below(0x1_0000_0000));
  const d = hex8(random.below(0x1_0000_0000));
  const variant = '89ab'[Number.parseInt(c[0]!, 16) & 3]!;
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-${variant}${c.slice(1, 4)}-${c.slice(4)}${d}`;
}

function hex8(value: number): string {
  return value.toString(16).padStart(8, '0');
}
