import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Command } from 'commander';
import { readSubject } from '#activities/entry/subject.ts';
import { chooseVenue } from '#activities/entry/choose-venue.ts';
import { createVenueActivities } from '#activities/venue-status/activities.ts';
import { wholeNumber } from '#cli/context.ts';
import { asId, type AccountId, type VenueName } from '#domain/ids.ts';
import { CALL_WINDOW_MS } from '#domain/signal.ts';
import type { RoutingMode } from '#domain/routing.ts';
import { createLogger } from '#observability/logger.ts';
import { openDatabase, type Database } from '#prisma/client.ts';
import { startPostgres } from '#local/postgres/embedded.ts';
import { migrate } from '#prisma/migrate.ts';
import { saveRules } from '#prisma/repositories/routing.ts';
import { createSignal } from '#prisma/repositories/signals.ts';
import { createHyperliquidVenue } from '#venues/hyperliquid/index.ts';
import type { Venue } from '#venues/venue.ts';
import { distributionOf, type Distribution } from './statistics.ts';

interface Row extends Distribution {
  scenario: string;
  /** The venue that every sample was routed to. */
  venue: VenueName;
}

interface Scenario {
  scenario: string;
  symbol: string;
  mode: RoutingMode;
}

const SHARED = 400;
const OWN = 100;
const WARM_UP = 20;
const silent = (): void => undefined;
const WALLET = `0x${'5e'.repeat(20)}`;

const SCENARIOS: readonly Scenario[] = [
  { scenario: 'priority: the first venue takes it', symbol: 'BOTH0', mode: 'priority' },
  { scenario: 'priority: only the second venue lists it', symbol: 'SECOND0', mode: 'priority' },
  { scenario: 'best: both venues are compared', symbol: 'BOTH1', mode: 'best' },
];

const command = new Command('routing')
  .description('how long it takes to decide where a signal goes, with 2 venues of 500 instruments each')
  .option('--samples <n>', 'decisions per row', wholeNumber(10, 100_000), 300)
  .option('--json', 'print one object of JSON');

/** Measures from the first database query until venue, price and account are known; sends nothing. */
export async function run(args: readonly string[]): Promise<void> {
  const { samples, json } = command.parse(args, { from: 'user' }).opts<{ samples: number; json?: boolean }>();
  const setup = await openSetup();
  try {
    const bare = await measureBare(setup, samples);
    const rows: Row[] = [];
    for (const scenario of SCENARIOS) rows.push(await measure(setup, scenario, samples));
    process.stdout.write(`${json ? JSON.stringify({ bare, rows }) : render(bare, rows)}\n`);
  } finally {
    await setup.close();
  }
}

async function measure({ decide }: Setup, scenario: Scenario, samples: number): Promise<Row> {
  const decided: Awaited<ReturnType<Setup['decide']>>[] = [];
  for (let i = 0; i < samples + WARM_UP; i += 1) decided.push(await decide(scenario));
  const [first] = decided;
  if (!first || decided.some(({ venue }) => venue !== first.venue)) throw new Error('routed differently');
  const measured = decided.slice(WARM_UP).map(({ durationMs }) => durationMs);
  return { scenario: scenario.scenario, venue: first.venue, ...distributionOf(measured) };
}

/** Measures the least that routing needs: one venue's prices and the account, read side by side. */
async function measureBare({ ask }: Setup, samples: number): Promise<Distribution> {
  const times: number[] = [];
  for (let i = 0; i < samples + WARM_UP; i += 1) {
    const startedAt = performance.now();
    await ask();
    times.push(performance.now() - startedAt);
  }
  return distributionOf(times.slice(WARM_UP));
}

function render(bare: Distribution, rows: readonly Row[]): string {
  const all = [{ scenario: 'bare: prices and account of one venue', venue: '', ...bare }, ...rows];
  const lines = all.map(({ scenario, venue, samples, p50, p99 }) => [
    scenario.padEnd(42),
    venue.padEnd(12),
    String(samples).padStart(8),
    p50.toFixed(2).padStart(8),
    p99.toFixed(2).padStart(8),
  ]);
  return [['times in ms'.padEnd(42), 'routed to   ', ' samples', '     p50', '     p99'], ...lines]
    .map((cells) => cells.join('  '))
    .join('\n');
}

