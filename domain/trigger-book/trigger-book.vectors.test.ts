import { describe, expect, test } from 'vitest';
import * as vectors from '#tests/support/exit-vectors.ts';
import { openExit, type PriceObservation } from '../exit-engine.ts';
import { resolveBarriers, type Barriers } from '../barriers.ts';
import type { Side } from '../ids.ts';
import { feedSimulation, startSimulation } from '../simulate.ts';
import { createExitBook } from '#tests/support/exit-book.ts';

/** A position from the first price of a path on, as the reference cases mean it. */
interface Played {
  name: string;
  side: Side;
  barriers: Barriers;
  path: readonly PriceObservation[];
}

/** What the book fires for one position on its path. */
function fired({ side, barriers, path }: Played) {
  const { entryPrice, openedAt } = entryOf(path);
  const resolved = resolveBarriers(barriers, { side, entryPrice });
  if (!resolved.ok) throw new Error(resolved.refusal.text);
  const book = createExitBook<string>();
  book.set('p', openExit(resolved.value, { side, entryPrice, openedAt }));
  return path.flatMap((observation) => book.feed(observation)).map(({ key: _key, ...fire }) => fire);
}

/** What the simulation makes of it, which is held against the expectations of the fixtures themselves. */
function simulated({ side, barriers, path }: Played) {
  const { entryPrice, openedAt } = entryOf(path);
  const started = startSimulation(barriers, { price: entryPrice, t: openedAt }, { side, feeBps: 0 });
  if (!started.ok) throw new Error(started.refusal.text);
  for (const observation of path) feedSimulation(started.value, observation);
  return started.value.fires;
}

function entryOf([first]: readonly PriceObservation[]) {
  if (!first) throw new Error('a case without prices');
  return { entryPrice: first.price, openedAt: first.t };
}

const ofTicks = (entry: vectors.ReferenceCase): Played => ({
  name: entry.name,
  side: entry.side,
  barriers: vectors.convertPolicy(entry),
  path: vectors.convertTicks(entry.ticks),
});

const cases: Played[] = [
  ...vectors.referenceExits('table').cases.map(ofTicks),
  ...vectors.referenceExits('fuzz').cases.map(ofTicks),
  ...vectors.boundaryExits().map((entry) => ({
    name: entry.name,
    side: entry.side,
    barriers: vectors.convertPolicy(entry),
    path: vectors.convertCandles(entry),
  })),
];

describe('reference exits through the book', () => {
  test.each(cases)('$name', (played) => {
    expect(fired(played)).toEqual(simulated(played));
  });

  test('most of them end in an exit', () => {
    expect(cases.length).toBeGreaterThan(195);
    expect(cases.filter((played) => fired(played).length > 0).length).toBeGreaterThan(180);
  });
});

describe('reference ladders through the book', () => {
  const ladders: {
    targets: { side: Side; entry: number; stop: number; tp: number[] };
    breakEvenAfterTp1: (number | null)[];
  } = JSON.parse(vectors.readFixture('ladders'));
  const { entry, stop, tp, side } = ladders.targets;

  test('break-even after the first target holds for the rest', () => {
    const entryPrice = vectors.plain(entry);
    const resolved = resolveBarriers(
      {
        stopLoss: { price: vectors.plain(stop) },
        takeProfits: tp.map((price) => ({ price: vectors.plain(price), fraction: 0.25 })),
        breakEven: { afterTakeProfit: 1, offsetPct: 0 },
      },
      { side, entryPrice },
    );
    if (!resolved.ok) throw new Error(resolved.refusal.text);
    const book = createExitBook<string>();
    book.set('p', openExit(resolved.value, { side, entryPrice, openedAt: 0 }));
    const stops = tp.map((price, index) => {
      book.feed({ price: vectors.plain(price), t: index + 1, gap: false });
      const state = book.state('p');
      return state && Number(state.stop?.price);
    });
    expect(stops).toEqual(ladders.breakEvenAfterTp1);
  });
});
