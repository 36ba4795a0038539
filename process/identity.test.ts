import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { commandOf, findProcesses, identifyProcess, isRunning, ownIdentity } from './identity.ts';
import { endedWithin, stopProcess } from './stop-process.ts';

function sleeper(script: string) {
  return spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
}

test('a live process is told from a dead one and from a later one with its pid', async () => {
  const child = sleeper('setTimeout(() => {}, 60_000)');
  const identity = identifyProcess(child.pid ?? 0);
  if (!identity) throw new Error('the child runs');
  expect(isRunning(identity)).toBe(true);
  expect(isRunning({ ...identity, startedAt: 'earlier' })).toBe(false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isRunning(identity)).toBe(false);
  expect(commandOf(identity.pid)).toBeUndefined();
});

test('this process is found by its pid and by words of its command line', () => {
  const mine = commandOf(process.pid) ?? '';
  expect(isRunning(ownIdentity())).toBe(true);
  expect(findProcesses(mine).map(({ pid }) => pid)).toContain(process.pid);
  expect(findProcesses(mine, 'a word that no command line has')).toEqual([]);
});

test('a process that does not listen to SIGTERM is killed at the next step', async () => {
  const child = sleeper("process.on('SIGTERM', () => {}); console.log('up'); setTimeout(() => {}, 60_000)");
  await once(child.stdout, 'data');
  const identity = identifyProcess(child.pid ?? 0);
  if (!identity) throw new Error('the child runs');
  await stopProcess(identity, [
    { signal: 'SIGTERM', waitMs: 50 },
    { signal: 'SIGKILL', waitMs: 10_000 },
  ]);
  expect(await endedWithin(identity, 0)).toBe(true);
});

test('stopping a process that is gone does nothing, even when its pid is in use again', async () => {
  await stopProcess({ pid: process.pid, startedAt: 'earlier' });
  expect(isRunning(ownIdentity())).toBe(true);
});
