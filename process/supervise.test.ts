import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isRunning } from './identity.ts';
import { spawnRole, type RoleProcess } from './role.ts';
import { supervise, type Supervised } from './supervise.ts';

const ROLE_MODULE = new URL('./role.ts', import.meta.url).href;

let folder: string;
let role: Supervised<RoleProcess['ready']> | null;
let isFolderGone: boolean;
let hasRoom: boolean;
const lines: string[] = [];
const onRestart = vi.fn<() => void>();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalman-supervised-'));
  role = null;
  isFolderGone = false;
  hasRoom = true;
  lines.length = 0;
  onRestart.mockClear();
});
afterEach(async () => {
  await role?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function superviseScript(body: string): Promise<Supervised<RoleProcess['ready']>> {
  const script = join(folder, 'role.mjs');
  writeFileSync(script, `import { followSupervisor, reportReady } from '${ROLE_MODULE}';\n${body}`);
  const logFile = join(folder, 'worker.log');
  role = await supervise({
    name: 'worker',
    logFile,
    start: (before: RoleProcess['ready'] | null) =>
      spawnRole({
        name: 'worker',
        script,
        env: {},
        args: [before === null ? 'first' : `after ${String(before['arg'])}`],
        logFile,
      }),
    hasRoom: () => hasRoom,
    mayStart() {
      if (isFolderGone) throw new Error('the state folder is gone');
    },
    log: (line) => lines.push(line),
    onRestart,
  });
  return role;
}

const serving = `
  followSupervisor();
  setInterval(() => {}, 1000);
  reportReady({ arg: process.argv[2], pid: process.pid });
`;
const dying = `if (process.argv[2] !== 'first') { console.error('no space'); process.exit(3); } ${serving} setTimeout(() => process.exit(2), 50);`;

test('a process that is killed is started again with what it reported first, and is stopped for good', async () => {
  const supervised = await superviseScript(serving);
  expect(supervised.ready).toMatchObject({ arg: 'first' });
  const { pid } = supervised.identity;
  process.kill(pid, 'SIGKILL');
  await vi.waitUntil(() => onRestart.mock.calls.length === 1, 20_000);
  expect(lines).toEqual([
    'was ended by SIGKILL; starting it again',
    `runs again (pid ${supervised.identity.pid})`,
  ]);
  expect(supervised.identity.pid).not.toBe(pid);
  expect(supervised.restarts).toBe(1);
  await supervised.stop();
  expect(isRunning(supervised.identity)).toBe(false);
  expect(supervised.restarts).toBe(1);
});

test('a process that ends five times within a minute is given up, with the last lines of its log', async () => {
  const supervised = await superviseScript(dying);
  await expect(supervised.failed).rejects.toThrow(/^worker .*, 5 times within a minute; [^]*no space$/);
  expect(lines.filter((line) => line.endsWith('starting it again'))).toHaveLength(4);
});

test('a process that waits to be started again is stopped at once', async () => {
  const supervised = await superviseScript(dying);
  await vi.waitUntil(() => lines.length === 3, 20_000);
  await supervised.stop();
  expect(lines).toHaveLength(3);
});

test('on a full disk a process waits for room, and its deaths do not count', async () => {
  const supervised = await superviseScript(serving);
  hasRoom = false;
  for (let death = 1; death <= 6; death += 1) {
    hasRoom = false;
    process.kill(supervised.identity.pid, 'SIGKILL');
    // oxlint-disable-next-line no-await-in-loop -- one death after the other
    await vi.waitUntil(
      () => lines.filter((line) => line.includes('the disk is full')).length === death,
      20_000,
    );
    hasRoom = true;
    // oxlint-disable-next-line no-await-in-loop -- one death after the other
    await vi.waitUntil(() => onRestart.mock.calls.length === death, 20_000);
  }
  expect(supervised.restarts).toBe(6);
});

test('nothing is started where nothing may be', async () => {
  const supervised = await superviseScript(serving);
  isFolderGone = true;
  process.kill(supervised.identity.pid, 'SIGKILL');
  await expect(supervised.failed).rejects.toThrow('the state folder is gone');
  expect(lines).toEqual([]);
});
