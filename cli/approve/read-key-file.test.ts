import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Wallet } from 'ethers';
import { expect, onTestFinished, test } from 'vitest';
import { readKeyFile } from './read-key-file.ts';

function keyFile(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'signalman-key-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'wallet.key');
  writeFileSync(file, content, { mode: 0o600 });
  return file;
}

test('the key of a file signs for its wallet, with or without 0x', () => {
  const { address, privateKey } = Wallet.createRandom();
  for (const text of [privateKey, `${privateKey.slice(2)}\n`])
    expect(readKeyFile(keyFile(text)).address).toBe(address.toLowerCase());
});

test('a file that other users may read is refused', () => {
  const file = keyFile(Wallet.createRandom().privateKey);
  chmodSync(file, 0o640);
  expect(() => readKeyFile(file)).toThrow(`chmod 600 ${file}`);
});

test.each([
  ['something else', 'twelve words of a phrase', 'does not hold a private key'],
  ['a number that is no key', '0'.repeat(64), 'are no private key'],
])('%s is refused without being repeated', (_what, content, reason) => {
  const file = keyFile(content);
  expect(() => readKeyFile(file)).toThrow(reason);
  expect(() => readKeyFile(file)).not.toThrow(content);
});

test('a file that is not there is named', () => {
  expect(() => readKeyFile('/nowhere/wallet.key')).toThrow('/nowhere/wallet.key');
});
