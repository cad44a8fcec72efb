/**
 * Names and uids the server makes up. Models apiserver/pkg/storage/names/generate.go and apimachinery/pkg/util/rand.
 */
import { flatText } from '../base/flat-text.ts';
import type { RandomStream } from '../sim/random.ts';

// No vowels and no digits that look like them, so that no word is spelt by accident.
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;
const BASE_LENGTH_MAX = 63 - SUFFIX_LENGTH;

export function generatedName(base: string, random: RandomStream): string {
  let suffix = '';
  // Short texts are put together at once; only longer ones become trees of their parts.
  for (let i = 0; i < SUFFIX_LENGTH; i++) suffix += ALPHABET[random.below(ALPHABET.length)]!;
  return flatText(base.slice(0, BASE_LENGTH_MAX) + suffix);
}

/** A version 4 UUID. */
export function newUid(random: RandomStream): string {
  const a = random.below(0x1_0000_0000);
  const b = random.below(0x1_0000_0000);
  const c = random.below(0x1_0000_0000);
  const d = random.below(0x1_0000_0000);
  putHex(a, 28, 0, 8);
  putHex(b, 28, 9, 4);
  putHex(b, 8, 15, 3);
  // The variant takes the place of the first digit's upper half: 10xx.
  UUID[19] = HEX[8 | ((c >>> 28) & 3)]!;
  putHex(c, 24, 20, 3);
  putHex(c, 12, 24, 4);
  putHex(d, 28, 28, 8);
  return String.fromCharCode.apply(undefined, UUID);
}

/** Character codes of the sixteen digits, and of a UUID whose dashes and version stand already: one text, made in one piece. */
const HEX = Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
const UUID = Array.from('........-....-4...-....-............', (one) => one.charCodeAt(0));

/** Writes `count` digits of a 32-bit value, the first of them `shift` bits up. */
function putHex(value: number, shift: number, at: number, count: number): void {
  for (let i = 0; i < count; i++) UUID[at + i] = HEX[(value >>> (shift - 4 * i)) & 15]!;
}
