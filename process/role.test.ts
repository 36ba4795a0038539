import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { identifyProcess, isRunning } from './identity.ts';
import { spawnRole } from './role.ts';
import { endedWithin } from './stop-process.ts';

const ROLE_MODULE = new URL('role.ts', import.meta.url).href;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalman-role-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function script(name: string, body: string): string {
  const file = join(folder, name);
  writeFileSync(file, `import { followSupervisor, reportReady, spawnRole } from '${ROLE_MODULE}';\n${body}`);
  return file;
}

const serving = `
  followSupervisor();
  const busy = setInterval(() => {}, 1000);
  process.once('SIGTERM', () => { console.log('closing'); clearInterval(busy); });
  reportReady({ url: 'http://127.0.0.1:1', arg: process.argv[2], given: process.env.GIVEN });
`;

function role(body: string, changes: { readyTimeoutMs?: number } = {}) {
  return spawnRole({
    name: 'worker',
    script: script('worker.mjs', body),
    args: ['one'],
    env: { GIVEN: 'two' },
    logFile: join(folder, 'worker.log'),
    ...changes,
  });
}

test('a role reports when it is ready, gets what it was given, and closes when it is stopped', async () => {
  const worker = await role(serving);
  expect(worker.ready).toEqual({ url: 'http://127.0.0.1:1', arg: 'one', given: 'two' });
  expect(isRunning(worker.identity)).toBe(true);
  await worker.stop();
  expect(await worker.exited).toEqual({ code: 0, signal: null });
  await worker.stop();
});

test('a role that ends before it is ready says why', async () => {
  await expect(role("throw new Error('no database');")).rejects.toThrow(
    /worker ended while starting[^]*no database/,
  );
});

test('a role that is never ready is ended', async () => {
  await expect(role('setInterval(() => {}, 1000);', { readyTimeoutMs: 300 })).rejects.toThrow(
    /was not ready/,
  );
});

test('a role closes by itself when its supervisor is killed', async () => {
  const worker = script('worker.mjs', serving);
  const supervisor = script(
    'supervisor.mjs',
    `const role = await spawnRole({ name: 'worker', script: '${worker}', env: process.env, logFile: '${join(folder, 'worker.log')}' });
     console.log(role.identity.pid);`,
  );
  const parent = spawn(process.execPath, [supervisor], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [pid] = await once(parent.stdout, 'data');
  const identity = identifyProcess(Number(String(pid)));
  if (!identity) throw new Error('the worker runs');
  parent.kill('SIGKILL');
  expect(await endedWithin(identity, 20_000)).toBe(true);
});
