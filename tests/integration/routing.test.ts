import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { asId, type TradeId, type VenueName } from '#domain/ids.ts';
import { saveDecision } from '#prisma/repositories/routing-decisions.ts';
import { saveRules } from '#prisma/repositories/routing.ts';
import { summariseRouting } from '#prisma/repositories/routing-decisions.ts';
import { storeVenueStatus } from '#prisma/repositories/venue-status.ts';
import {
  startRoutingRig,
  type RigDeployment,
  type RigSignal,
  type RoutingRig,
} from '../support/routing-rig.ts';
import { accountOf } from '../support/trading-system.ts';

let rig: RoutingRig;
let both: RigDeployment;
beforeAll(async () => {
  rig = await startRoutingRig();
});
afterAll(() => rig?.stop());

beforeEach(async () => {
  for (const venue of ['hyperliquid', 'ostium'] as const) {
    rig.sandboxes[venue].setPrice('BTC', 50_000);
    rig.sandboxes[venue].setPrice('ETH', 3_000);
    rig.close(venue);
  }
  await rig.db.routingConfig.deleteMany();
  rig.list('hyperliquid', 'BTC', 'ETH');
  rig.list('ostium', 'BTC', 'ETH', 'SOL');
  await rig.refresh();
  both = await rig.deploy({ hyperliquid: '10000', ostium: '10000' });
  rig.asked.length = 0;
});
afterEach(() => {
  rig.dieAt.clear();
  for (const sandbox of Object.values(rig.sandboxes)) sandbox.control({ type: 'clearFaults' });
});

const goDown = (venue: VenueName) =>
  void rig.sandboxes[venue].control({ type: 'fault', fault: { kind: 'loseRequest', durationMs: 60_000 } });
const goSilent = (venue: VenueName) =>
  void rig.sandboxes[venue].control({
    type: 'fault',
    fault: { kind: 'delay', ms: 1_500, action: 'info', durationMs: 60_000 },
  });

/** The venue a signal went to, and the codes of those that refused. */
async function routed(signal: RigSignal) {
  const decision = await rig.decision(signal);
  return [decision?.venue, ...(decision?.refusals ?? []).map(({ venue, code }) => `${venue} ${code}`)];
}
/** Fills of a deployment at both venues. */
const fills = ({ walletAddress }: RigDeployment): number[] =>
  Object.values(rig.sandboxes).map((sandbox) => accountOf(sandbox.state(), walletAddress).fills);

test('the first venue in order takes the signal, and the second is not even asked', async () => {
  const signal = await rig.signal(both, {});
  expect(await rig.enter(signal)).toMatchObject({ venue: 'hyperliquid', entry: { outcome: 'opened' } });
  expect(await routed(signal)).toEqual(['hyperliquid']);
  expect(rig.asked).toEqual([
    { venue: 'hyperliquid', what: 'prices' },
    { venue: 'hyperliquid', what: 'account' },
  ]);
  expect(fills(both)).toEqual([1, 0]);
});

test.each<[string, string, string, () => void]>([
  ['never listed the instrument', 'SOL', 'unknown_instrument', () => undefined],
  ['has delisted it', 'BTC', 'not_tradable', () => rig.list('hyperliquid', 'ETH')],
  ['is closed', 'BTC', 'market_closed', () => rig.close('hyperliquid', 'BTC')],
  ['is down', 'BTC', 'venue_unhealthy', () => goDown('hyperliquid')],
])('a venue that %s passes %s on: %s', async (_how, symbol, code, happen) => {
  rig.sandboxes.ostium.setPrice('SOL', 150);
  happen();
  if (code === 'not_tradable') await rig.refresh();
  const signal = await rig.signal(both, { symbol });
  expect(await rig.enter(signal)).toMatchObject({ venue: 'ostium', entry: { outcome: 'opened' } });
  expect(await routed(signal)).toEqual(['ostium', `hyperliquid ${code}`]);
  expect(fills(both)).toEqual([0, 1]);
});

