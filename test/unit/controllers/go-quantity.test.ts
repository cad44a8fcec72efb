import { describe, expect, test } from 'vitest';
import { goQuantity } from '../../../src/controllers/go-quantity.ts';

/** The integer form: value, scale, text kept, format. */
function integer(value: string, scale: number, kept: string, format: string): string {
  return `{i:(resource.int64Amount){value:(int64)${value} scale:(resource.Scale)${scale}} d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)${kept} Format:(resource.Format)${format}}`;
}

/** The decimal form, which never keeps its text. */
function decimal(words: string, scale: number, format: string, isNegative = false): string {
  return `{i:(resource.int64Amount){value:(int64)0 scale:(resource.Scale)0} d:(resource.infDecAmount){Dec:(*inf.Dec){unscaled:(big.Int){neg:(bool)${isNegative} abs:(big.nat)${words}} scale:(inf.Scale)${scale}}} s:(string) Format:(resource.Format)${format}}`;
}

describe('goQuantity', () => {
  test.each([
    // A binary amount keeps its text unless its number is a multiple of 8.
    ['1Gi', '1073741824', 0, '1Gi', 'BinarySI'],
    ['100Mi', '104857600', 0, '100Mi', 'BinarySI'],
    ['64Mi', '67108864', 0, '', 'BinarySI'],
    ['200Mi', '209715200', 0, '', 'BinarySI'], // 200 = 25 x 8
    ['8Gi', '8589934592', 0, '', 'BinarySI'],
    ['1500Ki', '1536000', 0, '1500Ki', 'BinarySI'],
    // A decimal one keeps it where the scale is a multiple of 3 and the digits look canonical.
    ['0', '0', 0, '0', 'DecimalSI'],
    ['250m', '250', -3, '250m', 'DecimalSI'],
    ['1500m', '1500', -3, '1500m', 'DecimalSI'],
    ['2000m', '2000', -3, '', 'DecimalSI'],
    ['0.5', '5', -1, '', 'DecimalSI'], // digits 05, scale -1
    ['1.5', '15', -1, '', 'DecimalSI'],
    ['67108864', '67108864', 0, '67108864', 'DecimalSI'],
    ['100e6', '100', 6, '100e6', 'DecimalExponent'],
    ['-3', '-3', 0, '-3', 'DecimalSI'],
  ])('holds %s as an integer', (text, value, scale, kept, format) => {
    expect(goQuantity(text)).toBe(integer(value, scale, kept, format));
  });

  test.each([
    // 15 - 1 digit - 18 - 1 < 0: too large to be tried as an integer. 2^60 x 10^9 is 62,500,000 x 2^64 exactly.
    ['1Ei', '[0 62500000]', 9, 'BinarySI'],
    // A fraction of a binary unit: 1.5 x 2^30 = 1610612736, with nine decimals.
    ['1.5Gi', '[1610612736000000000]', 9, 'BinarySI'],
    // Finer than nano counts as one more nano.
    ['0.00000000015', '[1]', 9, 'DecimalSI'],
    // 9.5Ei is beyond 2^63 - 1.
    ['9.5Ei', '[9223372036854775807]', 0, 'BinarySI'],
  ])('holds %s as a decimal', (text, words, scale, format) => {
    expect(goQuantity(text)).toBe(decimal(words, scale, format));
  });
});
