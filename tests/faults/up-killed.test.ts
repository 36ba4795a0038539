import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Agent } from '#api/schemas/agent.ts';
import type { Deployment } from '#api/schemas/deployment.ts';
import { createRandom, type Random } from '../../chaos/random.ts';
import { readSandbox } from '#demo/sandbox-client.ts';
import { openDatabase } from '#prisma/client.ts';
import { findProcesses, isRunning } from '#process/identity.ts';
import { allEnded, processesOf, startUp, type RunningUp } from '#tests/support/running-up.ts';
import { expectClean, until, type TestDeployment } from '#tests/support/trading-system.ts';

/** Every part once per round: `SIGNALMAN_KILL_ROUNDS=10` for ten times each. */
const ROUNDS = Number(process.env['SIGNALMAN_KILL_ROUNDS'] ?? 1);
const SEED = Number(process.env['SIGNALMAN_KILL_SEED'] ?? 1);
const PARTS = ['postgres', 'temporal', 'api', 'worker', 'sandbox', 'ostium', 'signalman'] as const;
type Part = (typeof PARTS)[number];
const WITHIN_MS = 120_000;

let folder: string;
let up: RunningUp;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signalman-up-'));
  up = await startUp(join(folder, 'state'), ['--sandbox']);
});
afterAll(async () => {
  up?.interrupt();
  await up?.ended;
  rmSync(folder, { recursive: true, force: true });
});

/** Waits until every part runs, what was killed last included, and the API reaches what it needs. */
const everythingServes = (): Promise<true> =>
  until(
    'everything to serve',
    async () => {
      const { apiUrl = '', ...run } = up.run();
      if (!processesOf(run).every(isRunning)) return undefined;
      const isReady = await fetch(new URL('/readyz', apiUrl), { signal: AbortSignal.timeout(5_000) }).then(
        ({ ok }) => ok,
        () => false,
      );
      return isReady || undefined;
    },
    WITHIN_MS,
  );

/** An agent with a funded deployment; a new one each round, since an agent's call counts once in six hours. */
async function deploy(round: number): Promise<TestDeployment> {
  const agent = await up.api.post<Agent>('/agents', {
    name: `killed ${round}`,
    barriers: { stopLoss: { pct: 5 } },
    sizeModel: { mode: 'fixedNotional', notionalUsd: '500' },
    maxDriftPct: 50,
  });
  const path = `/agents/${agent.id}/deployments`;
  const deployment = await up.api.post<Deployment>(path, { venue: 'hyperliquid', fundUsdc: '10000' });
  return { agentId: agent.id, deploymentId: deployment.id, walletAddress: deployment.walletAddress };
}

const SIGNALS = [
  {
    instrument: 'BTC',
    side: 'long',
    barriers: { stopLoss: { pct: 8 }, trailing: [{ activatesAtPct: 0, distancePct: 8 }] },
  },
  {
    instrument: 'ETH',
    side: 'short',
    barriers: { stopLoss: { pct: 8 }, takeProfits: [{ pct: 9, fraction: 1 }] },
  },
];

interface TradeRow {
  id: string;
  phase: string;
}

const tradesNow = (): Promise<TradeRow[]> => up.api.list<TradeRow>('/trades', 1_000);

async function openTrades({ agentId }: TestDeployment): Promise<void> {
  for (const signal of SIGNALS)
    await until(
      'the signal to be taken',
      // What the venues list is read in the first moments after a start.
      () =>
        up.api.post('/signals', { agentId, ...signal }).then(
          () => true,
          () => false,
        ),
      WITHIN_MS,
    );
  await until(
    'the trades to be open',
    async () => (await tradesNow()).filter(({ phase }) => phase === 'open').length === SIGNALS.length,
    WITHIN_MS,
  );
}

/** Kills a part and, unless the next one is to die meanwhile, waits until it serves again. */
async function kill(part: Part, isAwaited: boolean): Promise<void> {
  const before = up.run();
  if (part === 'signalman') {
    process.kill(before.supervisor.pid, 'SIGKILL');
    await up.ended;
    await allEnded(processesOf(before));
    up = await startUp(join(folder, 'state'), ['--sandbox']);
    return;
  }
  const pidOf = () => ({ ...up.run().services, ...up.run().roles })[part]?.pid;
  const pid = pidOf();
  if (pid === undefined) throw new Error(`${part} does not run`);
  process.kill(pid, 'SIGKILL');
  if (isAwaited) await until(`${part} to serve again`, async () => pidOf() !== pid, WITHIN_MS);
}

test(
  'every part killed in random order under open trades: all end right, the ledger matches, nothing is left running',
  async () => {
    const random = createRandom(SEED);
    for (let round = 0; round < ROUNDS; round += 1) {
      await everythingServes();
      const deployment = await deploy(round);
      await openTrades(deployment);
      for (const part of shuffled(random)) await kill(part, random.chance(0.7));
      await closeAll();
      await expectRight(deployment);
    }
    const processes = processesOf(up.run());
    up.interrupt();
    expect(await up.ended).toBe(0);
    await allEnded(processes);
    expect(findProcesses(folder)).toEqual([]);
  },
  600_000 * ROUNDS,
);

async function closeAll(): Promise<void> {
  await until(
    'all trades to be closed and billed',
    async () => {
      const trades = await tradesNow().catch(() => []);
      const live = trades.filter(({ phase }) => phase !== 'closed');
      if (trades.length > 0 && live.length === 0) return true;
      for (const { id } of live) await up.api.post(`/trades/${id}/close`, {}).catch(() => undefined);
      return false;
    },
    WITHIN_MS,
  );
}

/** Each signal became one trade, which the venue's account explains to the cent. */
async function expectRight(deployment: TestDeployment): Promise<void> {
  const { databaseUrl, sandboxUrl = '' } = up.run();
  const db = openDatabase(databaseUrl, { poolSize: 2 });
  try {
    const { deploymentId } = deployment;
    expect(await db.trade.count({ where: { deploymentId, phase: 'closed' } })).toBe(SIGNALS.length);
    await expectClean({ db, sandbox: { state: () => readSandbox(sandboxUrl) } }, deployment);
  } finally {
    await db.$disconnect();
  }
}

function shuffled({ whole }: Random): Part[] {
  const parts: Part[] = [...PARTS];
  for (let last = parts.length - 1; last > 0; last -= 1) {
    const other = whole(0, last);
    [parts[last], parts[other]] = [parts[other]!, parts[last]!];
  }
  return parts;
}
