import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { credentialsFile, forgetCredentials, keepCredentials } from './credentials.ts';
import { findSystem } from './find-api.ts';

const KEPT = { url: 'https://signalman.example', key: 'k'.repeat(40) };

function emptyHome(): NodeJS.ProcessEnv {
  const folder = mkdtempSync(join(tmpdir(), 'signalman-home-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return { XDG_CONFIG_HOME: folder, SIGNALMAN_STATE_DIR: join(folder, 'none') };
}

test('a login is kept where no other user reads it, and found until it is forgotten', () => {
  const env = emptyHome();
  expect(findSystem(env).apiKey).toBeNull();
  keepCredentials(env, KEPT);
  expect(statSync(credentialsFile(env)).mode & 0o777).toBe(0o600);
  const { apiUrl, apiKey } = findSystem(env);
  expect([apiUrl.value, apiKey?.value]).toEqual([KEPT.url, KEPT.key]);
  forgetCredentials(env);
  expect(findSystem(env).apiKey).toBeNull();
});

test('the environment goes before a login, and a kept key is sent to its own address alone', () => {
  const env = emptyHome();
  keepCredentials(env, KEPT);
  const other = findSystem({ ...env, SIGNALMAN_URL: 'https://other.example' });
  expect([other.apiUrl.value, other.apiKey]).toEqual(['https://other.example', null]);
  const same = findSystem({ ...env, SIGNALMAN_URL: KEPT.url });
  expect(same.apiKey?.value).toBe(KEPT.key);
  const given = findSystem({ ...env, SIGNALMAN_API_KEY: 'g'.repeat(40) });
  expect([given.apiUrl.value, given.apiKey?.value]).toEqual([KEPT.url, 'g'.repeat(40)]);
});
