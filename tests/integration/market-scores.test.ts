import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createScoringActivities } from '#activities/scoring/activities.ts';
import type { ScoringActivities } from '#activities/contract.ts';
import type { ScoreUse } from '#domain/scoring/score-use.ts';
import { MAX_SCORE_AGE_MS } from '#domain/scoring/score-use.ts';
import { createLogger } from '#observability/logger.ts';
import { listNewestScores } from '#prisma/repositories/market-indicators.ts';
import { saveBars } from '#prisma/repositories/price-bars.ts';
import { startLunarCrushSandbox, type LunarCrushSandbox } from '#sandbox/lunarcrush/server.ts';
import { createLunarCrush } from '#scores/lunarcrush/lunarcrush.ts';
import { drifting, pastCandles } from '#tests/support/past-candles.ts';
import type { TradingSystem } from '#tests/support/trading-system.ts';
import { useTradingSystem } from '#tests/support/use-trading-system.ts';
import { createHyperliquidVenue } from '#venues/hyperliquid/index.ts';
import type { Venue } from '#venues/venue.ts';
import { TASK_QUEUES } from '#workflows/names.ts';

const HOURS = 310;

let system: TradingSystem;
let venue: Venue;
let lunarCrush: LunarCrushSandbox;
useTradingSystem((started) => (system = started));
beforeAll(async () => {
  lunarCrush = await startLunarCrushSandbox([]);
  venue = createHyperliquidVenue({ url: system.sandbox.url, network: 'testnet', weightPerMinute: 60_000 });
  for (const [coin, price, perHour] of [
    ['BTC', 50_000, 0.001],
    ['ETH', 3_000, -0.001],
  ] as const) {
    system.sandbox.setPrice(coin, price);
    const candles = pastCandles(HOURS, drifting(price, HOURS, perHour));
    system.sandbox.control({ type: 'addCandles', coin, candles });
  }
  await vi.waitUntil(async () => (await system.db.instrument.count()) > 0, 30_000);
});
afterAll(async () => {
  await venue?.close();
  await lunarCrush?.close();
});
beforeEach(async () => {
  await system.db.marketIndicator.deleteMany();
});
afterEach(() => void (lunarCrush.mood = 'well'));

const silent = createLogger({ level: 'silent', name: 'test' });
const activities = (social = false): ScoringActivities =>
  createScoringActivities({
    db: system.db,
    venues: [venue],
    prices: async () => new Map((await venue.market.prices()).map(({ symbol, price }) => [symbol, price])),
    social: social
      ? createLunarCrush({ url: lunarCrush.url, apiKey: lunarCrush.apiKey, timeoutMs: 200 })
      : null,
    logger: silent,
    now: Date.now,
  });

async function score(...symbols: string[]) {
  const { at } = await activities().planScores();
  return activities().storeScores({ at, symbols, social: null });
}
const stored = async (symbol: string) => (await listNewestScores(system.db, { symbol, limit: 1 }))[0];

