import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RoleProcess } from '#process/role.ts';
import { expectClean, startTradingSystem, until, type TradingSystem } from '#tests/support/trading-system.ts';

let system: TradingSystem;
let worker: RoleProcess;

beforeAll(async () => {
  system = await startTradingSystem();
  worker = await system.startWorker();
});
afterAll(() => system?.stop());

test('prices that crossed the trail while nobody watched close the trade once somebody does', async () => {
  system.sandbox.setPrice('ARB', 1);
  const deployment = await system.deploy();
  const trade = await system.signal(deployment, {
    symbol: 'ARB',
    barriers: { stopLoss: { pct: 10 }, trailing: [{ activatesAtPct: 1, distancePct: 1 }] },
  });
  await trade.untilArmed();
  system.sandbox.setPrice('ARB', 1.05);
  await until('the stop to follow', async () => Number((await trade.details())?.stopPrice) > 1.03);
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
