import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { refreshCards } from '#activities/metrics/refresh-cards.ts';
import { writeChangedHours } from '#activities/metrics/write-hours.ts';
import { cacheAnswers } from '#api/cached.ts';
import { wholeNumber } from '#cli/context.ts';
import { rankAgents } from '#domain/metrics/leaderboard.ts';
import { startPostgres } from '#local/postgres/embedded.ts';
import { openDatabase, type Database } from '#prisma/client.ts';
import { migrate } from '#prisma/migrate.ts';
import { listPublished } from '#prisma/repositories/agent-cards.ts';
import { correctTrades, fillBooks } from './metrics-books.ts';
import { distributionOf } from './statistics.ts';

/** What one run measured. */
interface Result {
  fills: number;
  deployments: number;
  firstRunMs: number;
  /** Trades that were corrected before the incremental run. */
  corrected: number;
  incrementalRunMs: number;
  peakMiB: number;
  leaderboardP99Ms: number;
}

const CHANGES = 5_000;
const AGENTS = 200;
const CORRECTED = 100;
const REQUESTS = 1_000;
const REQUEST_EVERY_MS = 10;
const MIB = 1024 * 1024;

const command = new Command('metrics')
  .description('how long the hours and numbers of many trades take, first and after a hundred corrections')
  .option('--fills <n>', 'fills in the database', wholeNumber(1_000, 10_000_000), 100_000)
  .option('--deployments <n>', 'deployments they belong to', wholeNumber(1, 100_000), 1_000)
  .option('--json', 'print one object of JSON');

/** Measures the job that writes hours and numbers, and the leaderboard as the API ranks and keeps it. */
export async function run(args: readonly string[]): Promise<void> {
  const { fills, deployments, json } = command
    .parse(args, { from: 'user' })
    .opts<{ fills: number; deployments: number; json?: boolean }>();
  const folder = mkdtempSync(join(tmpdir(), 'signalman-bench-metrics-'));
  const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), log: () => undefined });
  try {
    await migrate(postgres.url, { log: () => undefined });
    await fillBooks(postgres.url, { fills, deployments });
    const result = await measure(postgres.url, { fills, deployments });
    process.stdout.write(`${json ? JSON.stringify(result) : render(result)}\n`);
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(url: string, size: { fills: number; deployments: number }): Promise<Result> {
  const db = openDatabase(url);
  const memory = { peak: 0 };
  const watching = setInterval(() => (memory.peak = Math.max(memory.peak, process.memoryUsage().rss)), 50);
  try {
    const firstRunMs = await timed(() => runJob(db));
    await correctTrades(url, CORRECTED);
    const incrementalRunMs = await timed(() => runJob(db));
    const leaderboardP99Ms = await measureLeaderboard(db);
    return {
      ...size,
      firstRunMs,
      corrected: CORRECTED,
      incrementalRunMs,
      peakMiB: Math.round(memory.peak / MIB),
      leaderboardP99Ms,
    };
  } finally {
    clearInterval(watching);
    await db.$disconnect();
  }
}

const failpoint = () => undefined;

/** Does what one run of the scheduled workflow does. */
async function runJob(db: Database): Promise<void> {
  while ((await writeChangedHours({ db, failpoint }, { limit: CHANGES })).more);
  while ((await refreshCards({ db, now: () => Date.now() }, { limit: AGENTS })).more);
}

/** Asks a hundred times a second for ten seconds; the first request reads and ranks every agent. */
async function measureLeaderboard(db: Database): Promise<number> {
  const ranked = cacheAnswers<unknown>(() => Date.now());
  const read = async () => rankAgents(await listPublished(db, { windowName: '30d', venue: '' }));
  const times: Promise<number>[] = [];
  for (let sent = 0; sent < REQUESTS; sent += 1) {
    times.push(timed(() => ranked('30d', read)));
    await delay(REQUEST_EVERY_MS);
  }
  return distributionOf(await Promise.all(times)).p99;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return Math.round((performance.now() - start) * 1000) / 1000;
}

const render = ({ fills, deployments, firstRunMs, corrected, incrementalRunMs, ...rest }: Result): string =>
  [
    `${fills} fills of ${deployments} deployments`,
    `first run            ${firstRunMs.toFixed(0)} ms`,
    `after ${corrected} corrections ${incrementalRunMs.toFixed(0)} ms`,
    `peak memory          ${rest.peakMiB} MiB`,
    `leaderboard p99      ${rest.leaderboardP99Ms.toFixed(1)} ms at 100 requests a second`,
  ].join('\n');
