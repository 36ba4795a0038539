import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  apiKeyFile,
  ensureMasterKey,
  masterKeyFile,
  readSecretFile,
  writeSecretFile,
} from './secret-files.ts';

let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'signalman-secrets-'));
});
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

test('the master key is made once and kept for this user alone', () => {
  const made = ensureMasterKey(stateDir);
  expect(made).toMatch(/^[0-9a-f]{64}$/);
  expect(ensureMasterKey(stateDir)).toBe(made);
  expect(statSync(masterKeyFile(stateDir)).mode & 0o777).toBe(0o600);
});

test('a secret that is there is never overwritten', () => {
  const path = apiKeyFile(join(stateDir, 'new'));
  expect(readSecretFile(path)).toBeNull();
  expect(writeSecretFile(path, 'first')).toBe(true);
  expect(writeSecretFile(path, 'second')).toBe(false);
  expect(readFileSync(path, 'utf8')).toBe('first\n');
});
