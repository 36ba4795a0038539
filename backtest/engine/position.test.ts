import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resolveBarriers, type Barriers } from '#domain/barriers.ts';
import { CANDLE_PATHS, type CandlePath } from '#domain/candles.ts';
import { openExit, type ExitState } from '#domain/exit-engine.ts';
import { SIDES, type Side } from '#domain/ids.ts';
import { barriersArb } from '#tests/support/exit-arbitraries.ts';
import * as vectors from '#tests/support/exit-vectors.ts';
import { priceText, type PriceSeries } from '../prices/price-series.ts';
import { advance, openPosition, type Position } from './position.ts';
import { askAll, candleSeries, otherOf, printSeries, type Row } from './testing.ts';

const MINUTE_MS = 60_000;

/** Candles that wander around 100, some with gaps between them, all consistent. */
const candlesArb = fc
  .array(
    fc.record({
      jump: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: -200, max: 200 })),
      body: fc.integer({ min: -150, max: 150 }),
      up: fc.integer({ min: 0, max: 120 }),
      down: fc.integer({ min: 0, max: 120 }),
    }),
    { minLength: 2, maxLength: 120 },
  )
  .map((steps) => {
    let price = 10_000;
    return candleSeries(
      steps.map(({ jump, body, up, down }, index): Row => {
        const open = Math.max(2_000, price + jump);
        const close = Math.max(2_000, open + body);
        price = close;
        const high = Math.max(open, close) + up;
        const low = Math.max(1_000, Math.min(open, close) - down);
        return [index * MINUTE_MS, open / 100, high / 100, low / 100, close / 100];
      }),
    );
  });

/** Trails whose later steps are wider too, which narrowing ones do not show. */
const anyTrail = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 20, max: 400 })), {
    minLength: 1,
    maxLength: 4,
  })
  .map((steps): Barriers['trailing'] =>
    steps
      .map(([activation, distance]) => ({ activatesAtPct: activation / 100, distancePct: distance / 100 }))
      .toSorted((one, other) => one.activatesAtPct - other.activatesAtPct),
  );
const exitsArb = fc
  .tuple(barriersArb, fc.option(anyTrail, { nil: undefined }))
  .map(([barriers, trailing]) => (trailing ? { ...barriers, trailing } : barriers));

function enter(barriers: Barriers, side: Side, series: PriceSeries, at: number): ExitState | null {
  const entryPrice = priceText(series.open[at]!);
  const resolved = resolveBarriers(barriers, { side, entryPrice });
  return resolved.ok ? openExit(resolved.value, { side, entryPrice, openedAt: series.times[at]! }) : null;
}

const firesOf = ({ fires }: Position) => fires.map(({ knownAt: _knownAt, ...fire }) => fire);

describe('a position led by plain numbers', () => {
  test('ends as the engine that is asked about every price, on random candles and exits', () => {
    let ended = 0;
    const property = fc.property(
      candlesArb,
      exitsArb,
      fc.constantFrom(...SIDES),
      fc.constantFrom(...CANDLE_PATHS),
      fc.boolean(),
      fc.nat(60),
      (series, barriers, side, path, keepsMoves, pause) => {
        const state = enter(barriers, side, series, 0);
        if (state === null) return;
        const asked = askAll(state, series, 0, path);
        const position = openPosition(state, series, 0, { path, otherPath: otherOf(path), keepsMoves });
        // A course that is led in two parts ends as one that is led at once.
        advance(position, Math.min(pause, series.length));
        advance(position, series.length);
        expect(firesOf(position)).toEqual(asked.fires);
        expect(position.stopMoves).toEqual(keepsMoves ? asked.stopMoves : []);
        if (asked.state.remaining === 0) ended += 1;
      },
    );
    fc.assert(property, { seed: 17, numRuns: 4_000 });
    expect(ended).toBeGreaterThan(2_000);
  });

  test('knows how it ends under the other order of extremes', () => {
    let split = 0;
    const property = fc.property(
      candlesArb,
      exitsArb,
      fc.constantFrom(...SIDES),
      (series, barriers, side) => {
        const state = enter(barriers, side, series, 0);
        if (state === null) return;
        const options = { path: 'worst', otherPath: 'best', keepsMoves: true } as const;
        const position = openPosition(state, series, 0, options);
        advance(position, series.length);
        expect(firesOf(position.other ?? position)).toEqual(askAll(state, series, 0, 'best').fires);
        if (position.other) split += 1;
      },
    );
    fc.assert(property, { seed: 18, numRuns: 2_000 });
    expect(split).toBeGreaterThan(200);
  });
});

describe('reference exits', () => {
  const cases = [...vectors.referenceExits('table').cases, ...vectors.referenceExits('fuzz').cases];

  test(`${cases.length} paths of prints end as the engine that is asked about every print`, () => {
    for (const entry of cases) {
      const prints = vectors
        .convertTicks(entry.ticks)
        .map(({ price, t, gap }) => ({ price: Number(price), t, gap }));
      expectAlike(entry.name, vectors.convertPolicy(entry), entry.side, printSeries(prints), 'worst');
    }
  });

  test('candles of the boundary cases do', () => {
    for (const entry of vectors.boundaryExits()) {
      const rows = entry.candles.map(
        ([hour, ...prices]): Row => [hour * vectors.HOUR_MS, ...prices] as const,
      );
      expectAlike(
        entry.name,
        vectors.convertPolicy(entry),
        entry.side,
        candleSeries(rows, vectors.HOUR_MS),
        'best',
      );
    }
  });
});

function expectAlike(
  name: string,
  barriers: Barriers,
  side: Side,
  series: PriceSeries,
  path: CandlePath,
): void {
  const state = enter(barriers, side, series, 0);
  if (state === null) return;
  for (const keepsMoves of [true, false]) {
    const position = openPosition(state, series, 0, { path, otherPath: null, keepsMoves });
    advance(position, series.length);
    expect([name, firesOf(position)]).toEqual([name, askAll(state, series, 0, path).fires]);
  }
}
