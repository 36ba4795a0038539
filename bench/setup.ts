import type { ApiClient } from '#api/client.ts';
import type { Barriers } from '#domain/barriers.ts';
import type { Side } from '#domain/ids.ts';
import type { Database } from '#prisma/client.ts';
import { UNIVERSE } from '#sandbox/hyperliquid/market/universe.ts';
import { until } from './until.ts';

/** Coins that are traded with cross margin at the venue's own leverage: no order but the entry goes out. */
export const COINS = UNIVERSE.filter(({ onlyIsolated }) => !onlyIsolated).map(({ name }) => name);

/** A call that has not been made yet: an agent makes each one only once in six hours. */
export interface Call {
  agentId: string;
  accountId: string;
  coin: string;
  side: Side;
}

const FUNDS_USDC = '100000';
const ENTRY_USD = '1000';
const ARMED_USD = '100';
/** Far enough to stay out of whatever the benchmark does to prices. */
const FAR: Barriers = { stopLoss: { pct: 30 } };
/** For an agent whose trades have the exits of their calls and no others. */
const NO_EXITS = { takeProfits: null, breakEven: null, trailing: null };
const ARM_TIMEOUT_MS = 600_000;

/** Every caller has a name of its own, however often calls are made. */
let callers = 0;

/** Makes agents of one deployment each until there are `count` calls to make, each in an account with no other trade in its coin. */
export async function makeCalls(api: ApiClient, count: number): Promise<Call[]> {
  const calls: Call[] = [];
  while (calls.length < count) {
    const agentId = await makeAgent(api, `caller ${(callers += 1)}`, ENTRY_USD);
    const accountId = await deploy(api, agentId);
    for (const side of ['long', 'short'] as const)
      calls.push(...COINS.map((coin) => ({ agentId, accountId, coin, side })));
  }
  return calls;
}

/**
 * Opens at least `count` longs over all coins, which stay on watch unless an option says otherwise. Returns their
 * number.
 */
export async function armTrades(
  api: ApiClient,
  db: Database,
  count: number,
  barriers: Barriers = FAR,
): Promise<number> {
  if (count === 0) return 0;
  const deployments = Math.ceil(count / COINS.length);
  await postCalls(api, await makeSubscribers(api, deployments), barriers);
  const wanted = deployments * COINS.length;
  await untilArmed(db, wanted);
  return wanted;
}

/** Makes an agent with this many deployments; returns its id. */
export async function makeSubscribers(api: ApiClient, deployments: number): Promise<string> {
  const agentId = await makeAgent(api, `bystander ${(callers += 1)}`, ARMED_USD);
  for (let made = 0; made < deployments; made += 1) await deploy(api, agentId);
  return agentId;
}

/** A long in every coin. */
export async function postCalls(api: ApiClient, agentId: string, barriers: Barriers = FAR): Promise<void> {
  for (const instrument of COINS) await api.post('/signals', { agentId, instrument, side: 'long', barriers });
}

export const untilArmed = (db: Database, wanted: number): Promise<true> =>
  until(`${wanted} trades on watch`, ARM_TIMEOUT_MS, 250, async () =>
    (await db.watch.count({ where: { status: 'armed' } })) >= wanted ? true : null,
  );

async function makeAgent(api: ApiClient, name: string, notionalUsd: string): Promise<string> {
  const agent = await api.post<{ id: string }>('/agents', {
    name,
    sizeModel: { mode: 'fixedNotional', notionalUsd },
    maxDriftPct: 50,
    barriers: NO_EXITS,
  });
  return agent.id;
}

async function deploy(api: ApiClient, agentId: string): Promise<string> {
  const deployment = await api.post<{ walletAddress: string }>(`/agents/${agentId}/deployments`, {
    maxNotionalUsd: '5000',
    maxOpenPositions: 100,
    fundUsdc: FUNDS_USDC,
  });
  return deployment.walletAddress.toLowerCase();
}
