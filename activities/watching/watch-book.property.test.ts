import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { barriersArb } from '#tests/support/exit-arbitraries.ts';
import { resolveBarriers, type Barriers } from '#domain/barriers.ts';
import { openExit } from '#domain/exit-engine.ts';
import { asId, type Side, type TradeId } from '#domain/ids.ts';
import type { WatchStatus } from '#domain/statuses.ts';
import type { WatchRecord } from '#prisma/repositories/watch-record.ts';
import { judge, newLiveWatch, updateLiveWatch, type LiveWatch, type Verdict } from './live-watch.ts';
import { WatchBook } from './watch-book.ts';
import { watchRecord } from './testing.ts';

const RUNS = 150;

type Operation =
  | { do: 'arm'; side: Side; barriers: Barriers; isStopResident: boolean; firedTargets: number }
  | { do: 'disarm'; pick: number }
  | { do: 'status'; pick: number; status: Extract<WatchStatus, 'armed' | 'paused'> }
  | { do: 'fillTarget'; pick: number }
  | { do: 'fail'; pick: number; waitMs: number }
  | { do: 'pass'; ms: number }
  | { do: 'price'; moveCents: number; afterMs: number };

const pickArb = fc.nat(1_000);
const operationArb = fc.oneof<fc.WeightedArbitrary<Operation>[]>(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('arm' as const),
      side: fc.constantFrom<Side>('long', 'short'),
      barriers: barriersArb,
      isStopResident: fc.boolean(),
      firedTargets: fc.nat(2),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('disarm' as const), pick: pickArb }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('status' as const),
      pick: pickArb,
      status: fc.constantFrom<('armed' | 'paused')[]>('armed', 'paused'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fillTarget' as const), pick: pickArb }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('fail' as const),
      pick: pickArb,
      waitMs: fc.integer({ min: 1, max: 5_000 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 3_000 }) }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('price' as const),
      moveCents: fc.integer({ min: -150, max: 150 }),
      afterMs: fc.integer({ min: 0, max: 1_500 }),
    }),
  },
);

function recordOf(
  id: number,
  { side, barriers, isStopResident, firedTargets }: Extract<Operation, { do: 'arm' }>,
  entryPrice: string,
  t: number,
): WatchRecord | null {
  const resolved = resolveBarriers(barriers, { side, entryPrice });
  if (!resolved.ok) return null;
  const { stop } = openExit(resolved.value, { side, entryPrice, openedAt: t });
  const { timeLimitMs } = resolved.value;
  return watchRecord({
    tradeId: asId<TradeId>(String(id).padStart(6, '0')),
    side,
    levels: {
      entryPrice,
      barriers: resolved.value,
      stop,
      isStopResident,
      restingTargets: resolved.value.targets.map(({ leg }) => leg).filter((leg) => leg > firedTargets),
      filledTargets: [],
    },
    armedAt: t,
    timeLimitAt: timeLimitMs === null ? null : t + timeLimitMs / 100,
  });
}

interface Said {
  tradeId: TradeId;
  verdict: Verdict;
}

/** A book of watches, and the same watches each asked at every price. */
class SideBySide {
  readonly #book = new WatchBook();
  readonly #loop = new Map<TradeId, LiveWatch>();
  #cents = 10_000;
  #t = 1_000;
  #ids = 0;

  /** Does the same to both, and answers what each had to say. */
  run(operation: Operation): { book: Said[]; loop: Said[] } {
    if (operation.do === 'price') {
      this.#cents = Math.max(5_000, this.#cents + operation.moveCents);
      this.#t += operation.afterMs;
      return this.#settled(this.#book.feed('BTC', this.#price(), this.#t));
    }
    if (operation.do === 'pass') {
      this.#t += operation.ms;
      return this.#settled(this.#book.due(this.#t, () => this.#price()));
    }
    if (operation.do === 'arm') this.#arm(operation);
    else this.#change(operation);
    return { book: [], loop: [] };
  }

