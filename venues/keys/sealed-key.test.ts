import { createCipheriv, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { KeyUnreadableError, openSealedKey, parseMasterKey, sealKey, type SealedKey } from './sealed-key.ts';
import { createTradingKey, createTradingSigner } from './trading-signer.ts';

const MASTER = parseMasterKey('main', 'ab'.repeat(32));
const OTHER = parseMasterKey('main', 'cd'.repeat(32));
const { privateKey, address } = createTradingKey();

const OWNER = { deploymentId: 'deployment-1', venue: 'hyperliquid', address };

describe('a sealed key', () => {
  const sealed = sealKey(MASTER, OWNER, privateKey);

  test('opens for its owner and master key', () => {
    const opened = openSealedKey([OTHER, MASTER].slice(1), { ...OWNER, ...sealed });
    expect(opened).toEqual({ privateKey, isStale: false });
    expect(Buffer.from(sealed.sealed).includes(privateKey.slice(2))).toBe(false);
  });

  test.each([
    ['another deployment', [MASTER], { deploymentId: 'deployment-2' }],
    ['another venue', [MASTER], { venue: 'ostium' }],
    ['the address of another key', [MASTER], { address: createTradingKey().address }],
    ['another master key under the same id', [OTHER], {}],
    ['no master key of its id', [], {}],
    ['a flipped bit', [MASTER], { sealed: flipped(sealed.sealed) }],
    ['too few bytes', [MASTER], { sealed: sealed.sealed.slice(0, 5) }],
  ])('does not open with %s, and the error names no key', (_what, masters, change) => {
    const open = () => openSealedKey(masters, { ...OWNER, ...sealed, ...change });
    expect(open).toThrow(KeyUnreadableError);
    expect(open).not.toThrow(new RegExp(privateKey.slice(2, 12)));
  });

  test('of before, bound to its deployment only, opens and asks to be sealed again', () => {
    const older = sealedForDeploymentOnly(OWNER.deploymentId);
    expect(openSealedKey([MASTER], { ...OWNER, ...older })).toEqual({ privateKey, isStale: true });
    expect(() => openSealedKey([MASTER], { ...OWNER, ...older, deploymentId: 'deployment-2' })).toThrow(
      KeyUnreadableError,
    );
  });

  test('sealed with an older master key asks to be sealed again', () => {
    const newer = { ...OTHER, id: 'newer' };
    expect(openSealedKey([newer, MASTER], { ...OWNER, ...sealed }).isStale).toBe(true);
  });

  test('two seals of one key differ', () => {
    expect(sealKey(MASTER, OWNER, privateKey).sealed).not.toEqual(sealed.sealed);
  });
});

describe('a master key', () => {
  test('is 32 bytes as hex or base64', () => {
    expect(parseMasterKey('a', Buffer.from(MASTER.key).toString('base64')).key).toEqual(MASTER.key);
    expect(parseMasterKey('a', 'AB'.repeat(32)).key).toEqual(MASTER.key);
  });

  test.each([
    ['a short text', 'short'],
    ['a pass phrase of 43 letters', 'correct-horse-battery-staple-and-some-more-'.replaceAll('-', 'x')],
    ['a pass phrase of 44 letters', 'x'.repeat(44)],
    ['base64 with something behind it', `${Buffer.alloc(32, 1).toString('base64')}!`],
    ['base64 of 31 bytes', Buffer.alloc(31, 1).toString('base64')],
    ['63 hex digits', 'a'.repeat(63)],
  ])('is not %s; the error says how to make one', (_what, text) => {
    expect(() => parseMasterKey('a', text)).toThrow(/openssl rand -hex 32/);
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

/** As keys were sealed before they were bound to venue and address. */
function sealedForDeploymentOnly(deploymentId: string): SealedKey {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', MASTER.key, iv).setAAD(Buffer.from(deploymentId));
  const ciphertext = Buffer.concat([cipher.update(privateKey, 'utf8'), cipher.final()]);
  return { masterKeyId: MASTER.id, sealed: Uint8Array.from([...iv, ...cipher.getAuthTag(), ...ciphertext]) };
}
