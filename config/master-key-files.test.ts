import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { forgetOlderKeys, readMasterKeys, replaceMasterKey } from './master-key-files.ts';
import { ensureMasterKey, masterKeyFile } from './secret-files.ts';

function stateDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'signalman-master-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('a new master key seals, and those before open until they are forgotten', () => {
  const folder = stateDir();
  const first = ensureMasterKey(folder);
  expect(readMasterKeys(folder, 'main')).toEqual({ current: { id: 'main', key: first }, older: [] });
  const { from, to } = replaceMasterKey(folder, 'main', new Date(Date.UTC(2026, 10, 27)));
  expect([from, to]).toEqual(['main', 'k20261127000000']);
  const second = readMasterKeys(folder, 'main');
  expect(second).toEqual({
    current: { id: to, key: expect.stringMatching(/^[0-9a-f]{64}$/) },
    older: [{ id: 'main', key: first }],
  });
  replaceMasterKey(folder, 'main', new Date(Date.UTC(2026, 10, 28)));
  expect(readMasterKeys(folder, 'main').older.map(({ id }) => id)).toEqual([to, 'main']);
  expect(statSync(masterKeyFile(folder)).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'old-master-keys')).mode & 0o777).toBe(0o600);
  forgetOlderKeys(folder);
  expect(readMasterKeys(folder, 'main').older).toEqual([]);
});

test('a key that was kept without an id has the id that the environment names, also once it is replaced', () => {
  const folder = stateDir();
  const first = ensureMasterKey(folder);
  expect(readMasterKeys(folder, 'ours').current).toEqual({ id: 'ours', key: first });
  replaceMasterKey(folder, 'ours', new Date(Date.UTC(2026, 10, 27)));
  expect(readMasterKeys(folder, 'ours').older).toEqual([{ id: 'ours', key: first }]);
});