  peaks() {
    const known = [...this.#loop.values()].map(({ record }) => this.#book.get(record.tradeId));
    for (const watch of known) if (watch) this.#book.catchUp(watch);
    const inShort = (watch?: LiveWatch) => [watch?.record.tradeId, Number(watch?.peak), watch?.trail];
    return { book: known.map(inShort), loop: [...this.#loop.values()].map(inShort) };
  }

  #settled(judged: { watch: LiveWatch; verdict: Verdict }[]): { book: Said[]; loop: Said[] } {
    const loop = [...this.#loop.values()].map((watch) => ({
      tradeId: watch.record.tradeId,
      verdict: judge(watch, this.#price(), this.#t),
    }));
    const book = judged.map(({ watch, verdict }) => ({ tradeId: watch.record.tradeId, verdict }));
    for (const { tradeId, verdict } of loop) this.#obey(tradeId, verdict);
    return { book: spoken(book), loop: spoken(loop) };
  }

  /** A closed position leaves; a target is filled, and a moved stop rests at its new level. */
  #obey(tradeId: TradeId, verdict: Verdict): void {
    if (verdict.do === 'exit') return this.#remove(tradeId);
    if (verdict.do === 'takeProfit') return this.#each(tradeId, fillTarget);
    if (verdict.do !== 'moveStop') return;
    const stop = { price: verdict.to, kind: 'trailing_stop' as const };
    this.#each(tradeId, (watch) => {
      watch.record = { ...watch.record, levels: { ...watch.record.levels, stop } };
    });
  }

  #arm(operation: Extract<Operation, { do: 'arm' }>): void {
    const record = recordOf((this.#ids += 1), operation, this.#price(), this.#t);
    if (!record) return;
    this.#book.add(newLiveWatch(record));
    this.#loop.set(record.tradeId, newLiveWatch(record));
  }

  #change(operation: Exclude<Operation, { do: 'arm' | 'price' | 'pass' }>): void {
    const ids = [...this.#loop.keys()];
    const tradeId = ids[operation.pick % ids.length];
    if (tradeId === undefined) return;
    if (operation.do === 'disarm') return this.#remove(tradeId);
    this.#each(tradeId, (watch) => {
      const { record } = watch;
      if (operation.do === 'status') updateLiveWatch(watch, { ...record, status: operation.status });
      else if (operation.do === 'fail') watch.waitsUntil = this.#t + operation.waitMs;
      else fillTarget(watch);
    });
  }

  #each(tradeId: TradeId, change: (watch: LiveWatch) => void): void {
    const [mine, theirs] = [this.#book.get(tradeId), this.#loop.get(tradeId)];
    if (!mine || !theirs) return;
    this.#book.change(mine, () => change(mine));
    change(theirs);
  }

  #remove(tradeId: TradeId): void {
    const watch = this.#book.get(tradeId);
    if (watch) this.#book.remove(watch);
    this.#loop.delete(tradeId);
  }

  #price(): string {
    return String(this.#cents / 100);
  }
}

function fillTarget(watch: LiveWatch): void {
  const { record } = watch;
  const { barriers, filledTargets } = record.levels;
  const next = barriers.targets.find(({ leg }) => !filledTargets.includes(leg));
  const levels = { ...record.levels, filledTargets: next ? [...filledTargets, next.leg] : filledTargets };
  updateLiveWatch(watch, { ...record, levels });
}

/** What calls for something, by trade: long and short positions are asked apart. */
const spoken = (said: readonly Said[]): Said[] =>
  said
    .filter(({ verdict }) => verdict.do !== 'nothing')
    .toSorted((a, b) => a.tradeId.localeCompare(b.tradeId));

test('the book says of every price and every moment what asking each watch says', () => {
  fc.assert(
    fc.property(fc.array(operationArb, { maxLength: 400, size: 'max' }), (operations) => {
      const sides = new SideBySide();
      for (const operation of operations) {
        const said = sides.run(operation);
        expect(said.book).toEqual(said.loop);
      }
      const peaks = sides.peaks();
      expect(peaks.book).toEqual(peaks.loop);
    }),
    { numRuns: RUNS },
  );
});
