import { TypedDataEncoder } from 'ethers';
import { expect, test } from 'vitest';
import { hashTypedData } from './typed-data.ts';

const types = {
  Order: [
    { name: 'owner', type: 'address' },
    { name: 'legs', type: 'Leg[]' },
  ],
  Leg: [{ name: 'size', type: 'uint64' }],
};
const message = (size: number) => ({ owner: `0x${'ab'.repeat(20)}`, legs: [{ size }, { size: 7 }] });

test.each([1, 42_161])('hashes as the library does, the first time and again, on chain %i', (chainId) => {
  const domain = { name: 'Exchange', version: '1', chainId };
  for (const size of [1, 2, 1]) {
    expect(hashTypedData(domain, types, message(size))).toBe(
      TypedDataEncoder.hash(domain, types, message(size)),
    );
  }
});

test('kinds of message are not mixed up', () => {
  const domain = { name: 'Exchange', version: '1', chainId: 1 };
  const other = { ...types, Leg: [{ name: 'size', type: 'int64' }] };
  expect(hashTypedData(domain, other, message(1))).toBe(TypedDataEncoder.hash(domain, other, message(1)));
});
