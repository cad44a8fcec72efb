/** Base64 of texts, without a platform to do it: the standard alphabet with padding, or the one for URLs without. */
const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
export const URL_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

export function base64Of(text: string): string {
  const digits = encoded(text, STANDARD);
  return digits.padEnd(Math.ceil(digits.length / 4) * 4, '=');
}

export function base64UrlOf(text: string): string {
  return encoded(text, URL_ALPHABET);
}

function encoded(text: string, alphabet: string): string {
  const bytes = new TextEncoder().encode(text);
  let result = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [a, b = 0, c = 0] = bytes.slice(at, at + 3);
    const bits = (a! << 16) | (b << 8) | c;
    const digits = [bits >> 18, (bits >> 12) & 63, (bits >> 6) & 63, bits & 63].slice(0, Math.min(4, bytes.length - at + 1));
    result += digits.map((digit) => alphabet[digit]).join('');
  }
  return result;
}
