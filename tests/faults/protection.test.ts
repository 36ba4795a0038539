import { expect, test } from 'vitest';
import type { Fault } from '#sandbox/hyperliquid/exchange/faults.ts';
import { clientOrderId } from '#venues/hyperliquid/orders/client-order-id.ts';
import { byHand } from '#tests/support/by-hand.ts';
import {
  expectClean,
  until,
  type TestDeployment,
  type TestTrade,
  type TradingSystem,
} from '#tests/support/trading-system.ts';
import { useTradingSystem } from '#tests/support/use-trading-system.ts';

let system: TradingSystem;

useTradingSystem((started) => (system = started));

const fail = (fault: Fault) => system.sandbox.control({ type: 'fault', fault });
const barriers = { stopLoss: { pct: 4 }, takeProfits: [{ pct: 6, fraction: 1 }] };

/** An entry that fills in half, so that its attached stop falls, and whose own stop the venue refuses so many times. */
async function enterWithRefusedStop(
  symbol: string,
  price: number,
  error: string,
  times: number,
): Promise<{ deployment: TestDeployment; trade: TestTrade }> {
  system.sandbox.setPrice(symbol, price);
  const deployment = await system.deploy();
  fail({ kind: 'partialFill', fraction: 0.5 });
  fail({ kind: 'delay', ms: 1_000, action: 'order' });
  const trade = await system.signal(deployment, { symbol, barriers });
  const { id } = await until('the entry', async () => {
    const details = await trade.details();
    return details?.orders.some(({ leg }) => leg === 'entry') ? details : null;
  });
  for (let revision = 1; revision <= times; revision += 1)
    fail({ kind: 'refuse', error, cloid: clientOrderId(id, 'stop', 0, revision) });
  return { deployment, trade };
}

test('a stop refused for a reason that passes is asked for again, and the time without it is an alarm', async () => {
  const words = 'Order price cannot be more than 95% away from the reference price';
  const { deployment, trade } = await enterWithRefusedStop('ETH', 3_000, words, 5);
  await trade.untilArmed();
  const open = await trade.reaches('open');
  expect(Number(open.stopPrice)).toBeLessThan(3_000);
  expect(open.orders.filter(({ leg, status }) => leg === 'stop' && status === 'resting')).toHaveLength(1);
  expect(open.unprotectedMs).toBeGreaterThan(500);
  expect(open.events.find(({ type }) => type === 'unprotected')?.text).toContain('without a stop');
  system.sandbox.setPrice('ETH', 2_800);
  expect((await trade.reaches('closed')).exitReason).toBe('stop_loss');
  await expectClean(system, deployment);
});

test('a stop refused for its size is asked for at the size the venue has', async () => {
  const words = 'Reduce only order would increase position. asset=0';
  const { deployment, trade } = await enterWithRefusedStop('SOL', 150, words, 2);
  await trade.untilArmed();
  const { orders, remainingSize } = await trade.reaches('open');
  const stop = orders.find(({ leg, status }) => leg === 'stop' && status === 'resting');
  expect(stop?.size).toBe(remainingSize);
  system.sandbox.setPrice('SOL', 140);
  expect((await trade.reaches('closed')).exitReason).toBe('stop_loss');
  await expectClean(system, deployment);
});

test('a stop that is refused without end leaves no position behind', async () => {
  const { deployment, trade } = await enterWithRefusedStop('AVAX', 40, 'Words that nobody has seen yet', 40);
  const closed = await trade.reaches('closed');
  expect(closed.exitReason).toBe('emergency');
  expect(closed.unprotectedMs).toBeGreaterThan(0);
  await expectClean(system, deployment);
});

