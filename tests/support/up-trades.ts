import { expect } from 'vitest';
import type { Agent } from '#api/schemas/agent.ts';
import type { Deployment } from '#api/schemas/deployment.ts';
import { readSandbox } from '#demo/sandbox-client.ts';
import { openDatabase } from '#prisma/client.ts';
import { isRunning } from '#process/identity.ts';
import { processesOf, type RunningUp } from './running-up.ts';
import { expectClean, until, type TestDeployment } from './trading-system.ts';

const WITHIN_MS = 120_000;

/** Waits until every part runs and the API reaches what it needs; else throws what did not. */
export async function everythingServes(up: RunningUp): Promise<void> {
  let missing: string | null = null;
  const serves = async (): Promise<boolean> => (missing = await findMissing(up)) === null;
  await until('everything to serve', serves, WITHIN_MS).catch((error: unknown) => {
    throw new Error(`${missing}\n${up.told().slice(-5_000)}`, { cause: error });
  });
}

/** Returns what does not serve yet; null when all does. */
async function findMissing(up: RunningUp): Promise<string | null> {
  const { apiUrl = '', ...run } = up.run();
  const dead = processesOf(run).filter((each) => !isRunning(each));
  if (dead.length > 0) return `not running: ${JSON.stringify({ dead, run })}`;
  return fetch(new URL('/readyz', apiUrl), { signal: AbortSignal.timeout(5_000) }).then(
    async (response) => (response.ok ? null : response.text()),
    String,
  );
}

/** An agent of this name with a funded deployment. An agent's call counts once in six hours. */
export async function deployUnder({ api }: RunningUp, name: string): Promise<TestDeployment> {
  const agent = await api.post<Agent>('/agents', {
    name,
    barriers: { stopLoss: { pct: 5 } },
    sizeModel: { mode: 'fixedNotional', notionalUsd: '500' },
    maxDriftPct: 50,
  });
  const path = `/agents/${agent.id}/deployments`;
  const deployment = await api.post<Deployment>(path, { venue: 'hyperliquid', fundUsdc: '10000' });
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

const tradesNow = ({ api }: RunningUp): Promise<TradeRow[]> => api.list<TradeRow>('/trades', 1_000);

/** Opens a trailed long and a short with a target, and waits until both are open. */
export async function openTrades(up: RunningUp, { agentId }: TestDeployment): Promise<void> {
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
    async () => (await tradesNow(up)).filter(({ phase }) => phase === 'open').length === SIGNALS.length,
    WITHIN_MS,
  );
}

/** Closes every trade, as often as the API or Temporal is away, and waits until all are billed. */
export async function closeTrades(up: RunningUp): Promise<void> {
  await until(
    'all trades to be closed and billed',
    async () => {
      const trades = await tradesNow(up).catch(() => []);
      const live = trades.filter(({ phase }) => phase !== 'closed');
      if (trades.length > 0 && live.length === 0) return true;
      for (const { id } of live) await up.api.post(`/trades/${id}/close`, {}).catch(() => undefined);
      return false;
    },
    WITHIN_MS,
  );
}

/** Each signal became one trade, which the venue's account explains to the cent. */
export async function expectRight(up: RunningUp, deployment: TestDeployment): Promise<void> {
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
