/**
 * IP addresses and ranges, read as the server reads them: strictly.
 *
 * Models staging/src/k8s.io/apimachinery/pkg/util/validation/ip.go (StrictIPCIDRValidation is on since 1.36).
 */
import type { FieldErrors } from './field-errors.ts';

const V4 = /^(\d{1,})\.(\d{1,})\.(\d{1,})\.(\d{1,})$/;

export type IpFamily = 'IPv4' | 'IPv6';

/** The family of an address, leading zeros allowed; undefined when it is none. */
export function familyOf(text: string): IpFamily | undefined {
  const v4 = V4.exec(text);
  if (v4 !== null) return v4.slice(1).every((part) => Number(part) <= 255 && part.length <= 3) ? 'IPv4' : undefined;
  return groupsOf(text) === undefined ? undefined : 'IPv6';
}

/** The eight groups of an IPv6 address. */
export function groupsOf(text: string): readonly number[] | undefined {
  if (!text.includes(':') || /[^0-9a-fA-F:.]/.test(text)) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map(partsOf) as [number[] | undefined, number[] | undefined];
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  if (halves.length === 1) return head.length === 8 ? head : undefined;
  const missing = 8 - head.length - tail!.length;
  return missing < 1 ? undefined : [...head, ...new Array<number>(missing).fill(0), ...tail!];
}

function partsOf(half: string): number[] | undefined {
  if (half === '') return [];
  const parts: number[] = [];
  const texts = half.split(':');
  for (const [at, part] of texts.entries()) {
    const v4 = at === texts.length - 1 ? V4.exec(part) : null;
    if (v4 !== null) {
      const bytes = v4.slice(1).map(Number);
      if (bytes.some((byte) => byte > 255)) return undefined;
      parts.push(bytes[0]! * 256 + bytes[1]!, bytes[2]! * 256 + bytes[3]!);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) parts.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return parts;
}

function hasLeadingZeros(text: string): boolean {
  const v4 = V4.exec(text);
  return v4?.slice(1).some((part) => part.length > 1 && part.startsWith('0')) === true;
}

function isMappedV4(text: string): boolean {
  const groups = groupsOf(text);
  return groups?.slice(0, 5).every((group) => group === 0) === true && groups[5] === 0xffff;
}

/** True when it is an address. */
export function validateIp(errors: FieldErrors, text: string, path: string): boolean {
  if (familyOf(text) === undefined) {
    errors.invalid(path, text, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)');
    return false;
  }
  if (hasLeadingZeros(text)) errors.invalid(path, text, 'must not have leading 0s');
  if (isMappedV4(text)) errors.invalid(path, text, 'must not be an IPv4-mapped IPv6 address');
  return true;
}

/** The address as it is usually written. */
export function canonicalIp(text: string): string {
  const groups = groupsOf(text);
  if (groups === undefined) return text.split('.').map(Number).join('.');
  if (isMappedV4(text)) return [groups[6]! >> 8, groups[6]! & 255, groups[7]! >> 8, groups[7]! & 255].join('.');
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const hex = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return best.start < 0 ? hex(0, 8) : `${hex(0, best.start)}::${hex(best.start + best.length, 8)}`;
}

/** In canonical form, too: what newer fields ask for. */
export function validateCanonicalIp(errors: FieldErrors, text: string, path: string): void {
  const before = errors.causes.length;
  if (!validateIp(errors, text, path) || errors.causes.length > before) return;
  const canonical = canonicalIp(text);
  if (canonical !== text) errors.invalid(path, text, `must be in canonical form (${JSON.stringify(canonical)})`);
}

/** True when it is a range. */
export function validateCidr(errors: FieldErrors, text: string, path: string): boolean {
  const [address = '', length = ''] = text.split('/');
  const family = familyOf(address);
  const bits = family === 'IPv4' ? 32 : 128;
  if (family === undefined || !/^\d{1,3}$/.test(length) || Number(length) > bits || text.split('/').length !== 2) {
    errors.invalid(path, text, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)');
    return false;
  }
  if (hasLeadingZeros(address) || /^0\d/.test(length)) errors.invalid(path, text, 'must not have leading 0s in IP or prefix length');
  else if (isMappedV4(address)) errors.invalid(path, text, 'must not have an IPv4-mapped IPv6 address');
  else if (hasBitsBeyond(address, Number(length))) errors.invalid(path, text, 'must not have bits set beyond the prefix length');
  return true;
}

/** Is `inner` a range within `outer`, and smaller? */
export function isStrictSubnet(outer: string, inner: string): boolean {
  const [outerAddress = '', outerLength = ''] = outer.split('/');
  const [innerAddress = '', innerLength = ''] = inner.split('/');
  if (Number(innerLength) <= Number(outerLength)) return false;
  const outerBits = bitsOf(outerAddress).slice(0, Number(outerLength));
  return bitsOf(innerAddress).startsWith(outerBits);
}

function hasBitsBeyond(address: string, length: number): boolean {
  return bitsOf(address).slice(length).includes('1');
}

function bitsOf(address: string): string {
  const groups = groupsOf(address);
  if (groups === undefined) {
    return address
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('');
  }
  return groups.map((group) => group.toString(2).padStart(16, '0')).join('');
}
