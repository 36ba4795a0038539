import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '#process/free-port.ts';
import { provideDatabase, provideTemporal } from './provide.ts';
import { openStateDir } from './state-dir.ts';

function stateDir() {
  const root = mkdtempSync(join(tmpdir(), 'signalman-provide-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return openStateDir(root);
}

test('a given database that does not answer is an error without its password', async () => {
  const port = await freePort();
  const given = provideDatabase(`postgresql://user:secret@127.0.0.1:${port}/books`, stateDir(), () => {});
  await expect(given).rejects.toThrow(`the database at 127.0.0.1:${port} (DATABASE_URL) cannot be used: `);
  await expect(given).rejects.not.toThrow('secret');
});

test('a given Temporal that does not answer is an error that names its variable', async () => {
  const address = `127.0.0.1:${await freePort()}`;
  const wish = { address, namespace: 'default', searchAttributes: [], env: {} };
  await expect(provideTemporal(wish, stateDir(), () => {})).rejects.toThrow(
    `Temporal at ${address} (TEMPORAL_ADDRESS) cannot be used: `,
  );
});
