import { expect, test } from 'vitest';
import type { Fault } from '#sandbox/hyperliquid/exchange/faults.ts';
import { clientOrderId } from '#venues/hyperliquid/orders/client-order-id.ts';
import { expectClean, signalFanOutAgain, until, type TradingSystem } from '#tests/support/trading-system.ts';
import { useTradingSystem } from '#tests/support/use-trading-system.ts';

let system: TradingSystem;

useTradingSystem((started) => (system = started));

const fail = (fault: Fault) => system.sandbox.control({ type: 'fault', fault });
const barriers = { stopLoss: { pct: 4 }, takeProfits: [{ pct: 6, fraction: 1 }] };
const TRAIL = { stopLoss: { pct: 8 }, trailing: [{ activatesAtPct: 1, distancePct: 1 }] };
const A_MINUTE_MS = 60_000;

/** Every way an answer to the entry can be lost, in an instrument of its own. */
const LOST_ENTRIES: [string, string, number, Fault][] = [
  ['lost after the venue accepted', 'BTC', 50_000, { kind: 'loseAnswer', action: 'order' }],
  ['lost before the venue read it', 'ETH', 3_000, { kind: 'loseRequest', action: 'order' }],
  ['a 502 after nothing happened', 'SOL', 150, { kind: 'http', status: 502, action: 'order' }],
  ['a 429', 'AVAX', 40, { kind: 'http', status: 429, action: 'order' }],
];

test.each(LOST_ENTRIES)('an entry whose answer is %s is opened once', async (_how, symbol, price, fault) => {
  system.sandbox.setPrice(symbol, price);
  const deployment = await system.deploy();
  fail(fault);
  const trade = await system.signal(deployment, { symbol, barriers });
  const open = await trade.reaches('open');
  expect(open.stopPrice).not.toBeNull();
  system.sandbox.setPrice(symbol, price * 0.95);
  expect((await trade.reaches('closed')).exitReason).toBe('stop_loss');
  await expectClean(system, deployment);
});

test('a close whose answer is lost is sent once', async () => {
  system.sandbox.setPrice('LINK', 20);
  const deployment = await system.deploy();
  const trade = await system.signal(deployment, { symbol: 'LINK', barriers });
  const { id } = await trade.reaches('open');
  await trade.untilArmed();
  fail({ kind: 'loseAnswer', action: 'order' });
  await system.call('POST', `/trades/${id}/close`, {});
  expect((await trade.reaches('closed')).exitReason).toBe('force_close');
  await expectClean(system, deployment);
});

test('a stop whose move goes unanswered is neither lost nor doubled', async () => {
  system.sandbox.setPrice('XRP', 2);
  const deployment = await system.deploy();
  const trade = await system.signal(deployment, {
    symbol: 'XRP',
    barriers: TRAIL,
  });
  await trade.reaches('open');
  await trade.untilArmed();
  fail({ kind: 'loseAnswer', action: 'modify' });
  system.sandbox.setPrice('XRP', 2.1);
  await until('the stop to follow', async () => Number((await trade.details())?.stopPrice) > 2.05);
  system.sandbox.setPrice('XRP', 2.0);
  expect((await trade.reaches('closed')).exitReason).toBe('trailing_stop');
  await expectClean(system, deployment);
});

test('a venue that answers 5xx for a minute: stops hold, a crossed trail closes once, nothing is opened blindly', async () => {
  const prices = { DOGE: 0.2, ARB: 1, OP: 2 };
  for (const [symbol, price] of Object.entries(prices)) system.sandbox.setPrice(symbol, price);
  const deployment = await system.deploy();
  const stopped = await system.signal(deployment, { symbol: 'DOGE', barriers });
  const trailed = await system.signal(deployment, { symbol: 'ARB', barriers: TRAIL });
  await Promise.all([stopped, trailed].map((trade) => trade.untilArmed()));

  const isOverAt = Date.now() + A_MINUTE_MS;
  fail({ kind: 'http', status: 503, durationMs: A_MINUTE_MS });
  system.sandbox.setPrice('DOGE', 0.19);
  for (const price of [1.05, 1.02]) system.sandbox.setPrice('ARB', price);
  const late = await system.signal(deployment, { symbol: 'OP', barriers });
  expect((await late.reaches('skipped')).refusal?.code).toBe('venue_unhealthy');

  await until('the venue to be back', async () => Date.now() >= isOverAt, 2 * A_MINUTE_MS);
  const ends = await Promise.all([stopped, trailed].map((trade) => trade.reaches('closed')));
  expect(ends.map(({ exitReason }) => exitReason)).toEqual(['stop_loss', 'trailing_stop']);
  await expectClean(system, deployment);
}, 180_000);

test('dropped sockets cost no exit: the stream comes back and what happened meanwhile is asked for', async () => {
  system.sandbox.setPrice('SUI', 4);
  const deployment = await system.deploy();
  const trade = await system.signal(deployment, {
    symbol: 'SUI',
    barriers: TRAIL,
  });
  await trade.reaches('open');
  await trade.untilArmed();
  system.sandbox.setPrice('SUI', 4.2);
  await until('the stop to follow', async () => Number((await trade.details())?.stopPrice) > 4.1);
  system.sandbox.control({ type: 'dropSockets' });
  system.sandbox.setPrice('SUI', 3.9);
  expect((await trade.reaches('closed')).exitReason).toBe('trailing_stop');
  await expectClean(system, deployment);
});

test('a venue that refuses every stop gets no position: it is closed at once, and says why', async () => {
  system.sandbox.setPrice('BNB', 600);
  const deployment = await system.deploy();
  // The attached children fall with the partial fill; the answer is held back until all stops are to be refused.
  fail({ kind: 'partialFill', fraction: 0.5 });
  fail({ kind: 'delay', ms: 1_000, action: 'order' });
  const trade = await system.signal(deployment, { symbol: 'BNB', barriers });
  const { id } = await until('the entry', async () => {
    const details = await trade.details();
    return details?.orders.some(({ leg }) => leg === 'entry') ? details : null;
  });
  for (const revision of [1, 2, 3, 4, 5, 6, 7, 8]) {
    fail({ kind: 'refuse', error: 'Invalid TP/SL price.', cloid: clientOrderId(id, 'stop', 0, revision) });
  }
  const closed = await trade.reaches('closed');
  expect(closed.exitReason).toBe('emergency');
  expect(closed.events.map(({ type }) => type)).toContain('stop_refused');
  expect(closed.unprotectedMs).toBeGreaterThan(0);
  await expectClean(system, deployment);
});

test('the same signal delivered twice makes one trade', async () => {
  system.sandbox.setPrice('ARB', 1);
  const deployment = await system.deploy();
  const trade = await system.signal(deployment, { symbol: 'ARB', barriers });
  await trade.reaches('open');
  await signalFanOutAgain(system, trade.signalId);
  const again = await system.call('POST', '/signals', {
    agentId: deployment.agentId,
    instrument: 'ARB',
    side: 'long',
    barriers,
  });
  expect(again.body).toMatchObject({ created: false, signalId: trade.signalId });
  system.sandbox.setPrice('ARB', 0.95);
  await trade.reaches('closed');
  await expectClean(system, deployment);
});
