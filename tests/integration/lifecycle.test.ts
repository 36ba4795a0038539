import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTradingSystem, type TradingSystem } from '#tests/support/trading-system.ts';

let system: TradingSystem;

beforeAll(async () => {
  system = await startTradingSystem();
  await system.startWorker();
});
afterAll(() => system?.stop());

test('a signal becomes a protected position that its stop closes and bills', async () => {
  system.sandbox.setPrice('BTC', 50_000);
  const deployment = await system.deploy();
  const trade = await system.signal(deployment, { barriers: { stopLoss: { pct: 2 } } });
  const open = await trade.reaches('open');
  expect(open.stopPrice).not.toBeNull();
  system.sandbox.setPrice('BTC', 48_900);
  const closed = await trade.reaches('closed');
  expect(closed.exitReason).toBe('stop_loss');
  console.log(JSON.stringify(closed, null, 1));
});