describe('a score is computed', () => {
  test('from the candles of the venue, and explained by the API and its parts', async () => {
    expect(await score('BTC', 'ETH')).toEqual({ known: 2, unknown: 0, failed: 0 });
    const { body } = await system.call('GET', '/scores/btc');
    expect(body).toMatchObject({
      symbol: 'BTC',
      isFresh: true,
      venue: 'hyperliquid',
      candleCoverage: 1,
      notes: [],
    });
    expect(body.long.value).toBeGreaterThan(0);
    expect(body.short.value).toBeLessThan(body.long.value);
    const total = body.parts.reduce((sum: number, part: { addsToLong: number }) => sum + part.addsToLong, 0);
    expect(total).toBeCloseTo(body.long.value, 4);
    const all = await system.call('GET', '/scores');
    expect(all.body.items.map(({ symbol }: { symbol: string }) => symbol)).toEqual(['BTC', 'ETH']);
    expect((await system.call('GET', '/scores/SOL')).body.code).toBe('score_not_found');
  });

  test('once for six hours, by the workflow, with each indicator beside it', async () => {
    const run = (id: string) =>
      system.temporal.workflow.execute('scoreMarkets', {
        taskQueue: TASK_QUEUES.pipeline,
        workflowId: `test/scores/${id}`,
        args: [],
      });
    // Only what was called is scored here: the sandbox has no volume, and other markets no candles.
    const { at, symbols } = await activities().planScores();
    const others = symbols.filter((symbol) => symbol !== 'BTC' && symbol !== 'ETH');
    await activities().storeScores({ at, symbols: others.slice(0, 1), social: null });
    await system.db.marketIndicator.updateMany({ data: { value: 0 } });
    const filler = await system.db.marketIndicator.findFirstOrThrow({ where: { name: 'market_score' } });
    await system.db.marketIndicator.createMany({
      data: others
        .slice(1)
        .map((symbol) => ({ name: filler.name, symbol, at: filler.at, value: 0, inputs: {} })),
    });
    expect(await run('first')).toMatchObject({ known: 2, unknown: 0 });
    const rows = await system.db.marketIndicator.findMany({ where: { symbol: 'BTC' } });
    expect(rows.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['market_score', 'rsi_14', 'ema_20', 'atr_14']),
    );
    expect(await run('again')).toEqual({ known: 0, unknown: 0 });
    expect(await system.db.marketIndicator.count({ where: { symbol: 'BTC' } })).toBe(rows.length);
  });

  test('as unknown where there are no candles, and says why a venue did not answer', async () => {
    expect(await score('SOL')).toEqual({ known: 0, unknown: 1, failed: 0 });
    expect(await stored('SOL')).toMatchObject({ value: null, inputs: { candleCoverage: 0, notes: [] } });
    system.sandbox.control({
      type: 'fault',
      fault: { kind: 'http', status: 500, action: 'candleSnapshot', count: 50 },
    });
    expect(await score('BTC')).toEqual({ known: 0, unknown: 1, failed: 1 });
    expect((await stored('BTC'))?.inputs.notes[0]).toContain('hyperliquid: ');
  });

  test('from what the watcher has seen, where a venue publishes no candles', async () => {
    const hour = 3_600_000;
    const end = Math.floor(Date.now() / hour) * hour;
    const bars = Array.from({ length: 305 * 12 }, (_each, index) => {
      const openedAt = end - (index + 1) * 300_000;
      const price = String(1_000 - index / 10);
      return {
        symbol: 'AVAX',
        openedAt,
        open: price,
        high: price,
        low: price,
        close: price,
        seenUntil: openedAt + 4_000,
      };
    });
    await saveBars(system.db, 'hyperliquid', 5_000, bars);
    expect(await score('AVAX')).toMatchObject({ known: 1 });
    await system.db.priceBar.deleteMany({
      where: { symbol: 'AVAX', openedAt: new Date(end - 30 * 300_000) },
    });
    expect((await stored('AVAX'))?.inputs.candleCoverage).toBe(1);
    await score('AVAX');
    expect((await stored('AVAX'))?.inputs.candleCoverage).toBeCloseTo(299 / 300, 6);
  });
});

