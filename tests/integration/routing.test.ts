import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { asId, type TradeId, type VenueName } from '#domain/ids.ts';
import { saveDecision } from '#prisma/repositories/routing-decisions.ts';
import { saveRules } from '#prisma/repositories/routing.ts';
import { summariseRouting } from '#prisma/repositories/routing-decisions.ts';
import { storeVenueStatus } from '#prisma/repositories/venue-status.ts';
import {
  startRoutingHarness,
  type HarnessDeployment,
  type HarnessSignal,
  type RoutingHarness,
} from '../support/routing-harness.ts';
import { accountOf } from '../support/trading-system.ts';

let harness: RoutingHarness;
let both: HarnessDeployment;
beforeAll(async () => {
  harness = await startRoutingHarness();
});
afterAll(() => harness?.stop());

beforeEach(async () => {
  for (const venue of ['hyperliquid', 'ostium'] as const) {
    harness.sandboxes[venue].setPrice('BTC', 50_000);
    harness.sandboxes[venue].setPrice('ETH', 3_000);
    harness.close(venue);
  }
  await harness.db.routingConfig.deleteMany();
  harness.list('hyperliquid', 'BTC', 'ETH');
  harness.list('ostium', 'BTC', 'ETH', 'SOL');
  await harness.refresh();
  both = await harness.deploy({ hyperliquid: '10000', ostium: '10000' });
  harness.asked.length = 0;
});
afterEach(() => {
  harness.dieAt.clear();
  for (const sandbox of Object.values(harness.sandboxes)) sandbox.control({ type: 'clearFaults' });
});

const goDown = (venue: VenueName) =>
  void harness.sandboxes[venue].control({
    type: 'fault',
    fault: { kind: 'loseRequest', durationMs: 60_000 },
  });
const goSilent = (venue: VenueName) =>
  void harness.sandboxes[venue].control({
    type: 'fault',
    fault: { kind: 'delay', ms: 1_500, action: 'info', durationMs: 60_000 },
  });

/** The venue a signal went to, and the codes of those that refused. */
async function routed(signal: HarnessSignal) {
  const decision = await harness.decision(signal);
  return [decision?.venue, ...(decision?.refusals ?? []).map(({ venue, code }) => `${venue} ${code}`)];
}
/** Fills of a deployment at both venues. */
const fills = ({ walletAddress }: HarnessDeployment): number[] =>
  Object.values(harness.sandboxes).map((sandbox) => accountOf(sandbox.state(), walletAddress).fills);

test('the first venue in order takes the signal, and the second is not even asked', async () => {
  const signal = await harness.signal(both, {});
  expect(await harness.enter(signal)).toMatchObject({ venue: 'hyperliquid', entry: { outcome: 'opened' } });
  expect(await routed(signal)).toEqual(['hyperliquid']);
  expect(harness.asked).toEqual([
    { venue: 'hyperliquid', what: 'prices' },
    { venue: 'hyperliquid', what: 'account' },
  ]);
  expect(fills(both)).toEqual([1, 0]);
});

test.each<[string, string, string, () => void]>([
  ['never listed the instrument', 'SOL', 'unknown_instrument', () => undefined],
  ['has delisted it', 'BTC', 'not_tradable', () => harness.list('hyperliquid', 'ETH')],
  ['is closed', 'BTC', 'market_closed', () => harness.close('hyperliquid', 'BTC')],
  ['is down', 'BTC', 'venue_unhealthy', () => goDown('hyperliquid')],
])('a venue that %s passes %s on: %s', async (_how, symbol, code, happen) => {
  harness.sandboxes.ostium.setPrice('SOL', 150);
  happen();
  if (code === 'not_tradable') await harness.refresh();
  const signal = await harness.signal(both, { symbol });
  expect(await harness.enter(signal)).toMatchObject({ venue: 'ostium', entry: { outcome: 'opened' } });
  expect(await routed(signal)).toEqual(['ostium', `hyperliquid ${code}`]);
  expect(fills(both)).toEqual([0, 1]);
});

