import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RoleProcess } from '#process/role.ts';
import {
  accountOf,
  hasEvent,
  expectClean,
  startTradingSystem,
  until,
  type TradingSystem,
} from '#tests/support/trading-system.ts';

let system: TradingSystem;
let worker: RoleProcess;

beforeAll(async () => {
  system = await startTradingSystem();
  worker = await system.startWorker();
});
afterAll(() => system?.stop());

/** Steps of a trade at which the worker dies as by `kill -9`, each in a trade of its own. */
const STEPS = [
  ['entry.before_send', 'BTC', 50_000],
  ['entry.after_send', 'ETH', 3_000],
  ['entry.after_store', 'SOL', 150],
  ['entry.after_open', 'AVAX', 40],
  ['exit.after_claim', 'LINK', 20],
  ['exit.before_send', 'DOGE', 0.2],
  ['exit.after_send', 'XRP', 2],
  ['exit.after_store', 'SUI', 4],
  ['exit.flat', 'BNB', 600],
] as const;

test.each(STEPS)('killed at %s, the trade still ends right', async (step, symbol, price) => {
  system.sandbox.setPrice(symbol, price);
  const deployment = await system.deploy();
  system.crashAt(step);
  const trade = await system.signal(deployment, {
    symbol,
    barriers: { stopLoss: { pct: 5 }, trailing: [{ activatesAtPct: 0.5, distancePct: 1 }] },
  });
  const isEntryStep = step.startsWith('entry');
  if (!isEntryStep) {
    await until('the watch', hasEvent(trade, 'armed'));
    await system.call('POST', `/trades/${(await trade.reaches('open')).id}/close`, {});
  }
  const death = await until('the worker to die', () => Promise.race([worker.exited, Promise.resolve(null)]));
  expect(death).toMatchObject({ signal: 'SIGKILL' });
  worker = await system.startWorker();
  if (isEntryStep) {
    await trade.reaches('open');
    await until('the watch', hasEvent(trade, 'armed'));
    system.sandbox.setPrice(symbol, price * 0.94);
  }
  const closed = await trade.reaches('closed');
  expect(closed.exitReason).toBe(isEntryStep ? 'stop_loss' : 'force_close');
  await expectClean(system, deployment);
});

/** The worker dies at the step that was set; another takes its place. */
async function succeed(): Promise<void> {
  expect(await worker.exited).toMatchObject({ signal: 'SIGKILL' });
  worker = await system.startWorker();
}

/** Every failpoint of these legs is passed without a kill in protection-known.test.ts. */
test.each([
  ['stop.before_send', 'OP', 2],
  ['take_profit.after_send', 'NEAR', 5],
] as const)(
  'killed at %s of an entry that filled in part: both are there once',
  async (step, symbol, price) => {
    system.sandbox.setPrice(symbol, price);
    const deployment = await system.deploy();
    system.crashAt(step);
    system.sandbox.control({ type: 'fault', fault: { kind: 'partialFill', fraction: 0.5 } });
    const barriers = { stopLoss: { pct: 5 }, takeProfits: [{ pct: 10, fraction: 1 }] };
    const trade = await system.signal(deployment, { symbol, barriers });
    await succeed();
    await until('the watch', hasEvent(trade, 'armed'));
    expect(accountOf(system.sandbox.state(), deployment.walletAddress).openOrders).toBe(2);
    system.sandbox.setPrice(symbol, price * 0.94);
    expect((await trade.reaches('closed')).exitReason).toBe('stop_loss');
    await expectClean(system, deployment);
  },
);

test('killed with a move of the stop under way, the trade has the stop where the venue has it', async () => {
  system.sandbox.setPrice('AAVE', 300);
  const deployment = await system.deploy();
  const trailing = [{ activatesAtPct: 1, distancePct: 1 }];
  const trade = await system.signal(deployment, {
    symbol: 'AAVE',
    barriers: { stopLoss: { pct: 5 }, trailing },
  });
  await until('the watch', hasEvent(trade, 'armed'));
  system.crashAt('stop.after_move');
  system.sandbox.setPrice('AAVE', 315);
  await succeed();
  await until('the stop to follow', async () => Number((await trade.story())?.stopPrice) > 311);
  system.sandbox.setPrice('AAVE', 310);
  expect((await trade.reaches('closed')).exitReason).toBe('trailing_stop');
  await expectClean(system, deployment);
});

test('killed while it cancels what the closed trade leaves, nothing of it is left', async () => {
  system.sandbox.setPrice('LINK', 20);
  const deployment = await system.deploy();
  const trade = await system.signal(deployment, { symbol: 'LINK', barriers: { stopLoss: { pct: 5 } } });
  await until('the watch', hasEvent(trade, 'armed'));
  system.crashAt('cancel.before_send');
  await system.call('POST', `/trades/${(await trade.reaches('open')).id}/close`, {});
  await succeed();
  expect((await trade.reaches('closed')).exitReason).toBe('force_close');
  await expectClean(system, deployment);
});

test('prices that crossed the trail while nobody watched close the trade once somebody does', async () => {
  system.sandbox.setPrice('ARB', 1);
  const deployment = await system.deploy();
  const trade = await system.signal(deployment, {
    symbol: 'ARB',
    barriers: { stopLoss: { pct: 10 }, trailing: [{ activatesAtPct: 1, distancePct: 1 }] },
  });
  await until('the watch', hasEvent(trade, 'armed'));
  system.sandbox.setPrice('ARB', 1.05);
  await until('the stop to follow', async () => Number((await trade.story())?.stopPrice) > 1.03);
  process.kill(worker.identity.pid, 'SIGKILL');
  await worker.exited;
  system.sandbox.setPrice('ARB', 0.8);
  worker = await system.startWorker();
  const closed = await trade.reaches('closed');
  expect(closed.exitReason).toBe('trailing_stop');
  await expectClean(system, deployment);
});

test('two workers share the trades, and each trade is still opened and closed once', async () => {
  await system.startWorker();
  const symbols = ['BTC', 'ETH', 'SOL', 'AVAX'];
  const prices: Record<string, number> = { BTC: 50_000, ETH: 3_000, SOL: 150, AVAX: 40 };
  for (const symbol of symbols) system.sandbox.setPrice(symbol, prices[symbol] ?? 1);
  const deployment = await system.deploy({ maxOpenPositions: 10 });
  const trades = await Promise.all(
    symbols.map((symbol) =>
      system.signal(deployment, { symbol, side: 'short', barriers: { stopLoss: { pct: 3 } } }),
    ),
  );
  await Promise.all(trades.map((trade) => trade.reaches('open')));
  for (const symbol of symbols) system.sandbox.setPrice(symbol, (prices[symbol] ?? 1) * 1.04);
  const closed = await Promise.all(trades.map((trade) => trade.reaches('closed')));
  expect(closed.map(({ exitReason }) => exitReason)).toEqual(symbols.map(() => 'stop_loss'));
  await expectClean(system, deployment);
});
