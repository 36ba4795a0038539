import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createApiClient } from '#api/client.ts';
import type { Agent } from '#api/schemas/agent.ts';
import { apiKeyFile, readSecretFile } from '#config/secret-files.ts';
import type { DemoReport } from '#demo/report.ts';
import { findProcesses, isRunning } from '#process/identity.ts';
import { openStateDir, type RunRecord } from '#local/state-dir.ts';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openFiles } from '../support/open-files.ts';
import { until } from '../support/trading-system.ts';

const SIGNALMAN = fileURLToPath(new URL('../../cli/signalman.mjs', import.meta.url));
const RUN_TIMEOUT_MS = 240_000;

let folder: string;
let stateDir: string;
const children: ChildProcess[] = [];
/** The number of the last run that reported. A test that is tried again starts later runs on the same state. */
let lastRun = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalman-demo-'));
  stateDir = join(folder, 'state');
});
afterEach(async () => {
  for (const child of children.splice(0)) await endDemo(child);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Demo {
  /** What it has told so far. */
  told: () => string;
  running: () => Promise<RunRecord>;
  interrupt: () => void;
  /** The end: status, and what it printed for programs. */
  ended: Promise<{ status: number | null; out: string }>;
}

/** `signalman demo` as a user runs it: with the state folder in the folder where it is started. */
function demo(...args: string[]): Demo {
  const child = spawn(process.execPath, [SIGNALMAN, 'demo', ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], SIGNALMAN_STATE_DIR: stateDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let out = '';
  let told = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (told += chunk.toString()));
  return {
    told: () => told,
    running: () =>
      until('the worker to run', () => Promise.resolve(workerOf(child, () => told)), RUN_TIMEOUT_MS),
    interrupt: () => void child.kill('SIGINT'),
    ended: new Promise((resolve) => child.once('close', (status) => resolve({ status, out }))),
  };
}

/** Returns the record of the run once its worker runs; throws what the demo told when it has ended before. */
function workerOf(child: ChildProcess, told: () => string): RunRecord | null {
  const run = openStateDir(stateDir).currentRun();
  if (run?.roles['worker']) return run;
  if (child.exitCode !== null) throw new Error(`the demo ended with ${child.exitCode}:\n${told()}`);
  return null;
}

/** Interrupts a demo that a failed test left running, so that the next one finds its state free. */
async function endDemo(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  await ended;
}

async function reportOf({ ended, told }: Demo): Promise<DemoReport> {
  const { status, out } = await ended;
  expect(told()).toContain('stopped');
  expect(status, told().slice(-3_000)).toBe(0);
  const report: DemoReport = JSON.parse(out);
  expect(report.run).toBeGreaterThan(lastRun);
  lastRun = report.run;
  return report;
}

function expectNothingLeft(run: RunRecord): void {
  const processes = [run.supervisor, ...Object.values(run.roles)];
  expect(processes.filter(isRunning)).toEqual([]);
  expect(findProcesses(stateDir)).toEqual([]);
  expect(openStateDir(stateDir).lastRun()).toBeUndefined();
}

test(
  'the shipped posts are traded to their bills, in every way they can end, and nothing is left running',
  async () => {
    const first = demo('--once', '--json', '--for', '90');
    const run = await first.running();
    const report = await reportOf(first);
    expect(report).toMatchObject({ problems: [], ledger: { matched: true }, restarts: 0 });
    expect(Object.keys(report.exitReasons)).toEqual(
      expect.arrayContaining(['stop_loss', 'take_profit', 'trailing_stop']),
    );
    expect(new Set(report.trades.map(({ side }) => side))).toEqual(new Set(['long', 'short']));
    expect(report.trades.map(({ symbol }) => symbol)).toContain('EUR-USD');
    expect(new Set(report.ledger.accounts.map(({ at }) => at))).toEqual(new Set(['hyperliquid', 'ostium']));
    expect(report.trades.filter(({ phase }) => phase !== 'closed')).toEqual([]);
    expect(report.bills.filter(({ kind }) => kind === 'trade_fee')).toHaveLength(report.trades.length);
    // At this pace a price may pass the stop while an entry is on its way; the venue then refuses the entry.
    const codes = report.skipped.map(({ code }) => code).filter((code) => code !== 'venue_rejected');
    expect(codes.sort()).toEqual([
      'duplicate_signal',
      'follow_up_ignored',
      'low_confidence',
      'malformed_message',
      'no_idea',
      'no_idea',
      'unknown_instrument',
      'wrong_side_stop',
    ]);
    expect(report.skipped.every(({ text }) => text.length > 10)).toBe(true);
    expectNothingLeft(run);
    expect(openFiles(stateDir)).toEqual([]);
  },
  RUN_TIMEOUT_MS,
);

test(
  'a second run on the same state trades posts of others on given prices, and outlives its worker',
  async () => {
    const posts = join(folder, 'posts.jsonl');
    const prices = join(folder, 'prices.csv');
    writeFileSync(posts, `{"author":"@stranger","text":"Long BTC, stop 4%, trail 0.5%"}\nnot a post\n`);
    writeFileSync(prices, `timestamp,price\n${walk(4_000)}`);
    const second = demo('--once', '--json', '--posts', posts, '--prices', prices, '--speed', '1');
    const run = await second.running();
    await until('a position', () => Promise.resolve(second.told().includes('Entry filled')));
    const worker = run.roles['worker'];
    if (worker) process.kill(worker.pid, 'SIGKILL');
    const report = await reportOf(second);
    expect(report).toMatchObject({
      trades: [{ symbol: 'BTC', side: 'long', exitReason: 'trailing_stop', forced: false }],
      skipped: [{ code: 'malformed_message' }],
      ledger: { matched: true },
      restarts: 1,
      problems: [],
    });
    expectNothingLeft(run);
  },
  RUN_TIMEOUT_MS,
);

/** Prices every 100 ms: up for a quarter of a minute, then down through the trail, and not as far as the stop. */
function walk(count: number): string {
  const price = (i: number): number => (i < 150 ? 50_000 + i : Math.max(49_000, 50_150 - (i - 150) * 20));
  return Array.from({ length: count }, (_, i) => `${1_700_000_000_000 + i * 100},${price(i)}\n`).join('');
}

test(
  'what goes on until it is interrupted tells of agents made beside it, and ends with a report on so far',
  async () => {
    const third = demo('--json');
    const run = await third.running();
    await until('the first signal', () => Promise.resolve(third.told().includes('  signal')));
    const name = `beside ${Date.now()}`;
    await callBeside(run, name);
    await until('the trade beside', () => Promise.resolve(third.told().includes(`${name}: Entry filled`)));
    third.interrupt();
    const report = await reportOf(third);
    expect(report).toMatchObject({
      ending: 'interrupted',
      ledger: { matched: true },
      beside: expect.arrayContaining([
        expect.objectContaining({ agentName: name, symbol: 'SOL', phase: 'open' }),
      ]),
    });
    expect(report.trades.map(({ agentName }) => agentName)).not.toContain(name);
    expectNothingLeft(run);
  },
  RUN_TIMEOUT_MS,
);

/** An agent that a person makes in a second terminal calls SOL long. */
async function callBeside({ apiUrl = '' }: RunRecord, name: string): Promise<void> {
  const api = createApiClient({ url: apiUrl, key: readSecretFile(apiKeyFile(stateDir)) });
  const agent = await api.post<Agent>('/agents', {
    name,
    barriers: { stopLoss: { pct: 50 }, timeLimitMs: null },
    sizeModel: { mode: 'fixedNotional', notionalUsd: '500' },
    maxDriftPct: 50,
  });
  await api.post(`/agents/${agent.id}/deployments`, { venue: 'hyperliquid', fundUsdc: '10000' });
  await api.post('/signals', { agentId: agent.id, instrument: 'SOL', side: 'long' });
}

test('input that cannot be used is named before anything starts', async () => {
  const prices = join(folder, 'bad.csv');
  writeFileSync(prices, 'timestamp,price\n2024-01-01T00:00:00Z,100\n2024-01-01T00:01:00Z,much\n');
  const bad = demo('--prices', prices);
  expect(await bad.ended).toEqual({ status: 2, out: '' });
  expect(bad.told()).toBe(`signalman: ${prices}:3: price: "much" is not a positive decimal\n`);
});