test('so do one without funds for it, and one without a key', async () => {
  const poor = await rig.deploy({ hyperliquid: '5', ostium: '10000' });
  const tooLittle = await rig.signal(poor, {});
  expect(await rig.enter(tooLittle)).toMatchObject({ venue: 'ostium', entry: { outcome: 'opened' } });
  expect(await routed(tooLittle)).toEqual(['ostium', 'hyperliquid too_small']);
  const keyless = await rig.deploy({ ostium: '10000' });
  const unsigned = await rig.signal(keyless, {});
  expect(await rig.enter(unsigned)).toMatchObject({ venue: 'ostium' });
  expect(await routed(unsigned)).toEqual(['ostium', 'hyperliquid no_trading_key']);
});

test('one that was down at the last check is not waited for', async () => {
  const checked = { latencyMs: null, openMarkets: null, pricedAt: null, checkedAt: Date.now() };
  await storeVenueStatus(rig.db, { venue: 'hyperliquid', health: 'down', detail: 'no answer', ...checked });
  goSilent('hyperliquid');
  const signal = await rig.signal(both, {});
  expect(await rig.enter(signal)).toMatchObject({ venue: 'ostium' });
  expect((await rig.decision(signal))?.refusals).toMatchObject([
    { venue: 'hyperliquid', code: 'venue_unhealthy', text: expect.stringContaining('within 750 ms') },
  ]);
});

test('when all refuse, the signal is skipped with all the reasons', async () => {
  goDown('hyperliquid');
  rig.close('ostium', 'BTC');
  const signal = await rig.signal(both, {});
  expect(await rig.enter(signal)).toMatchObject({
    outcome: 'refused',
    code: 'no_venue',
    text: expect.stringMatching(/hyperliquid: The venue is not answering.*ostium: The market .* is closed/),
  });
  expect(await routed(signal)).toEqual([null, 'hyperliquid venue_unhealthy', 'ostium market_closed']);
  const skipped = await rig.db.skippedSignal.findMany({ where: { signalId: signal.signalId } });
  expect(skipped).toMatchObject([{ code: 'no_venue' }]);
});

test('a signal for one venue goes nowhere else', async () => {
  rig.close('ostium', 'BTC');
  const signal = await rig.signal(both, { requestedVenue: 'ostium' });
  expect(await rig.enter(signal)).toMatchObject({ outcome: 'refused', code: 'market_closed' });
  expect(await routed(signal)).toEqual([null, 'hyperliquid venue_not_requested', 'ostium market_closed']);
});

test('a position in the instrument is the end of it, not a reason to open another elsewhere', async () => {
  const first = await rig.signal(both, { side: 'long' });
  expect(await rig.enter(first)).toMatchObject({ venue: 'hyperliquid' });
  const second = await rig.signal(both, { side: 'short' });
  expect(await rig.enter(second)).toMatchObject({ outcome: 'refused', code: 'instrument_busy' });
  expect(fills(both)).toEqual([1, 0]);
});

test('once planned, a trade stays with its venue whatever becomes of that', async () => {
  rig.dieAt.add('entry.before_send');
  const signal = await rig.signal(both, {});
  expect(await rig.enter(signal)).toMatchObject({ venue: 'hyperliquid', entry: null });
  goDown('hyperliquid');
  expect(await rig.enter(signal)).toMatchObject({ venue: 'hyperliquid', entry: null });
  expect(fills(both)).toEqual([0, 0]);
  rig.sandboxes.hyperliquid.control({ type: 'clearFaults' });
  expect(await rig.enter(signal)).toMatchObject({ venue: 'hyperliquid', entry: { outcome: 'opened' } });
  expect(await routed(signal)).toEqual(['hyperliquid']);
  expect(fills(both)).toEqual([1, 0]);
});

test('an attempt that decided otherwise does not rewrite how a planned trade was routed', async () => {
  const signal = await rig.signal(both, {});
  const { tradeId } = await rig.enter(signal);
  expect(tradeId).not.toBeNull();
  const otherwise = {
    venue: 'ostium' as const,
    mode: 'best' as const,
    refusals: [],
    costs: [],
    durationMs: 1,
  };
  await saveDecision(rig.db, asId<TradeId>(tradeId ?? ''), otherwise);
  expect(await rig.decision(signal)).toMatchObject({ venue: 'hyperliquid', mode: 'priority' });
});

