import { SigningKey, Wallet } from 'ethers';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTradingKey, createTradingSigner } from './trading-signer.ts';

const domain = { name: 'Exchange', version: '1', chainId: 1337, verifyingContract: `0x${'0'.repeat(40)}` };
const types = {
  Agent: [
    { name: 'source', type: 'string' },
    { name: 'connectionId', type: 'bytes32' },
  ],
};
const bytes32 = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => `0x${Buffer.from(bytes).toString('hex')}`);
const isKey = (key: string): boolean => {
  try {
    return Boolean(new SigningKey(key).publicKey);
  } catch {
    return false;
  }
};

test('signs, byte for byte, what the wallet of ethers signs', async () => {
  await fc.assert(
    fc.asyncProperty(bytes32.filter(isKey), bytes32, async (privateKey, connectionId) => {
      const message = { source: 'a', connectionId };
      const wallet = new Wallet(privateKey);
      const signer = createTradingSigner(privateKey);
      expect(signer.address).toBe(wallet.address.toLowerCase());
      expect(await signer.signTypedData(domain, types, message)).toBe(
        await wallet.signTypedData(domain, types, message),
      );
    }),
    { numRuns: 60 },
  );
});

test('the key is nowhere to be read', () => {
  const { privateKey } = createTradingKey();
  const signer = createTradingSigner(privateKey);
  expect(JSON.stringify(signer)).not.toContain(privateKey.slice(2));
  expect(Object.values(signer).map(String).join()).not.toContain(privateKey.slice(2));
});
