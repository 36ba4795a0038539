import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openExit, observe } from '#domain/exit-engine.ts';
import type { Side } from '#domain/ids.ts';
import { resolveBarriers, type Barriers } from '#domain/barriers.ts';
import { judge, newLiveWatch, RESIDENT_PATIENCE_MS, updateLiveWatch, type LiveWatch } from './live-watch.ts';
import { watchRecord } from './testing.ts';

const ARMED_AT = 1_000;

function watchOf(barriers: Barriers, options: { side?: Side; isStopResident?: boolean } = {}): LiveWatch {
  const { side = 'long', isStopResident = true } = options;
  const resolved = resolveBarriers(barriers, { side, entryPrice: '100' });
  if (!resolved.ok) throw new Error(resolved.refusal.text);
  const { stop } = openExit(resolved.value, { side, entryPrice: '100', openedAt: ARMED_AT });
  const record = watchRecord({
    side,
    levels: {
      entryPrice: '100',
      barriers: resolved.value,
      stop,
      isStopResident,
      restingTargets: resolved.value.targets.map(({ leg }) => leg),
      filledTargets: [],
    },
    armedAt: ARMED_AT,
    timeLimitAt: barriers.timeLimitMs === undefined ? null : ARMED_AT + barriers.timeLimitMs,
  });
  return newLiveWatch(record);
}

const TRAIL: Barriers = { stopLoss: { pct: 10 }, trailing: [{ activatesAtPct: 1, distancePct: 1 }] };

describe('a level that rests at the venue', () => {
  test('is the venue’s to fire, until it has been passed for a while', () => {
    const watch = watchOf({ stopLoss: { pct: 5 } });
    expect(judge(watch, '94', ARMED_AT)).toEqual({ do: 'expectFills' });
    expect(judge(watch, '94', ARMED_AT + RESIDENT_PATIENCE_MS - 1)).toEqual({ do: 'nothing' });
    const late = { do: 'exit', reason: 'stop_loss', price: '94' };
    expect(judge(watch, '94', ARMED_AT + RESIDENT_PATIENCE_MS)).toEqual(late);
  });

  test('is forgiven when the price comes back', () => {
    const watch = watchOf({ stopLoss: { pct: 5 } });
    judge(watch, '94', ARMED_AT);
    judge(watch, '97', ARMED_AT + 100);
    expect(judge(watch, '94', ARMED_AT + RESIDENT_PATIENCE_MS)).toEqual({ do: 'expectFills' });
  });

  test('as a target, is asked about', () => {
    const watch = watchOf({ stopLoss: { pct: 5 }, takeProfits: [{ pct: 2, fraction: 1 }] });
    expect(judge(watch, '103', ARMED_AT)).toEqual({ do: 'expectFills' });
    expect(judge(watch, '103', ARMED_AT + RESIDENT_PATIENCE_MS)).toEqual({ do: 'review' });
  });
});

test('a target that rests nowhere is closed at the touch, once, and the next one is the venue’s', () => {
  const takeProfits = [
    { pct: 2, fraction: 0.5 },
    { pct: 4, fraction: 0.5 },
  ];
  const watch = watchOf({ stopLoss: { pct: 5 }, takeProfits });
  watch.record.levels = { ...watch.record.levels, restingTargets: [2] };
  expect(judge(watch, '101.9', ARMED_AT)).toEqual({ do: 'nothing' });
  expect(judge(watch, '102', ARMED_AT)).toEqual({ do: 'takeProfit', leg: 1, price: '102' });
  watch.waitsUntil = ARMED_AT + 500;
  expect(judge(watch, '102.1', ARMED_AT + 100)).toEqual({ do: 'nothing' });
  expect(judge(watch, '102.1', ARMED_AT + 500)).toMatchObject({ do: 'takeProfit', leg: 1 });
  watch.record.levels = { ...watch.record.levels, filledTargets: [1] };
  expect(judge(watch, '104', ARMED_AT + 600)).toEqual({ do: 'expectFills' });
});

