import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isRunning } from './identity.ts';
import { superviseRole, type SupervisedRole } from './supervised-role.ts';

const ROLE_MODULE = new URL('./role.ts', import.meta.url).href;

let folder: string;
let role: SupervisedRole | null;
const lines: string[] = [];
const onRestart = vi.fn<() => void>();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalman-supervised-'));
  role = null;
  lines.length = 0;
  onRestart.mockClear();
});
afterEach(async () => {
  await role?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function supervise(body: string): Promise<SupervisedRole> {
  const script = join(folder, 'role.mjs');
  writeFileSync(script, `import { followSupervisor, reportReady } from '${ROLE_MODULE}';\n${body}`);
  role = await superviseRole({
    name: 'worker',
    script,
    how: (before) => ({ env: {}, args: [before === null ? 'first' : `after ${String(before['arg'])}`] }),
    logFile: join(folder, 'worker.log'),
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

test('a role that is killed is started again with what it reported first, and is stopped for good', async () => {
  const supervised = await supervise(serving);
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

test('a role that cannot be kept running is given up', async () => {
  const dying = `if (process.argv[2] !== 'first') process.exit(3); ${serving} setTimeout(() => process.exit(2), 50);`;
  const supervised = await supervise(dying);
  await expect(supervised.failed).rejects.toThrow(/worker .* again and again/s);
  expect(supervised.restarts).toBe(10);
});