interface Setup {
  ask: () => Promise<unknown>;
  decide: (scenario: Scenario) => Promise<{ venue: VenueName; durationMs: number }>;
  close: () => Promise<void>;
}

async function openSetup(): Promise<Setup> {
  const folder = mkdtempSync(join(tmpdir(), 'signalman-bench-'));
  const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), log: silent });
  await migrate(postgres.url, { log: silent });
  const db = openDatabase(postgres.url);
  const [first, second] = await Promise.all([
    openVenue('hyperliquid', [...listOf('BOTH', SHARED), ...listOf('FIRST', OWN)]),
    openVenue('ostium', [...listOf('BOTH', SHARED), ...listOf('SECOND', OWN)]),
  ]);
  const deps = {
    db,
    venues: new Map([first, second].map(({ venue }) => [venue.name, venue])),
    masterKeys: [],
    logger: createLogger({ level: 'fatal', name: 'bench' }),
    failpoint: silent,
    now: Date.now,
  };
  const maintenance = createVenueActivities({ ...deps, venues: [first.venue, second.venue] });
  await maintenance.checkVenues();
  await maintenance.refreshInstruments();
  const deployment = await makeDeployment(db);
  return {
    ask: () =>
      Promise.all([first.venue.market.prices(), first.venue.accounts.account(asId<AccountId>(WALLET))]),
    async decide({ symbol, mode }) {
      await saveRules(db, null, { mode, venues: ['hyperliquid', 'ostium'] });
      const signalId = await makeSignal(db, deployment.agentId, symbol);
      const startedAt = performance.now();
      const { survey } = await readSubject(deps, { signalId, deploymentId: deployment.id });
      const { decided } = await chooseVenue(survey, async (target) => {
        await survey.accountAt(target.venue);
        return target;
      });
      if ('code' in decided) throw new Error(decided.text);
      return { venue: decided.venue, durationMs: performance.now() - startedAt };
    },
    async close() {
      await Promise.all([first.close(), second.close()]);
      await db.$disconnect();
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const listOf = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`);

/** A sandbox that speaks Hyperliquid's protocol, under any name: routing knows no protocol. */
async function openVenue(
  name: VenueName,
  symbols: readonly string[],
): Promise<{ venue: Venue; close(): Promise<void> }> {
  const thread = new Worker(new URL('routing-venue.ts', import.meta.url), { workerData: symbols });
  const url = await new Promise<string>((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
  });
  const venue = createHyperliquidVenue({ url, network: 'testnet', weightPerMinute: 10_000_000 });
  return {
    venue: {
      ...venue,
      name,
      market: {
        ...venue.market,
        instruments: async () =>
          (await venue.market.instruments()).map((instrument) => ({ ...instrument, venue: name })),
      },
    },
    async close() {
      await venue.close();
      await thread.terminate();
    },
  };
}

async function makeDeployment(db: Database) {
  const owner = await db.user.create({ data: { name: 'bench' } });
  const agent = await db.agent.create({
    data: { name: 'bench', ownerId: owner.id, barriers: {}, sizeModel: {} },
  });
  const { id } = await db.agentDeployment.create({
    data: {
      agentId: agent.id,
      userId: owner.id,
      walletAddress: WALLET,
      maxNotionalUsd: '1000',
      trialEndsAt: new Date(),
      tradingKeys: {
        create: (['hyperliquid', 'ostium'] as const).map((venue) => ({
          venue,
          address: venue,
          sealed: new Uint8Array(),
          masterKeyId: 'none',
          status: 'approved' as const,
        })),
      },
    },
  });
  return { id, agentId: agent.id };
}

/** Each is called six hours after the one before: an agent makes a call once in that time. */
async function makeSignal(db: Database, agentId: string, symbol: string): Promise<string> {
  const made = await createSignal(db, {
    agentId,
    symbol,
    side: 'long',
    origin: 'manual',
    messageId: null,
    confidence: 1,
    sizeModel: { mode: 'fixedNotional', notionalUsd: '500' },
    barriers: {},
    requestedVenue: 'MULTI',
    leverage: null,
    referencePrice: null,
    maxDriftPct: 1,
    calledAt: (calls += 1) * CALL_WINDOW_MS,
    expiresAt: Date.now() + 60_000,
  });
  if (!made.created) throw new Error('the same call twice');
  return made.signalId;
}

let calls = 0;