describe('the trail', () => {
  test('moves the resident stop by steps, and fires exactly between two of them', () => {
    const watch = watchOf(TRAIL);
    expect(judge(watch, '104', ARMED_AT)).toEqual({ do: 'moveStop', to: '102.96' });
    watch.record.levels = { ...watch.record.levels, stop: { price: '102.96', kind: 'trailing_stop' } };
    expect(judge(watch, '104.3', ARMED_AT)).toEqual({ do: 'nothing' });
    expect(judge(watch, '103.2', ARMED_AT)).toEqual({ do: 'exit', reason: 'trailing_stop', price: '103.2' });
  });

  test('never comes back, though its next step is wider', () => {
    const steps = [
      { activatesAtPct: 0, distancePct: 1 },
      { activatesAtPct: 5, distancePct: 3 },
    ];
    const watch = watchOf({ stopLoss: { pct: 10 }, trailing: steps }, { isStopResident: false });
    judge(watch, '104', ARMED_AT);
    judge(watch, '105', ARMED_AT);
    expect(judge(watch, '102.96', ARMED_AT)).toMatchObject({ do: 'exit', reason: 'trailing_stop' });
  });

  test('of a paused trade goes on following the peak, and acts on nothing', () => {
    const watch = watchOf(TRAIL);
    watch.record.status = 'paused';
    expect([judge(watch, '110', ARMED_AT), judge(watch, '101', ARMED_AT)]).toEqual([
      { do: 'nothing' },
      { do: 'nothing' },
    ]);
    watch.record.status = 'armed';
    expect(judge(watch, '101', ARMED_AT)).toEqual({ do: 'exit', reason: 'trailing_stop', price: '101' });
  });

  test('begins nothing while an order about the trade is on its way, but forgets no exit', () => {
    const watch = watchOf(TRAIL);
    watch.isBusy = true;
    expect(judge(watch, '104', ARMED_AT)).toEqual({ do: 'nothing' });
    expect(judge(watch, '102', ARMED_AT)).toEqual({ do: 'nothing' });
    watch.isBusy = false;
    expect(judge(watch, '105', ARMED_AT)).toEqual({ do: 'exit', reason: 'trailing_stop', price: '105' });
  });

  test('does not move the stop again so soon after the venue refused', () => {
    const watch = watchOf(TRAIL);
    watch.waitsUntil = ARMED_AT + 500;
    expect(judge(watch, '104', ARMED_AT)).toEqual({ do: 'nothing' });
    expect(judge(watch, '103.9', ARMED_AT + 500)).toEqual({ do: 'moveStop', to: '102.96' });
  });
});

test('a time limit ends the trade, whatever the price', () => {
  const watch = watchOf({ stopLoss: { pct: 5 }, timeLimitMs: 500 });
  expect(judge(watch, '101', ARMED_AT + 499)).toEqual({ do: 'nothing' });
  expect(judge(watch, '101', ARMED_AT + 500)).toEqual({ do: 'exit', reason: 'time_limit', price: '101' });
});

test('without a resident stop, exits come at the same price and for the same reason as in the exit engine', () => {
  const path = fc.array(fc.integer({ min: 8_000, max: 12_000 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(path, fc.constantFrom<Side>('long', 'short'), (cents, side) => {
      const watch = watchOf(TRAIL, { side, isStopResident: false });
      const { barriers } = watch.record.levels;
      let state = openExit(barriers, { side, entryPrice: '100', openedAt: ARMED_AT });
      for (const [index, cent] of cents.entries()) {
        const observation = { price: String(cent / 100), t: ARMED_AT + index, gap: true };
        const step = observe(state, observation);
        const verdict = judge(watch, observation.price, observation.t);
        const [fire] = step.fires;
        const exit = verdict.do === 'exit' ? { reason: verdict.reason, price: verdict.price } : undefined;
        expect(exit).toEqual(fire && { reason: fire.reason, price: fire.price });
        if (fire) return;
        state = step.state;
      }
    }),
  );
});

test('an exit once decided stays so though the price comes back, until a person pauses', () => {
  const watch = watchOf(TRAIL);
  watch.exitReason = 'trailing_stop';
  const exit = { do: 'exit', reason: 'trailing_stop', price: '105' };
  expect(judge(watch, '105', ARMED_AT)).toEqual(exit);
  updateLiveWatch(watch, { ...watch.record, status: 'paused' });
  updateLiveWatch(watch, { ...watch.record, status: 'armed' });
  expect(judge(watch, '105', ARMED_AT)).toEqual({ do: 'moveStop', to: '103.95' });
});
