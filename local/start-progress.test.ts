import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ownIdentity } from '#process/identity.ts';
import { recordStart } from './start-progress.ts';
import { openStateDir } from './state-dir.ts';

test('a start is on record part by part, with the last line of each that does not serve yet, until it ends', () => {
  const root = mkdtempSync(join(tmpdir(), 'signalman-start-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const state = openStateDir(root);
  const progress = recordStart(state, ['postgres', 'temporal', 'api']);
  const temporal = { ...ownIdentity(), since: 1, restarts: 0, logFile: 'temporal.log' };
  progress.doing('postgres', 'creating the Postgres data folder');
  progress.doing('clock', 'is no part of the start');
  progress.serves('temporal', temporal);
  expect(state.currentStart()).toMatchObject({
    starting: { postgres: 'creating the Postgres data folder', api: 'waits for its turn' },
    serving: { temporal },
  });
  progress.end();
  progress.serves('postgres', temporal);
  expect(state.currentStart()).toBeUndefined();
});
