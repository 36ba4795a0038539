import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { forgetMasterKeys, loadConfig, loadSigningConfig, publicSettings, VARIABLES } from './env.ts';

let folder: string;
const MASTER_KEY = 'ab'.repeat(32);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalman-secrets-'));
  writeFileSync(join(folder, 'url'), 'postgresql://signalman:secret@127.0.0.1:5432/signalman\n');
  writeFileSync(join(folder, 'master-key'), `${MASTER_KEY}\n`);
  writeFileSync(join(folder, 'empty'), '\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const env = (others: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  DATABASE_URL_FILE: join(folder, 'url'),
  TEMPORAL_ADDRESS: '127.0.0.1:7233',
  SIGNALMAN_MASTER_KEY_FILE: join(folder, 'master-key'),
  ...others,
});

test('secrets are read from the files that variables name', () => {
  const config = loadSigningConfig(env());
  expect(config.databaseUrl).toBe('postgresql://signalman:secret@127.0.0.1:5432/signalman');
  expect(config.masterKeys).toHaveLength(1);
});

test('a process that signs nothing reads no file of a master key', () => {
  const given = env({ SIGNALMAN_MASTER_KEY_FILE: join(folder, 'missing') });
  expect(loadConfig(given).databaseUrl).toContain('signalman');
  forgetMasterKeys(given);
  expect(Object.keys(given)).toEqual(['DATABASE_URL_FILE', 'TEMPORAL_ADDRESS']);
});

test.each([
  ['missing', {}, /SIGNALMAN_MASTER_KEY_FILE names a file that cannot be read/],
  ['empty', {}, /SIGNALMAN_MASTER_KEY_FILE names a file with nothing in it/],
  ['master-key', { SIGNALMAN_MASTER_KEY: MASTER_KEY }, /SIGNALMAN_MASTER_KEY_FILE is set, and so is/],
])('a %s file, with %j, is refused in a line', (file, others, words) => {
  expect(() => loadSigningConfig(env({ SIGNALMAN_MASTER_KEY_FILE: join(folder, file), ...others }))).toThrow(
    words,
  );
});

test('no key, token or secret is among the settings that may be shown', () => {
  const all = Object.fromEntries(VARIABLES.map((name) => [name, 'x']));
  const shown = Object.keys(publicSettings(all));
  expect(shown.filter((name) => /KEY|TOKEN|SECRET|PASSWORD/.test(name))).toEqual(['SIGNALMAN_MASTER_KEY_ID']);
});
