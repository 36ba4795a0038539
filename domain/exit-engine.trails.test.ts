import { describe, expect, test } from 'vitest';
import { open, path, run } from '#tests/support/exit-run.ts';
import { convertPolicy, plain, readFixture, type MarginPolicy } from '#tests/support/exit-vectors.ts';
import type { Barriers } from './barriers.ts';
import { trailingStopFor } from './exit-engine.ts';
import { direction, type Side } from './ids.ts';

type LiveRow = Omit<MarginPolicy, 'name' | 'leverage' | 'roi' | 'trailing'> & {
  open: number;
  ticks: number[];
  stopAfter: number[];
  feeEachSide?: number;
};

describe('reference trails', () => {
  const rows: {
    live: LiveRow[];
    docs: LiveRow[];
    basisPoints: { side: Side; stopBefore: number; bps: number; price: number; stopAfter: number | null }[];
  } = JSON.parse(readFixture('trailing'));

  /** Exactly at the offset their documentation and their code disagree. */
  const isDetermined = (row: LiveRow) =>
    !row.ticks.some((price) => row.offset > 0 && Math.abs(price / row.open - 1 - row.offset) < 1e-9);

  test('all rows but the undetermined one are held', () => {
    expect([...rows.live, ...rows.docs].map(isDetermined)).toEqual([...Array(9).fill(true), false]);
  });

  /** Where their profit is net of fees, the price that makes it lies further out. */
  function offset({ side, offset: net, feeEachSide: fee = 0 }: LiveRow): number {
    if (net === 0) return 0;
    return side === 'long'
      ? ((1 + net) * (1 + fee)) / (1 - fee) - 1
      : 1 - ((1 - net) * (1 - fee)) / (1 + fee);
  }

  test.each(rows.live.concat(rows.docs).filter(isDetermined))(
    '$side from $open through $ticks: stops $stopAfter',
    (row) => {
      const policy = { ...row, name: '', leverage: 1, roi: {}, trailing: true, offset: offset(row) };
      const start = open(convertPolicy(policy), row.side, plain(row.open));
      const { states } = run(start, path(...row.ticks.map((price) => `${plain(price)}!`)));
      expect(states.slice(1).map(({ stop }) => Number(stop?.price))).toEqual(
        row.stopAfter.map((stop) => expect.closeTo(stop, 8)),
      );
    },
  );

  test.each(rows.basisPoints)('$bps basis points from $price ($side)', ({ side, bps, price, stopAfter }) => {
    const steps = [{ activatesAt: '100', distancePct: bps / 100 }];
    expect(trailingStopFor(steps, side, '100', plain(price))).toBe(
      stopAfter === null ? null : plain(stopAfter),
    );
  });
});

describe('reference ladders', () => {
  const ladders: {
    targets: { side: Side; entry: number; stop: number; tp: number[] };
    breakEvenAfterTp1: (number | null)[];
    belowHighestPct: number;
    breakEven: { side: Side; entry: number; stop: number }[];
  } = JSON.parse(readFixture('ladders'));
  const { entry, stop, tp, side } = ladders.targets;
  const ladder: Barriers = {
    stopLoss: { price: plain(stop) },
    takeProfits: tp.map((price) => ({ price: plain(price), fraction: 0.25 })),
  };
  const stopsAfterEach = (barriers: Barriers) =>
    run(open(barriers, side, plain(entry)), path(...tp.map(plain)))
      .states.slice(1)
      .map((state) => (state.remaining === 0 ? null : Number(state.stop?.price)));

  test('break-even after the first target holds for the rest', () => {
    const breakEven = { afterTakeProfit: 1, offsetPct: 0 };
    expect(stopsAfterEach({ ...ladder, breakEven })).toEqual(ladders.breakEvenAfterTp1);
  });

  test('from the first target on, a percentage below the highest price', () => {
    const trailing = [{ activatesAtPct: (tp[0] ?? 0) - entry, distancePct: ladders.belowHighestPct }];
    const expected = tp.map((price, index) => (index === tp.length - 1 ? null : price * 0.95));
    expect(stopsAfterEach({ ...ladder, trailing })).toEqual(expected);
  });

  test.each(ladders.breakEven)('break-even of a $side from $entry is $stop', (row) => {
    const barriers: Barriers = {
      takeProfits: [{ pct: 10, fraction: 0.5 }],
      breakEven: { afterTakeProfit: 1, offsetPct: 0 },
    };
    const start = open(barriers, row.side, plain(row.entry));
    const { states } = run(start, path(plain(row.entry * (1 + 0.1 * direction(row.side)))));
    expect(states.at(-1)?.stop).toEqual({ price: plain(row.stop), kind: 'break_even' });
  });
});
