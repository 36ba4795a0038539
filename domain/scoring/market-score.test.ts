import { array, assert, constantFrom, double, option, property, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HOUR_MS, hourCandles, SCORED_HOURS, type PriceSpan } from './hour-candles.ts';
import { marketScore, scoreOf, type ScoreFacts } from './market-score.ts';
import { NO_ACTIVITY } from './venue-parts.ts';

const NOW = 1_000_000 * HOUR_MS + 60_000;

/** A market whose price is `price(hour)` at the end of each hour, oldest first. */
const spans = (price: (hour: number) => number, volume: (hour: number) => string | null = () => '10') =>
  Array.from({ length: SCORED_HOURS }, (_each, hour): PriceSpan => {
    const [open, close] = [price(hour - 1), price(hour)];
    return {
      openedAt: NOW - 60_000 - (SCORED_HOURS - hour) * HOUR_MS,
      open: String(open),
      high: String(Math.max(open, close) * 1.001),
      low: String(Math.min(open, close) * 0.999),
      close: String(close),
      volume: volume(hour),
    };
  });

const facts = (candles: readonly PriceSpan[], change: Partial<ScoreFacts> = {}): ScoreFacts => ({
  hours: hourCandles(candles, NOW),
  activity: { fundingPerHour: 0, openInterestUsd: 5_000_000, dayVolumeUsd: 20_000_000 },
  openInterestUsdBefore: 5_000_000,
  social: null,
  ...change,
});
const values = (of: ScoreFacts) =>
  Object.fromEntries(marketScore(of).parts.map(({ name, value }) => [name, value]));
const score = (of: ScoreFacts, side: 'long' | 'short' = 'long') => scoreOf(marketScore(of).parts, side);

const rising = (hour: number) => 100 * 1.002 ** hour;
const falling = (hour: number) => 200 * 0.998 ** hour;
/** Goes up and down within a day around one price. */
const swinging = (hour: number) => 100 + Math.sin((hour * Math.PI) / 12);

describe('what the score says of markets', () => {
  test('a market that rises is bought and not sold short, one that falls the other way round', () => {
    expect(score(facts(spans(rising))).value).toBeGreaterThan(0.3);
    expect(score(facts(spans(rising)), 'short').value).toBeLessThan(-0.3);
    expect(score(facts(spans(falling))).value).toBeLessThan(-0.3);
    expect(score(facts(spans(falling)), 'short').value).toBeGreaterThan(0.3);
  });

  test('a market that stands still says nothing for either side', () => {
    const still = facts(spans(() => 100));
    expect(score(still).value).toBeCloseTo(0, 2);
    expect(score(still, 'short').value).toBeCloseTo(0, 2);
  });

  test('a market twice as wild as usual, a dry one and a crowded one are marked down', () => {
    const wild = spans((hour) => (hour < 280 ? swinging(hour) : 100 + 3 * Math.sin(hour)));
    expect(values(facts(wild))['volatility']).toBe(-1);
    const dry = spans(swinging, (hour) => (hour < 270 ? '10' : '2'));
    expect(values(facts(dry))['liquidity']).toBe(-1);
    const crowded = { ...facts([]).activity, fundingPerHour: 0.0002 };
    expect(values(facts(spans(swinging), { activity: crowded, openInterestUsdBefore: null }))).toMatchObject({
      positioning: -1,
    });
  });

  test('a small market is no market, however usual its volume', () => {
    const activity = { ...NO_ACTIVITY, dayVolumeUsd: 100_000 };
    expect(values(facts(spans(swinging), { activity }))['liquidity']).toBe(-1);
  });

  test('a social service counts beside the venue where one is asked', () => {
    const social = { sentiment: 100, galaxyScore: 75, altRank: 1, coins: 1_000 };
    const parts = marketScore(facts(spans(swinging), { social })).parts;
    expect(parts.at(-1)?.value).toBeCloseTo(0.999, 3);
    const only = { indicators: 0, social: 100 };
    expect(scoreOf(parts, 'long', only)).toMatchObject({ value: expect.closeTo(0.9993, 3), coverage: 1 });
    const none = { indicators: 100, social: 0 };
    expect(scoreOf(parts, 'long', none).value).toBe(score(facts(spans(swinging))).value);
  });
});