test('so do one without funds for it, and one without a key', async () => {
  const poor = await harness.deploy({ hyperliquid: '5', ostium: '10000' });
  const tooLittle = await harness.signal(poor, {});
  expect(await harness.enter(tooLittle)).toMatchObject({ venue: 'ostium', entry: { outcome: 'opened' } });
  expect(await routed(tooLittle)).toEqual(['ostium', 'hyperliquid no_margin']);
  const keyless = await harness.deploy({ ostium: '10000' });
  const unsigned = await harness.signal(keyless, {});
  expect(await harness.enter(unsigned)).toMatchObject({ venue: 'ostium' });
  expect(await routed(unsigned)).toEqual(['ostium', 'hyperliquid no_trading_key']);
});

test('one that was down at the last check is not waited for', async () => {
  const checked = { latencyMs: null, openMarkets: null, pricedAt: null, checkedAt: Date.now() };
  await storeVenueStatus(harness.db, {
    venue: 'hyperliquid',
    health: 'down',
    detail: 'no answer',
    ...checked,
  });
  goSilent('hyperliquid');
  const signal = await harness.signal(both, {});
  expect(await harness.enter(signal)).toMatchObject({ venue: 'ostium' });
  expect((await harness.decision(signal))?.refusals).toMatchObject([
    { venue: 'hyperliquid', code: 'venue_unhealthy', text: expect.stringContaining('within 750 ms') },
  ]);
});

test('when all refuse, the signal is skipped with all the reasons', async () => {
  goDown('hyperliquid');
  harness.close('ostium', 'BTC');
  const signal = await harness.signal(both, {});
  expect(await harness.enter(signal)).toMatchObject({
    outcome: 'refused',
    code: 'no_venue',
    text: expect.stringMatching(/hyperliquid: The venue is not answering.*ostium: The market .* is closed/),
  });
  expect(await routed(signal)).toEqual([null, 'hyperliquid venue_unhealthy', 'ostium market_closed']);
  const skipped = await harness.db.skippedSignal.findMany({ where: { signalId: signal.signalId } });
  expect(skipped).toMatchObject([{ code: 'no_venue' }]);
});

test('a signal for one venue goes nowhere else', async () => {
  harness.close('ostium', 'BTC');
  const signal = await harness.signal(both, { requestedVenue: 'ostium' });
  expect(await harness.enter(signal)).toMatchObject({ outcome: 'refused', code: 'market_closed' });
  expect(await routed(signal)).toEqual([null, 'hyperliquid venue_not_requested', 'ostium market_closed']);
});

test('a position in the instrument is the end of it, not a reason to open another elsewhere', async () => {
  const first = await harness.signal(both, { side: 'long' });
  expect(await harness.enter(first)).toMatchObject({ venue: 'hyperliquid' });
  const second = await harness.signal(both, { side: 'short' });
  expect(await harness.enter(second)).toMatchObject({ outcome: 'refused', code: 'instrument_busy' });
  expect(fills(both)).toEqual([1, 0]);
});

test('once planned, a trade stays with its venue whatever becomes of that', async () => {
  harness.dieAt.add('entry.before_send');
  const signal = await harness.signal(both, {});
  expect(await harness.enter(signal)).toMatchObject({ venue: 'hyperliquid', entry: null });
  goDown('hyperliquid');
  expect(await harness.enter(signal)).toMatchObject({ venue: 'hyperliquid', entry: null });
  expect(fills(both)).toEqual([0, 0]);
  harness.sandboxes.hyperliquid.control({ type: 'clearFaults' });
  expect(await harness.enter(signal)).toMatchObject({ venue: 'hyperliquid', entry: { outcome: 'opened' } });
  expect(await routed(signal)).toEqual(['hyperliquid']);
  expect(fills(both)).toEqual([1, 0]);
});

test('an attempt that decided otherwise does not rewrite how a planned trade was routed', async () => {
  const signal = await harness.signal(both, {});
  const { tradeId } = await harness.enter(signal);
  expect(tradeId).not.toBeNull();
  const otherwise = {
    venue: 'ostium' as const,
    mode: 'best' as const,
    refusals: [],
    costs: [],
    durationMs: 1,
  };
  await saveDecision(harness.db, asId<TradeId>(tradeId ?? ''), otherwise);
  expect(await harness.decision(signal)).toMatchObject({ venue: 'hyperliquid', mode: 'priority' });
});

