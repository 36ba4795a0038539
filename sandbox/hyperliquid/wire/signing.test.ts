import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { l1ActionHash, recoverL1Signer, recoverUserSigner } from './signing.ts';
import type { WireSignature } from './signing.ts';

interface Vector {
  name: string;
  scheme: 'l1' | 'userSigned';
  action: Record<string, unknown>;
  primaryType?: string;
  nonce: number;
  vaultAddress: string | null;
  expiresAfter: number | null;
  signer: string;
  expected: {
    actionHash?: string;
    mainnet?: WireSignature;
    testnet?: WireSignature;
    signature?: WireSignature;
  };
}

const file = new URL('../../../tests/fixtures/hyperliquid/signing-vectors.json', import.meta.url);
const { published, generated }: Record<'published' | 'generated', Vector[]> = JSON.parse(
  readFileSync(file, 'utf8'),
);
const vectors = [...published, ...generated];
const TYPE_OF: Record<string, string> = {
  UsdSend: 'usdSend',
  Withdraw: 'withdraw3',
  ApproveBuilderFee: 'approveBuilderFee',
};

describe('the 49 signing vectors', () => {
  it('are all here', () => expect(vectors).toHaveLength(49));

  it.each(vectors.filter(({ scheme }) => scheme === 'l1'))('trading action $name', (vector) => {
    const { expected, signer } = vector;
    expect(l1ActionHash(vector)).toBe(expected.actionHash);
    for (const network of ['mainnet', 'testnet'] as const) {
      const signature = expected[network];
      expect(signature ? recoverL1Signer(network, vector, signature) : signer).toBe(signer);
    }
  });

  it.each(vectors.filter(({ scheme }) => scheme === 'userSigned'))('transfer or approval $name', (vector) => {
    const type = vector.action['type'] ?? TYPE_OF[vector.primaryType!.split(':')[1]!];
    expect(recoverUserSigner({ ...vector.action, type }, vector.expected.signature!)).toBe(vector.signer);
  });
});

it('recovers signatures whose leading zeros were dropped, as the official Python client sends them', () => {
  const padded = vectors.find(({ expected }) => expected.testnet?.s.startsWith('0x0'))!;
  const { r, s, v } = padded.expected.testnet!;
  const short = { r, s: `0x${s.slice(2).replace(/^0+/, '')}`, v };
  expect(recoverL1Signer('testnet', padded, short)).toBe(padded.signer);
});

it('refuses a signature that recovers to nobody', () => {
  const broken = { r: `0x${'f'.repeat(64)}`, s: `0x${'f'.repeat(64)}`, v: 27 };
  expect(() => recoverL1Signer('testnet', vectors[0]!, broken)).toThrow('Unable to recover signer.');
});
