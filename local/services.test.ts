import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readEnvironment } from '#config/env.ts';
import { freePort } from '#process/free-port.ts';
import { createParts } from './parts.ts';
import { provideDatabase, provideTemporal } from './services.ts';
import { openStateDir } from './state-dir.ts';

const silent = (): void => {};

function options(env: Record<string, string>) {
  const root = mkdtempSync(join(tmpdir(), 'signalman-services-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return { state: openStateDir(root), env, given: readEnvironment(env), log: silent };
}

test('a given database that does not answer is an error without its password', async () => {
  const port = await freePort();
  const given = options({ DATABASE_URL: `postgresql://user:secret@127.0.0.1:${port}/books` });
  const provided = provideDatabase(
    given,
    createParts({ ...given, onStart: silent, onServe: silent, onRestart: silent }),
  );
  await expect(provided).rejects.toThrow(`the database at 127.0.0.1:${port} (DATABASE_URL) cannot be used: `);
  await expect(provided).rejects.not.toThrow('secret');
});

test('a given Temporal that does not answer is an error that names its variable', async () => {
  const address = `127.0.0.1:${await freePort()}`;
  const given = options({ TEMPORAL_ADDRESS: address });
  await expect(
    provideTemporal(given, createParts({ ...given, onStart: silent, onServe: silent, onRestart: silent })),
  ).rejects.toThrow(`Temporal at ${address} (TEMPORAL_ADDRESS) cannot be used: `);
});