test('a venue that refuses every move of a stop keeps the one that rests; the trail still closes where it should', async () => {
  system.sandbox.setPrice('LINK', 20);
  const deployment = await system.deploy();
  const trade = await system.signal(deployment, {
    symbol: 'LINK',
    barriers: { stopLoss: { pct: 8 }, trailing: [{ activatesAtPct: 1, distancePct: 1 }] },
  });
  await trade.untilArmed();
  const before = (await trade.reaches('open')).stopPrice;
  fail({ kind: 'refuse', error: 'Too many cumulative requests sent', action: 'modify', durationMs: 60_000 });
  for (const price of [20.5, 21, 21.5, 22]) system.sandbox.setPrice('LINK', price);
  await until('a refused move', async () =>
    JSON.stringify(system.sandbox.control({ type: 'orderLog' })).includes('Too many cumulative'),
  );
  const open = await trade.reaches('open');
  expect(open.stopPrice).toBe(before);
  expect(open.orders.filter(({ leg, status }) => leg === 'stop' && status === 'resting')).toHaveLength(1);
  system.sandbox.setPrice('LINK', 21.7);
  const closed = await trade.reaches('closed');
  expect(closed.exitReason).toBe('trailing_stop');
  expect(Number(closed.exitPrice)).toBeGreaterThan(21.6);
  await expectClean(system, deployment);
});

test('a stop whose moves were refused follows as soon as they are taken again', async () => {
  system.sandbox.setPrice('XRP', 2);
  const deployment = await system.deploy();
  const trade = await system.signal(deployment, {
    symbol: 'XRP',
    barriers: { stopLoss: { pct: 8 }, trailing: [{ activatesAtPct: 1, distancePct: 1 }] },
  });
  await trade.untilArmed();
  fail({ kind: 'refuse', error: 'Too many cumulative requests sent', action: 'modify', durationMs: 3_000 });
  system.sandbox.setPrice('XRP', 2.2);
  await until('the stop to follow', async () => Number((await trade.details())?.stopPrice) > 2.17);
  system.sandbox.setPrice('XRP', 2.1);
  expect((await trade.reaches('closed')).exitReason).toBe('trailing_stop');
  await expectClean(system, deployment);
});

test('what is left is closed where the price is through break-even before the stop could be moved there', async () => {
  system.sandbox.setPrice('DOGE', 0.2);
  const deployment = await system.deploy();
  const trade = await system.signal(deployment, {
    symbol: 'DOGE',
    barriers: {
      stopLoss: { pct: 8 },
      takeProfits: [{ pct: 2, fraction: 0.5 }],
      breakEven: { afterTakeProfit: 1, offsetPct: 5 },
    },
  });
  await trade.untilArmed();
  system.sandbox.setPrice('DOGE', 0.205);
  const closed = await trade.reaches('closed');
  expect(closed.exitReason).toBe('break_even');
  expect(
    closed.orders.filter(({ leg, status }) => leg === 'take_profit' && status === 'filled'),
  ).toHaveLength(1);
  await expectClean(system, deployment);
});

test('a move that jumps over stop and target at once ends the trade once, at the venue', async () => {
  system.sandbox.setPrice('ARB', 1);
  const deployment = await system.deploy();
  const trade = await system.signal(deployment, { symbol: 'ARB', barriers });
  await trade.untilArmed();
  system.sandbox.setPrice('ARB', 0.8);
  system.sandbox.setPrice('ARB', 1.3);
  expect((await trade.reaches('closed')).exitReason).toBe('stop_loss');
  await expectClean(system, deployment);
});

test('fills of the owner within the same millisecond are booked once each, early and twice told ones too', async () => {
  system.sandbox.setPrice('OP', 2);
  const deployment = await system.deploy();
  const trade = await system.signal(deployment, { symbol: 'OP', barriers });
  await trade.untilArmed();
  const hand = await byHand(system, deployment);
  await Promise.all([hand.sell('OP', '50', 1.98), hand.sell('OP', '50', 1.98), hand.sell('OP', '50', 1.98)]);
  system.sandbox.control({ type: 'dropSockets' });
  await until('the fills', async () => Number((await trade.details())?.remainingSize) === 350);
  system.sandbox.setPrice('OP', 1.9);
  expect((await trade.reaches('closed')).exitReason).toBe('stop_loss');
  await expectClean(system, deployment);
});
