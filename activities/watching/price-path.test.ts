import { describe, expect, test } from 'vitest';
import type { PriceBar } from '#prisma/repositories/price-bars.ts';
import type { Candle } from '#venues/venue.ts';
import { fillGap } from './price-path.ts';

const MINUTE = 1_800_000_000_000;

const candle = (openedAt: number, [open, high, low, close]: [string, string, string, string]): Candle => ({
  openedAt,
  closedAt: openedAt + 59_999,
  open,
  high,
  low,
  close,
  volume: null,
});

const seenBar = (openedAt: number, low: string, high: string): PriceBar => ({
  symbol: 'BTC',
  openedAt,
  open: low,
  high,
  low,
  close: high,
  seenUntil: openedAt + 4_999,
});

const extremes = ({ high, low, close }: PriceBar) => ({ high, low, close });
const NOW = MINUTE + 180_000;

describe('a candle in which somebody still looked', () => {
  const spike = candle(MINUTE, ['100', '110', '95', '101']);

  test('tells of the extremes nobody saw', () => {
    const [filled] = fillGap('BTC', [seenBar(MINUTE + 1_000, '95', '102')], [spike], NOW);
    expect(filled && extremes(filled)).toEqual({ high: '110', low: '101', close: '101' });
    expect(filled).toMatchObject({ openedAt: MINUTE + 6_000, seenUntil: MINUTE + 59_999 });
  });

  test('tells only its close where its beginning was not seen either', () => {
    const [filled] = fillGap('BTC', [seenBar(MINUTE + 20_000, '99', '102')], [spike], NOW);
    expect(filled && extremes(filled)).toEqual({ high: '101', low: '101', close: '101' });
  });
});

test('whole candles are taken as they are, the last as far as it has come', () => {
  const candles = [
    candle(MINUTE + 60_000, ['1', '3', '1', '2']),
    candle(MINUTE + 120_000, ['2', '4', '2', '3']),
  ];
  const filled = fillGap('BTC', [seenBar(MINUTE, '1', '2')], candles, MINUTE + 130_000);
  expect(filled.map((bar) => ({ ...extremes(bar), seenUntil: bar.seenUntil }))).toEqual([
    { high: '3', low: '1', close: '2', seenUntil: MINUTE + 119_999 },
    { high: '4', low: '2', close: '3', seenUntil: MINUTE + 130_000 },
  ]);
});

test('candles that were seen to their end add nothing', () => {
  const seen = [seenBar(MINUTE, '1', '2'), seenBar(MINUTE + 60_000, '1', '2')];
  expect(fillGap('BTC', seen, [candle(MINUTE, ['1', '9', '1', '2'])], NOW)).toEqual([]);
});