describe('what is missing', () => {
  test('a market without volume scores its liquidity at the bottom, not at nothing', () => {
    const empty = facts(
      spans(swinging, () => '0'),
      { activity: { ...NO_ACTIVITY, dayVolumeUsd: 0 } },
    );
    expect(values(empty)['liquidity']).toBe(-1);
    expect(score(empty).value).not.toBeNull();
  });

  test('below 95 % of the hours nothing is said of prices, and the score is unknown', () => {
    const holes = spans(rising).filter((_span, hour) => hour % 15 !== 0);
    expect(marketScore(facts(holes)).candleCoverage).toBeCloseTo(0.933, 3);
    expect(values(facts(holes))).toMatchObject({ trend: null, momentum: null, volatility: null });
    expect(score(facts(holes)).value).toBeNull();
  });

  test('a market without candles is unknown, whatever else is known of it', () => {
    expect(score(facts([]))).toMatchObject({ value: null, coverage: 0.25 });
  });

  test('without funding, open interest and volume in USD the prices decide alone', () => {
    const bare = facts(spans(rising), { activity: NO_ACTIVITY, openInterestUsdBefore: null });
    expect(values(bare)).toMatchObject({ positioning: null, liquidity: 0 });
    expect(score(bare).coverage).toBe(0.9);
  });

  test('half of the inputs missing is unknown, a service that says nothing is a part that is unknown', () => {
    const social = { sentiment: null, galaxyScore: null, altRank: null, coins: null };
    expect(score(facts(spans(rising), { social })).coverage).toBeCloseTo(100 / 120, 10);
    const halves = marketScore(facts(spans(rising))).parts.map((part, index) =>
      index < 2 ? { ...part, value: null } : part,
    );
    expect(scoreOf(halves, 'long')).toMatchObject({ value: null, coverage: 0.4 });
  });

  test.each(['NaN', '0', '-1', 'Infinity', ''])('an hour with the price %j counts as missing', (close) => {
    const broken = spans(rising).map((span, hour) => (hour % 10 === 0 ? { ...span, close } : span));
    expect(hourCandles(broken, NOW).coverage).toBe(0.9);
  });

  test('the hour that is not over, hours before the window and hours of the future do not count', () => {
    const [last] = spans(rising).slice(-1);
    const others = [NOW, NOW + HOUR_MS, NOW - (SCORED_HOURS + 1) * HOUR_MS].map((openedAt) => ({
      ...last!,
      openedAt: Math.floor(openedAt / HOUR_MS) * HOUR_MS,
    }));
    expect(hourCandles(others, NOW).candles).toEqual([]);
  });

  test('spans of an hour become one candle, and an hour that was not seen whole becomes none', () => {
    const openedAt = Math.floor(NOW / HOUR_MS) * HOUR_MS - HOUR_MS;
    const minute = (index: number, price: number): PriceSpan => ({
      openedAt: openedAt + index * 60_000,
      open: String(price),
      high: String(price + 1),
      low: String(price - 1),
      close: String(price),
      volume: '2',
    });
    const seen = [minute(2, 30), minute(0, 10), minute(1, 20)];
    expect(hourCandles(seen, NOW).candles).toEqual([
      { openedAt, open: 10, high: 31, low: 9, close: 30, volume: 6 },
    ]);
    expect(hourCandles(seen, NOW, 4).candles).toEqual([]);
  });
});

test('every part and every score lies between -1 and 1, whatever the inputs', () => {
  const amounts = option(double({ min: 0, max: 1e12 }), { nil: null });
  assert(
    property(
      array(double({ min: -1, max: 1e6 }), { minLength: SCORED_HOURS, maxLength: SCORED_HOURS }),
      record({
        fundingPerHour: option(double({ min: -1, max: 1 }), { nil: null }),
        openInterestUsd: amounts,
        dayVolumeUsd: amounts,
      }),
      amounts,
      constantFrom<'long' | 'short'>('long', 'short'),
      (prices, activity, openInterestUsdBefore, side) => {
        const candles = spans((hour) => prices[Math.max(hour, 0)] ?? 1);
        const { parts } = marketScore(facts(candles, { activity, openInterestUsdBefore }));
        const all = [...parts.map(({ value }) => value), scoreOf(parts, side).value];
        for (const value of all) expect(value === null || (value >= -1 && value <= 1)).toBe(true);
      },
    ),
    { numRuns: 50 },
  );
});
