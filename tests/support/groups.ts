import { expect } from 'vitest';
import type { Barriers } from '#domain/barriers.ts';
import { UNIVERSE } from '#sandbox/hyperliquid/market/universe.ts';
import type { KillableSystem } from './killable-system.ts';
import { accountOf, expectClean, until, type TestDeployment } from './trading-system.ts';
import type { SandboxState } from '#sandbox/hyperliquid/control/state.ts';

/** Coins that are traded with cross margin. */
const COINS = UNIVERSE.filter(({ onlyIsolated }) => !onlyIsolated).map(({ name }) => name);
const ARM_TIMEOUT_MS = 600_000;
const CLOSE_TIMEOUT_MS = 180_000;
const BOOK_TIMEOUT_MS = 600_000;
const FIGURES = 5;

/** Positions of one agent: one in each coin, in each of its deployments. */
export interface Group {
  name: string;
  agentId: string;
  deployments: TestDeployment[];
}

/** Many open positions, in groups with exits of their own. */
export interface ArmedGroups {
  groups: ReadonlyMap<string, Group>;
  positions: number;
  /** Moves every coin to the same multiple of the price it had when the groups were armed. */
  price(factor: number): Promise<void>;
  /** Groups whose positions are to be closed by now. */
  closed: Set<string>;
}

/** Opens and arms positions by real signals: `deployments` times the number of coins for each group. */
export async function armGroups(
  system: KillableSystem,
  plan: readonly { name: string; deployments: number; barriers: Barriers }[],
): Promise<ArmedGroups> {
  const { marks } = await system.sandbox.state();
  const groups = new Map<string, Group>();
  for (const { name, deployments, barriers } of plan) {
    const group = await gather(system, name, deployments);
    groups.set(name, group);
    for (const instrument of COINS)
      await call(system, '/signals', { agentId: group.agentId, instrument, side: 'long', barriers });
  }
  const positions = COINS.length * plan.reduce((total, { deployments }) => total + deployments, 0);
  await until(
    `${positions} watches`,
    async () => (await system.db.watch.count({ where: { status: 'armed' } })) === positions,
    ARM_TIMEOUT_MS,
  );
  return {
    groups,
    positions,
    closed: new Set(),
    async price(factor) {
      const prices = COINS.map((coin) => ({
        coin,
        price: Number((Number(marks[coin]) * factor).toPrecision(FIGURES)),
      }));
      await system.sandbox.control({ type: 'setPrices', prices });
    },
  };
}

/** Expects every position of one more group to be closed by one order and billed, and no position of another group. */
export async function expectOnlyClosed(
  system: KillableSystem,
  armed: ArmedGroups,
  name: string,
  reason: string,
): Promise<void> {
  const group = armed.groups.get(name);
  if (!group) throw new Error(`no group ${name}`);
  armed.closed.add(name);
  await expectClosed(system, group, reason);
  const open = [...armed.groups.values()].filter((each) => !armed.closed.has(each.name));
  for (const { deployments } of open) await expectOpen(system, deployments);
}

async function gather(system: KillableSystem, name: string, count: number): Promise<Group> {
  const agent = await call(system, '/agents', {
    name,
    sizeModel: { mode: 'fixedNotional', notionalUsd: '100' },
    maxDriftPct: 50,
    profitShare: 'per_trade',
  });
  const deployments: TestDeployment[] = [];
  for (let made = 0; made < count; made += 1) {
    const { id, walletAddress } = await call(system, `/agents/${agent.id}/deployments`, {
      maxNotionalUsd: '1000',
      maxOpenPositions: COINS.length,
      fundUsdc: '10000',
    });
    deployments.push({ agentId: agent.id, deploymentId: id, walletAddress });
  }
  return { name, agentId: agent.id, deployments };
}

async function call(system: KillableSystem, url: string, body: object) {
  const answer = await system.call('POST', url, body);
  if (answer.status >= 300) throw new Error(`POST ${url} answered ${answer.status}: ${answer.text}`);
  return answer.body;
}

async function expectClosed(system: KillableSystem, group: Group, reason: string): Promise<void> {
  const { db } = system;
  const inGroup = { deploymentId: { in: group.deployments.map(({ deploymentId }) => deploymentId) } };
  const count = group.deployments.length * COINS.length;
  await until(
    `${count} closed trades of ${group.name}`,
    async () =>
      (await db.trade.count({ where: { ...inGroup, phase: 'closed', billingEvents: { some: {} } } })) ===
      count,
    CLOSE_TIMEOUT_MS,
  );
  const byReason = await db.trade.groupBy({ by: ['exitReason'], where: inGroup, _count: true });
  expect(byReason).toEqual([{ exitReason: reason, _count: count }]);
  const closing = { leg: { in: ['exit' as const, 'stop' as const] }, status: 'filled' as const };
  const orders = await db.order.groupBy({
    by: ['tradeId'],
    where: { ...closing, trade: inGroup },
    _count: true,
  });
  expect(orders.map(({ _count }) => _count)).toEqual(Array(count).fill(1));
  for (const deployment of group.deployments) await expectClean(system, deployment);
}

/** Expects positions to be open, with the entry as their only fill in the database and at the venue. */
async function expectOpen(system: KillableSystem, deployments: readonly TestDeployment[]): Promise<void> {
  const ids = deployments.map(({ deploymentId }) => deploymentId);
  const trades = await system.db.trade.findMany({
    where: { deploymentId: { in: ids } },
    select: { phase: true, entrySize: true, remainingSize: true },
  });
  expect(trades).toHaveLength(deployments.length * COINS.length);
  expect(trades.filter(({ phase }) => phase !== 'open')).toEqual([]);
  expect(trades.filter((trade) => Number(trade.remainingSize) !== Number(trade.entrySize))).toEqual([]);
  const state = await system.sandbox.state();
  for (const { walletAddress } of deployments)
    expect(accountOf(state, walletAddress).openOrders).toBe(COINS.length);
  // Accounts past those that the venue streams are asked for their fills in turns.
  for (const deployment of deployments)
    await until('every fill in the books', () => isBooked(system, deployment, state), BOOK_TIMEOUT_MS);
}

async function isBooked(
  { db }: KillableSystem,
  { deploymentId, walletAddress }: TestDeployment,
  state: SandboxState,
): Promise<boolean> {
  const booked = await db.fill.count({ where: { trade: { deploymentId } } });
  return booked === accountOf(state, walletAddress).fills;
}
