import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ownIdentity } from '#process/identity.ts';
import { openStateDir, readStateDir, StateDirInUseError, type RunRecord } from './state-dir.ts';

let root: string;

beforeEach(() => {
  root = join(mkdtempSync(join(tmpdir(), 'signalman-state-')), 'state');
});
afterEach(() => rmSync(join(root, '..'), { recursive: true, force: true }));

function run(changes: Partial<RunRecord> = {}): RunRecord {
  return {
    supervisor: ownIdentity(),
    startedAt: 1,
    databaseUrl: 'postgresql://127.0.0.1:5432/signalman',
    temporalAddress: '127.0.0.1:7233',
    temporalNamespace: 'default',
    services: {},
    roles: { worker: { ...ownIdentity(), since: 1, restarts: 0, logFile: 'worker.log' } },
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
  expect(() => openStateDir(root).lock()).toThrow(StateDirInUseError);
  lock.release();
  expect(state.user()).toBeUndefined();
});

const modeOf = (path: string): number => statSync(path).mode & 0o777;

test('folders are for this user alone, also those that were open before', () => {
  const before = process.umask(0o077);
  const state = openStateDir(root);
  process.umask(before);
  mkdirSync(join(root, 'temporal'), { mode: 0o755 });
  chmodSync(join(root, 'temporal'), 0o755);
  expect([state.folder('sandbox'), state.folder('temporal')].map(modeOf)).toEqual([0o700, 0o700]);
  // Root's Postgres is run by another user, who passes through and cannot look around.
  expect(modeOf(root)).toBe(process.getuid?.() === 0 ? 0o711 : 0o700);
});

test('folders and logs lie inside', () => {
  const state = openStateDir(root);
  expect(state.logFile('worker')).toBe(join(root, 'logs', 'worker.log'));
  expect(existsSync(state.folder('postgres'))).toBe(true);
});

test('what runs in a folder is read without making the folder', () => {
  const state = readStateDir(root);
  expect([state.user(), state.currentRun(), state.currentStart()]).toEqual([undefined, undefined, undefined]);
  expect(existsSync(root)).toBe(false);
});
