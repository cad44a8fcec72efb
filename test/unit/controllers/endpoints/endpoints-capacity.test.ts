import { expect, test } from 'vitest';
import { withinCapacity } from '../../../../src/controllers/endpoints/endpoints-capacity.ts';

const addresses = (count: number, net = 0) => Array.from({ length: count }, (_, at) => ({ ip: `10.${net}.${at >> 8}.${at & 255}` }));
const sizes = (subsets: ReturnType<typeof withinCapacity>) => subsets.map((one) => [one.addresses?.length, one.notReadyAddresses?.length]);

test('A thousand addresses fit', () => {
  const subsets = [{ addresses: addresses(900), notReadyAddresses: addresses(100, 1) }];
  expect(withinCapacity(subsets)).toBe(subsets);
});

test('Of more, those that are not ready go first', () => {
  const cut = withinCapacity([{ addresses: addresses(900), notReadyAddresses: addresses(300, 1) }]);
  expect(sizes(cut)).toEqual([[900, 100]]);
  expect(cut[0]!.notReadyAddresses).toEqual(addresses(100, 1));
});

test('Of too many that are ready each subset keeps its share, the last what is left', () => {
  const subsets = [
    { addresses: addresses(1), notReadyAddresses: addresses(5, 1) },
    { addresses: addresses(1000, 2) },
    { addresses: addresses(1000, 3) },
  ];
  expect(sizes(withinCapacity(subsets))).toEqual([
    [1, undefined],
    [500, undefined],
    [499, undefined],
  ]);
});

test('With a thousand that are ready there is no room for others', () => {
  expect(sizes(withinCapacity([{ addresses: addresses(1000), notReadyAddresses: addresses(1, 1) }]))).toEqual([[1000, undefined]]);
});
