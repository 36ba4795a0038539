import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Brake } from '#api/schemas/brake.ts';
import { startUp, type RunningUp } from '#tests/support/running-up.ts';
import { until } from '#tests/support/trading-system.ts';
import { closeTrades, deployUnder, expectRight, openTrades } from '#tests/support/up-trades.ts';

const run = promisify(execFile);
const SIGNALMAN = fileURLToPath(new URL('../../cli/signalman.mjs', import.meta.url));

let folder: string;
let up: RunningUp | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalman-restored-'));
});
afterEach(async () => {
  up?.interrupt();
  await up?.ended;
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const state = (name: string): string => join(folder, name);

/** Types a command for the system of a state folder. */
async function signalman(name: string, ...args: string[]): Promise<{ out: string; status: number }> {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], SIGNALMAN_STATE_DIR: state(name) };
  const result = run(process.execPath, [SIGNALMAN, ...args], { env, cwd: folder });
  return result.then(
    ({ stdout }) => ({ out: stdout, status: 0 }),
    (error: { stdout: string; stderr: string; code: number }) => ({
      out: error.stdout + error.stderr,
      status: error.code,
    }),
  );
}

interface TradeRow {
  id: string;
  phase: string;
  netPnlUsd: string | null;
}

test('a system that went on after its backup is restored: books equal the venue, no entry goes out unasked', async () => {
  up = await startUp(state('first'), ['--sandbox']);
  const deployment = await deployUnder(up, 'restored');
  await openTrades(up, deployment);
  expectSealed();
  const file = join(folder, 'saved');
  expect(await signalman('first', 'backup', file)).toMatchObject({ status: 0 });
  await expectReadable(file);
  // What the backup does not know: one of both trades is closed by an order that it has not.
  const [{ id } = { id: '' }] = await up.api.list<TradeRow>('/trades', 10);
  await up.api.post(`/trades/${id}/close`, { wait: true, waitMs: 30_000 });
  const before = await until('the trade to be billed', async () => {
    const trade = await up?.api.get<TradeRow>(`/trades/${id}`);
    return trade?.phase === 'closed' && trade;
  });

  const busy = await signalman('first', 'restore', file);
  expect(busy).toMatchObject({ status: 1, out: expect.stringContaining('a system runs in') });
  up.interrupt();
  await up.ended;
  const full = await signalman('first', 'restore', file);
  expect(full).toMatchObject({ status: 1, out: expect.stringContaining('restore into an empty folder') });

  // The venues are elsewhere, and the master key was kept apart.
  for (const name of ['sandbox', 'ostium', 'master-key'])
    cpSync(join(state('first'), name), join(state('second'), name), { recursive: true });
  expect(await signalman('second', 'restore', file)).toMatchObject({ status: 0 });
  up = await startUp(state('second'), ['--sandbox']);

  const [brake] = await up.api.list<Brake>('/brakes', 10);
  expect(brake).toMatchObject({ scope: 'system', setBy: 'restore', releasedAt: null });
  const after = await until('the closed trade to be known', async () => {
    const trade = await up?.api.get<TradeRow>(`/trades/${id}`);
    return trade?.phase === 'closed' && trade;
  });
  await until('its result to be the same', async () => {
    const trade = await up?.api.get<TradeRow>(`/trades/${id}`);
    return trade?.netPnlUsd === before.netPnlUsd;
  });
  expect(after.id).toBe(id);
  await closeTrades(up);
  await expectRight(up, deployment);
}, 400_000);

/** It says what it holds, is never written over, and a copy that was cut short is refused before anything is made. */
async function expectReadable(file: string): Promise<void> {
  const again = await signalman('first', 'backup', file);
  expect(again).toMatchObject({ status: 1, out: expect.stringContaining('choose another name') });
  const shown = await signalman('first', 'restore', '--show', '--json', file);
  expect(JSON.parse(shown.out)).toMatchObject({
    rows: { trade: 2, user: 1 },
    temporalServer: expect.any(String),
  });
  const short = `${file}.short`;
  cpSync(file, short);
  truncateSync(short, readFileSync(short).length - 10);
  const cut = await signalman('second', 'restore', short);
  expect(cut).toMatchObject({ status: 1, out: expect.stringContaining('is no whole backup') });
  expect(existsSync(state('second'))).toBe(false);
}

/** Nothing of a plan can be read in the database of the Temporal server. */
function expectSealed(): void {
  const files = ['temporal.db', 'temporal.db-wal'].map((name) => join(state('first'), 'temporal', name));
  const stored = files.map((file) => readFileSync(file, 'latin1')).join('');
  expect(stored).toContain('tradeLifecycle');
  expect(stored).toContain('encryption-key-id');
  for (const word of ['stopLoss', 'barriers', 'fixedNotional', 'triggerPrice', 'deploymentId'])
    expect(stored).not.toContain(word);
}
