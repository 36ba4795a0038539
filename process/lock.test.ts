import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { acquireLock, lockHolder, LockHeldError, waitForLock } from './lock.ts';
import { ownIdentity } from './identity.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalman-lock-'));
  path = join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a lock has one holder until it is released', () => {
  const lock = acquireLock(path);
  expect(() => acquireLock(path)).toThrow(LockHeldError);
  expect(lockHolder(path)).toEqual(ownIdentity());
  lock.release();
  expect(lockHolder(path)).toBeUndefined();
  acquireLock(path).release();
  expect(readdirSync(folder)).toEqual([]);
});

test('the lock of a dead process is taken over', () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  writeFileSync(path, JSON.stringify({ pid, startedAt: 'then' }));
  const lock = acquireLock(path);
  expect(lockHolder(path)?.pid).toBe(process.pid);
  lock.release();
});

test('the lock of a process whose pid now names another program is taken over', () => {
  writeFileSync(path, JSON.stringify({ pid: process.ppid, startedAt: 'an earlier process' }));
  acquireLock(path).release();
  expect(existsSync(path)).toBe(false);
});

test('a lock file that is no lock is taken over', () => {
  writeFileSync(path, 'half a line of js');
  const lock = acquireLock(path);
  expect(lockHolder(path)).toEqual(ownIdentity());
  lock.release();
});

test('releasing leaves a lock alone that somebody else has taken meanwhile', () => {
  const lock = acquireLock(path);
  const theirs = JSON.stringify({ pid: 1, startedAt: 'now', token: 'theirs' });
  writeFileSync(path, theirs);
  lock.release();
  expect(readFileSync(path, 'utf8')).toBe(theirs);
});

test('waiting ends when the holder lets go, and names the holder meanwhile', async () => {
  const first = acquireLock(path);
  const waited: number[] = [];
  const second = await waitForLock(path, 20_000, (pid) => {
    waited.push(pid);
    first.release();
  });
  expect(waited).toEqual([process.pid]);
  second.release();
});
