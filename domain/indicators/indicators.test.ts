import { array, assert, double, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import taLib from '../../tests/fixtures/indicators/ta-lib.json' with { type: 'json' };
import { atr } from './atr.ts';
import { bollinger } from './bollinger.ts';
import { ema } from './ema.ts';
import { macd } from './macd.ts';
import { rsi } from './rsi.ts';
import { latest, type Series } from './series.ts';

const { high, low, close } = taLib;
const candles = close.map((value, index) => ({
  high: high[index] ?? NaN,
  low: low[index] ?? NaN,
  close: value,
}));
/** The reference has eight decimals: the last one is rounded. */
const DECIMALS = 7;
const near = (values: Series) =>
  values.map((value) => (value === null ? null : expect.closeTo(value, DECIMALS)));
const lines = macd(close);
const bands = bollinger(close);

test.each([
  ['EMA 20', ema(close, 20), taLib.ema20],
  ['EMA 50', ema(close, 50), taLib.ema50],
  ['RSI 14', rsi(close), taLib.rsi14],
  ['ATR 14', atr(candles), taLib.atr14],
  ['MACD 12-26-9', lines.macd, taLib.macd.macd],
  ['MACD signal', lines.signal, taLib.macd.signal],
  ['MACD histogram', lines.histogram, taLib.macd.hist],
  ['upper Bollinger band', bands.upper, taLib.bollinger.upper],
  ['middle Bollinger band', bands.middle, taLib.bollinger.middle],
  ['lower Bollinger band', bands.lower, taLib.bollinger.lower],
])('%s is TA-Lib’s on 240 candles', (_name, own, reference) => {
  expect(own.slice()).toEqual(near(reference));
});

test('a market that has not moved has an RSI of 50, no range and bands of no width', () => {
  const flat = Array.from({ length: 40 }, () => 7);
  expect(latest(rsi(flat))).toBe(50);
  expect(latest(atr(flat.map((value) => ({ high: value, low: value, close: value }))))).toBe(0);
  expect(latest(bollinger(flat).upper)).toBe(7);
  expect(latest(macd(flat).histogram)).toBe(0);
});

test('too few candles have no value, and a series with a hole has none that is a number', () => {
  for (const few of [[], [1], [1, 2, 3]]) {
    expect([ema(few, 20), rsi(few), macd(few).signal, bollinger(few).upper].map(latest)).toEqual([
      null,
      null,
      null,
      null,
    ]);
  }
  expect(latest(ema([...close, NaN], 20))).toBeNull();
});

describe('properties', () => {
  const closes = array(double({ min: 0.01, max: 1e6, noNaN: true }), { minLength: 60, maxLength: 120 });

  test('the RSI lies between 0 and 100, and turning the market upside down mirrors it', () => {
    assert(
      property(closes, (values) => {
        const value = latest(rsi(values)) ?? NaN;
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(100);
        expect(latest(rsi(values.map((each) => -each)))).toBeCloseTo(100 - value, 6);
      }),
    );
  });

  test('averages move with the prices, and grow with their scale', () => {
    assert(
      property(closes, double({ min: 0.1, max: 100, noNaN: true }), (values, by) => {
        const value = latest(ema(values, 20)) ?? NaN;
        const tolerance = 1e-9 * Math.max(...values) * Math.max(1, by);
        const scaled =
          latest(
            ema(
              values.map((each) => each * by),
              20,
            ),
          ) ?? NaN;
        const moved =
          latest(
            ema(
              values.map((each) => each + by),
              20,
            ),
          ) ?? NaN;
        expect(Math.abs(scaled - value * by)).toBeLessThan(tolerance);
        expect(Math.abs(moved - value - by)).toBeLessThan(tolerance + 1e-6);
      }),
    );
  });

  test('what comes later changes no value of before', () => {
    assert(
      property(closes, (values) => {
        const shorter = values.slice(0, -10);
        for (const indicator of [
          (all: number[]) => ema(all, 20),
          rsi,
          (all: number[]) => macd(all).histogram,
        ])
          expect(indicator(values).slice(0, shorter.length)).toEqual(indicator(shorter));
      }),
    );
  });
});
