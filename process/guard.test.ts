import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { findProcesses, identifyProcess, isRunning } from './identity.ts';
import { startService } from './service-process.ts';
import { endedWithin, stopProcess } from './stop-process.ts';

const SERVICE_MODULE = new URL('service-process.ts', import.meta.url).href;
const STUBBORN = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalman-guard-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const guardsOf = (pid: number): number => findProcesses(`signalman-guard ${pid} `).length;

test('a service ends when its owner is killed, also one that does not want to', async () => {
  const steps = [
    { signal: 'SIGTERM', waitMs: 1_000 },
    { signal: 'SIGKILL', waitMs: 1_000 },
  ];
  const owner = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { startService } from '${SERVICE_MODULE}';
       const service = await startService({
         file: process.execPath,
         args: ['-e', ${JSON.stringify(STUBBORN)}],
         logFile: '${join(folder, 'service.log')}',
         whenOwnerEnds: ${JSON.stringify(steps)},
       });
       console.log(service.identity.pid);
       setInterval(() => {}, 1000);`,
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  onTestFinished(() => void owner.kill('SIGKILL'));
  const [line] = await once(owner.stdout, 'data');
  const pid = Number(String(line));
  const identity = identifyProcess(pid);
  if (!identity) throw new Error('the service runs');
  // The guard has been started; its name shows once it has replaced the process that started it.
  await vi.waitUntil(() => guardsOf(pid) === 1, 20_000);
  owner.kill('SIGKILL');
  expect(await endedWithin(identity, 20_000)).toBe(true);
  await vi.waitUntil(() => guardsOf(pid) === 0, 20_000);
});

test('a service that is stopped takes its guard with it', async () => {
  const service = await startService({
    file: process.execPath,
    args: ['-e', 'setInterval(() => {}, 1000)'],
    logFile: join(folder, 'service.log'),
    whenOwnerEnds: [{ signal: 'SIGTERM', waitMs: 1_000 }],
  });
  const { pid } = service.identity;
  expect(isRunning(service.identity)).toBe(true);
  await stopProcess(service.identity);
  expect(await service.exited).toEqual({ code: null, signal: 'SIGTERM' });
  await vi.waitUntil(() => guardsOf(pid) === 0, 20_000);
});