describe('a social service', () => {
  beforeEach(() => {
    lunarCrush.coins = [
      { id: 77, symbol: 'BTC', price: 3, market_cap_rank: 900, sentiment: 0, galaxy_score: 0 },
      {
        id: 1,
        symbol: 'BTC',
        price: 50_010,
        market_cap_rank: 1,
        sentiment: 90,
        galaxy_score: 75,
        alt_rank: 10,
      },
    ];
  });

  async function scoreWithService() {
    const { at } = await activities().planScores();
    const social = await activities(true).readSocialFacts({ symbols: ['BTC', 'ETH'] });
    await activities().storeScores({ at, symbols: ['BTC', 'ETH'], social });
    return social;
  }

  test('is asked once for all markets, and its coin is known by its number from then on', async () => {
    const before = lunarCrush.asked.length;
    await scoreWithService();
    expect(lunarCrush.asked.length - before).toBe(1);
    const social = (await stored('BTC'))?.inputs.parts.find(({ name }) => name === 'social');
    expect(social?.inputs).toMatchObject({ sentiment: 90, galaxy_score: 75, alt_rank: 10 });
    expect((await stored('ETH'))?.inputs.notes).toEqual(['the social service does not know the market']);
    lunarCrush.coins = [{ id: 1, symbol: 'XBT', price: 9, sentiment: 20 }];
    expect((await scoreWithService())?.facts['BTC']).toMatchObject({ sentiment: 20 });
  });

  test.each(['html', 'unauthorised', 'rate_limited', 'hangs'] as const)(
    'that %s is named and left',
    async (mood) => {
      lunarCrush.mood = mood;
      await expect(activities(true).readSocialFacts({ symbols: ['BTC'] })).rejects.toMatchObject({
        nonRetryable: mood === 'unauthorised',
      });
    },
  );

  test('with old numbers counts as one that says nothing', async () => {
    lunarCrush.mood = 'stale';
    const social = await scoreWithService();
    expect(social).toMatchObject({
      facts: {},
      problem: expect.stringContaining('LunarCrush: its numbers are of'),
    });
    expect(await stored('BTC')).toMatchObject({ value: expect.any(Number) });
  });
});

describe('a trade', () => {
  async function follower(scoreUse: ScoreUse) {
    const deployment = await system.deploy();
    await system.call('POST', `/agents/${deployment.agentId}/weights`, { scoreUse });
    return deployment;
  }
  const barriers = { stopLoss: { pct: 5 } };
  const sizeModel = { mode: 'equityPercent', percent: 10 } as const;
  const planned = ({ events }: { events: readonly { type: string; text: string }[] }) =>
    events.find(({ type }) => type === 'planned')?.text;

  test('is as large as the score of its side, and says so', async () => {
    await score('BTC');
    const { body } = await system.call('GET', '/scores/BTC');
    const deployment = await follower('scale_and_veto');
    const trade = await system.signal(deployment, { barriers, sizeModel });
    const details = await trade.reaches('open');
    const notional = Number(details.entrySize) * 50_000;
    expect(notional).toBeGreaterThan(1_000 * body.long.value - 1);
    expect(notional).toBeLessThan(1_000 * body.long.value + 1);
    expect(planned(details)).toContain(`The market score is ${body.long.value.toFixed(2)}`);
  });

  test('against the market is refused, and refused nothing once the score is too old', async () => {
    await score('BTC', 'ETH');
    const deployment = await follower('scale_and_veto');
    const vetoed = await system.signal(deployment, { symbol: 'ETH', barriers, sizeModel });
    expect((await vetoed.reaches('skipped')).refusal).toMatchObject({ code: 'score_not_positive' });
    await system.db.marketIndicator.updateMany({
      where: { symbol: 'ETH' },
      data: { pricedAt: new Date(Date.now() - MAX_SCORE_AGE_MS - 1_000) },
    });
    const other = await follower('scale_and_veto');
    const taken = await system.signal(other, { symbol: 'ETH', barriers, sizeModel });
    const details = await taken.reaches('open');
    expect(Number(details.entrySize) * 3_000).toBeLessThan(101);
    expect(planned(details)).toContain('The market score is unknown, and the size follows 0.10.');
  });

  test('of an agent that uses no score, or weighs its inputs to nothing, is not touched by a bad one', async () => {
    await score('ETH');
    const deployment = await follower('off');
    const trade = await system.signal(deployment, { symbol: 'ETH', barriers, sizeModel });
    expect(Number((await trade.reaches('open')).entrySize) * 3_000).toBeGreaterThan(990);
  });

  test('by hand of an agent that weighs calls by hand at 40 is 40 % as large', async () => {
    const deployment = await system.deploy();
    await system.call('POST', `/agents/${deployment.agentId}/weights`, { weights: { manual: 40 } });
    const trade = await system.signal(deployment, { symbol: 'SOL', barriers });
    const details = await trade.reaches('open', 'skipped');
    expect(details.phase).toBe('open');
    expect(details.signal.confidence).toBe(0.4);
    expect(Number(details.entrySize) * Number(details.entryPrice)).toBeLessThan(401);
  });
});
