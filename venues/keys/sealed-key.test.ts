import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { KeyUnreadableError, openSealedKey, parseMasterKey, sealKey } from './sealed-key.ts';
import { createTradingKey, createTradingSigner } from './trading-signer.ts';

const MASTER = parseMasterKey('main', 'ab'.repeat(32));
const OTHER = parseMasterKey('main', 'cd'.repeat(32));
const { privateKey, address } = createTradingKey();

describe('a sealed key', () => {
  const sealed = sealKey(MASTER, 'deployment-1', privateKey);

  test('opens for its deployment and master key', () => {
    expect(openSealedKey([OTHER, MASTER].slice(1), 'deployment-1', sealed)).toBe(privateKey);
    expect(Buffer.from(sealed.sealed).includes(privateKey.slice(2))).toBe(false);
  });

  test.each([
    ['another deployment', [MASTER], 'deployment-2', sealed],
    ['another master key under the same id', [OTHER], 'deployment-1', sealed],
    ['no master key of its id', [], 'deployment-1', sealed],
    ['a flipped bit', [MASTER], 'deployment-1', { ...sealed, sealed: flipped(sealed.sealed) }],
    ['too few bytes', [MASTER], 'deployment-1', { ...sealed, sealed: sealed.sealed.slice(0, 5) }],
  ])('does not open with %s, and the error names no key', (_what, masters, deploymentId, key) => {
    const open = () => openSealedKey(masters, deploymentId, key);
    expect(open).toThrow(KeyUnreadableError);
    expect(open).not.toThrow(new RegExp(privateKey.slice(2, 12)));
  });

  test('two seals of one key differ', () => {
    expect(sealKey(MASTER, 'deployment-1', privateKey).sealed).not.toEqual(sealed.sealed);
  });
});

describe('a master key', () => {
  test('is 32 bytes as hex or base64', () => {
    expect(parseMasterKey('a', Buffer.from(MASTER.key).toString('base64')).key).toEqual(MASTER.key);
    expect(() => parseMasterKey('a', 'short')).toThrow(RangeError);
  });
});

describe('a signer', () => {
  test('shows its address and never its key', () => {
    const signer = createTradingSigner(privateKey);
    expect(signer.address).toBe(address);
    const shown = `${JSON.stringify(signer)} ${inspect(signer, { depth: 10, showHidden: true })}`;
    expect(shown.toLowerCase()).not.toContain(privateKey.slice(2).toLowerCase());
  });
});

function flipped(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = Uint8Array.from(bytes);
  copy[20] = (copy[20] ?? 0) ^ 1;
  return copy;
}
