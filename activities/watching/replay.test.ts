import { describe, expect, test } from 'vitest';
import { resolveBarriers, type Barriers } from '#domain/barriers.ts';
import { openExit } from '#domain/exit-engine.ts';
import type { Side } from '#domain/ids.ts';
import type { PriceBar } from '#prisma/repositories/price-bars.ts';
import type { WatchRecord } from '#prisma/repositories/watch-record.ts';
import { newLiveWatch, type LiveWatch } from './live-watch.ts';
import { asBar } from './bar-recorder.ts';
import { replay } from './replay.ts';
import { watchRecord } from './testing.ts';

const ARMED_AT = 10_000;
const TRAIL: Barriers = { stopLoss: { pct: 10 }, trailing: [{ activatesAtPct: 1, distancePct: 1 }] };

function watchOf(changes: Partial<WatchRecord> = {}, barriers = TRAIL, side: Side = 'long'): LiveWatch {
  const resolved = resolveBarriers(barriers, { side, entryPrice: '100' });
  if (!resolved.ok) throw new Error(resolved.refusal.text);
  const { stop } = openExit(resolved.value, { side, entryPrice: '100', openedAt: ARMED_AT });
  return newLiveWatch(
    watchRecord({
      side,
      levels: {
        entryPrice: '100',
        barriers: resolved.value,
        stop,
        isStopResident: true,
        restingTargets: [],
        filledTargets: [],
      },
      armedAt: ARMED_AT,
      ...changes,
    }),
  );
}

const bar = (openedAt: number, [open, high, low, close]: [string, string, string, string]): PriceBar => ({
  symbol: 'BTC',
  openedAt,
  open,
  high,
  low,
  close,
  seenUntil: openedAt + 4_999,
});

const price = (text: string, t: number): PriceBar => asBar({ symbol: 'BTC', price: text, t });

/** What is left of a watch once it was led along the bars. */
function led(watch: LiveWatch, bars: PriceBar[], judgedFrom = ARMED_AT) {
  replay([{ watch, from: ARMED_AT, judgedFrom }], bars);
  const { peak, trail, exitReason } = watch;
  return { peak, trail, exitReason };
}

describe('a watch armed in the middle of a bar', () => {
  const MIDDLE = ARMED_AT - 2_500;

  test('is not fired by the part of the bar from before it was armed', () => {
    // Up to 110 and back to 100 would be far through the trail.
    expect(led(watchOf(), [bar(MIDDLE, ['100', '110', '98', '100'])])).toEqual({
      peak: '100',
      trail: null,
      exitReason: null,
    });
  });

  test('sees where that bar ended, and everything after', () => {
    const bars = [bar(MIDDLE, ['100', '110', '98', '104']), price('103', ARMED_AT + 3_000)];
    expect(led(watchOf(), bars.slice(0, 1))).toEqual({ peak: '104', trail: '102.96', exitReason: null });
    expect(led(watchOf(), bars)).toMatchObject({ exitReason: null });
    const fallen = [...bars, bar(ARMED_AT + 5_000, ['103', '103.5', '102.9', '103.4'])];
    expect(led(watchOf(), fallen)).toMatchObject({ exitReason: 'trailing_stop' });
  });
});

test('each bar is walked the worse way: its adverse extreme comes before its best', () => {
  expect(led(watchOf(), [bar(ARMED_AT, ['100', '104', '99', '103.5'])])).toEqual({
    peak: '104',
    trail: '102.96',
    exitReason: null,
  });
  expect(led(watchOf({}, TRAIL, 'short'), [bar(ARMED_AT, ['100', '104', '96', '97'])])).toMatchObject({
    exitReason: 'trailing_stop',
  });
});

test('where the resident stop lies now says nothing about where it lay then', () => {
  const watch = watchOf();
  const stop = { price: '108', kind: 'trailing_stop' as const };
  watch.record.levels = { ...watch.record.levels, stop };
  const bars = [price('100', ARMED_AT), price('103', ARMED_AT + 5_000), price('109.5', ARMED_AT + 9_000)];
  expect(led(watch, bars)).toEqual({ peak: '109.5', trail: '108.405', exitReason: null });
});

test('what was crossed before the exits held, or while paused, moves the peak and nothing else', () => {
  const crossing = [price('105', ARMED_AT), price('102', ARMED_AT + 1_000), price('104.5', ARMED_AT + 2_000)];
  expect(led(watchOf(), crossing)).toMatchObject({ exitReason: 'trailing_stop' });
  expect(led(watchOf(), crossing, ARMED_AT + 2_000)).toMatchObject({ peak: '105', exitReason: null });
  expect(led(watchOf({ status: 'paused' }), crossing)).toMatchObject({ peak: '105', exitReason: null });
  const after = [...crossing, price('103.9', ARMED_AT + 3_000)];
  expect(led(watchOf(), after, ARMED_AT + 2_000)).toMatchObject({ exitReason: 'trailing_stop' });
});