test('an agent has an order of its own, before that of everybody', async () => {
  await saveRules(rig.db, null, { mode: 'priority', venues: ['ostium', 'hyperliquid'] });
  const everybodys = await rig.signal(both, {});
  expect(await rig.enter(everybodys)).toMatchObject({ venue: 'ostium' });
  await saveRules(rig.db, both.agentId, { mode: 'priority', venues: ['hyperliquid'] });
  const own = await rig.signal(both, { symbol: 'ETH' });
  expect(await rig.enter(own)).toMatchObject({ venue: 'hyperliquid' });
});

test('by cost, the cheapest that can take the trade has it', async () => {
  await saveRules(rig.db, both.agentId, { mode: 'best', venues: ['hyperliquid', 'ostium'] });
  rig.sandboxes.hyperliquid.control({ type: 'setBook', coin: 'BTC', book: { spreadBps: 40 } });
  const signal = await rig.signal(both, {});
  expect(await rig.enter(signal)).toMatchObject({ venue: 'ostium', entry: { outcome: 'opened' } });
  const decision = await rig.decision(signal);
  expect(decision).toMatchObject({
    mode: 'best',
    venue: 'ostium',
    refusals: [{ venue: 'hyperliquid', code: 'costlier' }],
    costs: [
      { venue: 'hyperliquid', cost: { feeBps: 9 } },
      { venue: 'ostium', cost: { feeBps: 9 } },
    ],
  });
  rig.close('ostium', 'ETH');
  const closed = await rig.signal(both, { symbol: 'ETH' });
  expect(await rig.enter(closed)).toMatchObject({ venue: 'hyperliquid' });
  rig.sandboxes.hyperliquid.control({ type: 'setBook', coin: 'BTC', book: { spreadBps: 2 } });
});

test('funding until the time limit counts', async () => {
  await saveRules(rig.db, both.agentId, { mode: 'best', venues: ['hyperliquid', 'ostium'] });
  rig.sandboxes.hyperliquid.control({ type: 'setFundingRate', coin: 'ETH', rate: '0.001' });
  const short = await rig.signal(both, { symbol: 'ETH', side: 'short' });
  expect(await rig.enter(short)).toMatchObject({ venue: 'hyperliquid' });
  const other = await rig.deploy({ hyperliquid: '10000', ostium: '10000' });
  await saveRules(rig.db, other.agentId, { mode: 'best', venues: ['hyperliquid', 'ostium'] });
  const long = await rig.signal(other, { symbol: 'ETH', side: 'long' });
  expect(await rig.enter(long)).toMatchObject({ venue: 'ostium' });
  rig.sandboxes.hyperliquid.control({ type: 'setFundingRate', coin: 'ETH', rate: '0' });
});

test('decisions are counted by venue and reason', async () => {
  const routes = [{}, { symbol: 'SOL' }, { symbol: 'ETH', requestedVenue: 'ostium' as const }];
  for (const draft of routes) await rig.enter(await rig.signal(both, draft));
  const { durationMs, ...counts } = await summariseRouting(rig.db, { agentId: both.agentId, sinceMs: 0 });
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
  expect(await summariseRouting(rig.db, { sinceMs: Date.now() + 60_000 })).toEqual({
    decisions: 0,
    chosen: [],
    refusals: [],
    durationMs: null,
  });
});

test('nothing is refused for what a venue lists before that has been read', async () => {
  await rig.db.instrument.deleteMany({ where: { venue: 'hyperliquid' } });
  const only = await rig.deploy({ hyperliquid: '10000' });
  const waiting = await rig.signal(only, { symbol: 'BTC' });
  await expect(rig.enter(waiting)).rejects.toMatchObject({ code: 'instruments_unread', verdict: 'retry' });
  expect(await rig.decision(waiting)).toBeUndefined();
  const elsewhere = await rig.signal(both, { symbol: 'BTC' });
  expect(await rig.enter(elsewhere)).toMatchObject({ outcome: 'planned', venue: 'ostium' });
  await rig.refresh();
  expect(await rig.enter(waiting)).toMatchObject({ outcome: 'planned', venue: 'hyperliquid' });
});