test('an agent has an order of its own, before that of everybody', async () => {
  await saveRules(harness.db, null, { mode: 'priority', venues: ['ostium', 'hyperliquid'] });
  const everybodys = await harness.signal(both, {});
  expect(await harness.enter(everybodys)).toMatchObject({ venue: 'ostium' });
  await saveRules(harness.db, both.agentId, { mode: 'priority', venues: ['hyperliquid'] });
  const own = await harness.signal(both, { symbol: 'ETH' });
  expect(await harness.enter(own)).toMatchObject({ venue: 'hyperliquid' });
});

test('by cost, the cheapest that can take the trade has it', async () => {
  await saveRules(harness.db, both.agentId, { mode: 'best', venues: ['hyperliquid', 'ostium'] });
  harness.sandboxes.hyperliquid.control({ type: 'setBook', coin: 'BTC', book: { spreadBps: 40 } });
  const signal = await harness.signal(both, {});
  expect(await harness.enter(signal)).toMatchObject({ venue: 'ostium', entry: { outcome: 'opened' } });
  const decision = await harness.decision(signal);
  expect(decision).toMatchObject({
    mode: 'best',
    venue: 'ostium',
    refusals: [{ venue: 'hyperliquid', code: 'costlier' }],
    costs: [
      { venue: 'hyperliquid', cost: { feeBps: 9 } },
      { venue: 'ostium', cost: { feeBps: 9 } },
    ],
  });
  harness.close('ostium', 'ETH');
  const closed = await harness.signal(both, { symbol: 'ETH' });
  expect(await harness.enter(closed)).toMatchObject({ venue: 'hyperliquid' });
  harness.sandboxes.hyperliquid.control({ type: 'setBook', coin: 'BTC', book: { spreadBps: 2 } });
});

test('funding until the time limit counts', async () => {
  await saveRules(harness.db, both.agentId, { mode: 'best', venues: ['hyperliquid', 'ostium'] });
  harness.sandboxes.hyperliquid.control({ type: 'setFundingRate', coin: 'ETH', rate: '0.001' });
  const short = await harness.signal(both, { symbol: 'ETH', side: 'short' });
  expect(await harness.enter(short)).toMatchObject({ venue: 'hyperliquid' });
  const other = await harness.deploy({ hyperliquid: '10000', ostium: '10000' });
  await saveRules(harness.db, other.agentId, { mode: 'best', venues: ['hyperliquid', 'ostium'] });
  const long = await harness.signal(other, { symbol: 'ETH', side: 'long' });
  expect(await harness.enter(long)).toMatchObject({ venue: 'ostium' });
  harness.sandboxes.hyperliquid.control({ type: 'setFundingRate', coin: 'ETH', rate: '0' });
});

test('decisions are counted by venue and reason', async () => {
  const routes = [{}, { symbol: 'SOL' }, { symbol: 'ETH', requestedVenue: 'ostium' as const }];
  for (const draft of routes) await harness.enter(await harness.signal(both, draft));
  const { durationMs, ...counts } = await summariseRouting(harness.db, { agentId: both.agentId, sinceMs: 0 });
  expect(counts).toEqual({
    decisions: 3,
    chosen: [
      { venue: 'ostium', count: 2 },
      { venue: 'hyperliquid', count: 1 },
    ],
    refusals: [
      { venue: 'hyperliquid', code: 'unknown_instrument', count: 1 },
      { venue: 'hyperliquid', code: 'venue_not_requested', count: 1 },
    ],
  });
  expect(durationMs).toEqual({ p50: expect.any(Number), p99: expect.any(Number) });
  expect(await summariseRouting(harness.db, { sinceMs: Date.now() + 60_000 })).toEqual({
    decisions: 0,
    chosen: [],
    refusals: [],
    durationMs: null,
  });
});

test('nothing is refused for what a venue lists before that has been read', async () => {
  await harness.db.instrument.deleteMany({ where: { venue: 'hyperliquid' } });
  const only = await harness.deploy({ hyperliquid: '10000' });
  const waiting = await harness.signal(only, { symbol: 'BTC' });
  await expect(harness.enter(waiting)).rejects.toMatchObject({
    code: 'instruments_unread',
    verdict: 'retry',
  });
  expect(await harness.decision(waiting)).toBeUndefined();
  const elsewhere = await harness.signal(both, { symbol: 'BTC' });
  expect(await harness.enter(elsewhere)).toMatchObject({ outcome: 'planned', venue: 'ostium' });
  await harness.refresh();
  expect(await harness.enter(waiting)).toMatchObject({ outcome: 'planned', venue: 'hyperliquid' });
});
