import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LockHeldError } from './lock.ts';
import { ownIdentity } from './process-identity.ts';
import { openStateDir, type RunRecord } from './state-dir.ts';

let root: string;

beforeEach(() => {
  root = join(mkdtempSync(join(tmpdir(), 'signalman-state-')), 'state');
});
afterEach(() => rmSync(join(root, '..'), { recursive: true, force: true }));

function run(changes: Partial<RunRecord> = {}): RunRecord {
  return {
    supervisor: ownIdentity(),
    databaseUrl: 'postgresql://127.0.0.1:5432/signalman',
    temporalAddress: '127.0.0.1:7233',
    temporalNamespace: 'default',
    roles: { worker: ownIdentity() },
    ...changes,
  };
}

test('a run is on record until it is cleared, and leaves no drafts behind', () => {
  const state = openStateDir(root);
  expect(state.currentRun()).toBeUndefined();
  state.writeRun(run());
  expect(openStateDir(root).currentRun()).toEqual(run());
  expect(readdirSync(root)).toEqual(['run.json']);
  state.clearRun();
  expect(state.lastRun()).toBeUndefined();
});

test('the record of a run whose supervisor died is the last one, not the current one', () => {
  const state = openStateDir(root);
  const dead = run({ supervisor: { pid: process.pid, startedAt: 'earlier' } });
  state.writeRun(dead);
  expect(state.currentRun()).toBeUndefined();
  expect(state.lastRun()).toEqual(dead);
});

test('a damaged record counts as none', () => {
  const state = openStateDir(root);
  writeFileSync(join(root, 'run.json'), '{"supervisor":');
  expect(state.lastRun()).toBeUndefined();
  writeFileSync(join(root, 'run.json'), '{"supervisor": {"pid": "one"}}');
  expect(state.lastRun()).toBeUndefined();
});

test('one process at a time uses the folder', () => {
  const state = openStateDir(root);
  const lock = state.lock();
  expect(state.user()).toEqual(ownIdentity());
  expect(() => openStateDir(root).lock()).toThrow(LockHeldError);
  lock.release();
  expect(state.user()).toBeUndefined();
});

test('folders and logs lie inside', () => {
  const state = openStateDir(root);
  expect(state.logFile('worker')).toBe(join(root, 'logs', 'worker.log'));
  expect(existsSync(state.folder('postgres'))).toBe(true);
});
