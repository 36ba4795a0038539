import { id as topicOf, JsonRpcProvider } from 'ethers';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startOstiumSandbox, type OstiumSandbox } from '#sandbox/ostium/server.ts';
import {
  startTradingSystem,
  until,
  type TestDeployment,
  type TestTrade,
  type TradingSystem,
} from '../support/trading-system.ts';

/** What only Hyperliquid lists. */
const SYMBOL = 'HYPE';
const WORKERS = 3;
const DEPLOYMENTS = 9;
/** Within so long after its answer a brake holds in every process. */
const HOLDS_WITHIN_MS = 1_000;

let ostium: OstiumSandbox;
let system: TradingSystem;

beforeAll(async () => {
  ostium = await startOstiumSandbox();
  ostium.control.setPrice('EUR-USD', '1.1', '0.0001');
  system = await startTradingSystem({ ostium });
  system.sandbox.setPrice(SYMBOL, 40);
  await Promise.all(Array.from({ length: WORKERS }, () => system.startWorker()));
  await until('the instruments of both venues', async () => {
    const where = { symbol: { in: [SYMBOL, 'EUR-USD'] } };
    return (await system.db.instrument.count({ where })) >= 2;
  });
}, 90_000);
afterEach(async () => {
  const { body } = await system.call('GET', '/brakes?inForce=true');
  for (const { id } of body.items) await system.call('POST', `/brakes/${id}/release`);
});
afterAll(async () => {
  await system?.stop();
  await ostium?.stop();
});

/** Returns the times at which entries of wallets reached Hyperliquid, epoch ms. */
function entriesAt(sinceMs: number, wallets: ReadonlySet<string>): number[] {
  return system.sandbox
    .orderLog({ action: 'order', sinceMs })
    .filter(({ user, request }) => wallets.has(user ?? '') && JSON.stringify(request).includes('"r":false'))
    .map(({ receivedAt }) => receivedAt);
}

/** Returns the times of the blocks in which entries were asked for at Ostium since one, epoch ms. */
async function ostiumEntriesAt(fromBlock: number): Promise<number[]> {
  const provider = new JsonRpcProvider(ostium.rpcUrl);
  const topic = topicOf('MarketOpenOrderInitiated(uint256,address,uint16)');
  const logs = await provider.getLogs({ address: ostium.contracts.trading, topics: [topic], fromBlock });
  const blocks = await Promise.all(logs.map(({ blockNumber }) => provider.getBlock(blockNumber)));
  provider.destroy();
  return blocks.map((block) => Number(block?.timestamp) * 1_000);
}

/** Posts a signal in every deployment, and sets the brake in the midst of it. Returns when its answer came. */
async function brakeInABurst(
  deployments: readonly TestDeployment[],
  target: object,
  symbol: string,
): Promise<{ trades: TestTrade[]; answeredAt: number }> {
  const posted = deployments.map((each) =>
    system.signal(each, { symbol, barriers: { stopLoss: { pct: 2 } } }),
  );
  await posted[2];
  const set = await system.call('POST', '/brakes', { ...target, reason: 'a drill' });
  expect(set.status).toBe(201);
  const answeredAt = Date.now();
  return { trades: await Promise.all(posted), answeredAt };
}

/** Processes that have carried trades of this file on. */
const processes = new Set<string>();

/** Returns the processes whose workers have carried workflows of the trades on, by pid. */
async function processesOf(trades: readonly TestTrade[]): Promise<Set<string>> {
  const histories = await Promise.all(
    trades.map(({ workflowId }) => system.temporal.workflow.getHandle(workflowId).fetchHistory()),
  );
  const identities = histories.flatMap(({ events }) =>
    (events ?? []).flatMap((event) => event.workflowTaskCompletedEventAttributes?.identity ?? []),
  );
  return new Set(identities);
}

const phasesOf = async (trades: readonly TestTrade[]): Promise<string[]> =>
  Promise.all(
    trades.map(async (trade) => {
      const { phase, refusal } = await trade.reaches('open', 'skipped');
      return refusal?.code ?? phase;
    }),
  );

const CODES: Record<string, string> = { 'at the venue': 'no_venue' };

test.each<[string, (first: TestDeployment) => object, number]>([
  ['everywhere', () => ({}), DEPLOYMENTS],
  ['at the venue', () => ({ venue: 'hyperliquid' }), DEPLOYMENTS],
  ['of one agent', ({ agentId }) => ({ agentId }), 1],
  ['of one deployment', ({ deploymentId }) => ({ deploymentId }), 1],
])('a brake %s holds within a second in every process', async (where, targetOf, held) => {
  const deployments = await Promise.all(Array.from({ length: DEPLOYMENTS }, () => system.deploy()));
  const since = Date.now();
  const braked = deployments.toReversed().slice(0, held);
  const { trades, answeredAt } = await brakeInABurst(deployments, targetOf(braked[0]!), SYMBOL);
  const phases = await phasesOf(trades);
  const isHeld = (index: number): boolean => braked.includes(deployments[index]!);
  const codes = new Set(phases.filter((_phase, index) => isHeld(index)));
  codes.delete('open');
  expect([...codes].filter((code) => !/braked/.test(code) && code !== CODES[where])).toEqual([]);
  expect(phases.filter((phase, index) => !isHeld(index) && phase !== 'open')).toEqual([]);
  const wallets = new Set(braked.map(({ walletAddress }) => walletAddress));
  const entries = entriesAt(since, wallets);
  expect(entries).toHaveLength(phases.filter((phase, index) => isHeld(index) && phase === 'open').length);
  expect(entries.filter((at) => at > answeredAt + HOLDS_WITHIN_MS)).toEqual([]);
  // A later signal is refused, whichever process takes it.
  const later = await Promise.all(
    braked.map((each) =>
      system.signal(each, { symbol: SYMBOL, side: 'short', barriers: { stopLoss: { pct: 2 } } }),
    ),
  );
  expect((await phasesOf(later)).filter((phase) => phase === 'open')).toEqual([]);
  for (const identity of await processesOf([...trades, ...later])) processes.add(identity);
});

async function blockNow(): Promise<number> {
  const provider = new JsonRpcProvider(ostium.rpcUrl);
  const block = await provider.getBlockNumber();
  provider.destroy();
  return block;
}

test('a brake at Ostium holds within a second in every process, and lets what was sent stay', async () => {
  const deployments = await Promise.all(Array.from({ length: DEPLOYMENTS }, () => system.deploy()));
  const before = await blockNow();
  const { trades, answeredAt } = await brakeInABurst(deployments, { venue: 'ostium' }, 'EUR-USD');
  const phases = await phasesOf(trades);
  const entries = await ostiumEntriesAt(before + 1);
  expect(entries).toHaveLength(phases.filter((phase) => phase === 'open').length);
  // Blocks know whole seconds only.
  expect(entries.filter((at) => at > answeredAt + HOLDS_WITHIN_MS)).toEqual([]);
  const open = await Promise.all(trades.map((trade) => trade.details()));
  expect(open.filter((trade) => trade?.phase === 'open' && trade.stopPrice === null)).toEqual([]);
});

test('several processes have carried these trades on', () => {
  expect(processes.size).toBeGreaterThan(1);
});
