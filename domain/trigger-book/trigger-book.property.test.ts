import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { barriersArb } from '#tests/support/exit-arbitraries.ts';
import { resolveBarriers, type Barriers } from '../barriers.ts';
import { observe, openExit, type ExitState, type PriceObservation } from '../exit-engine.ts';
import type { Side } from '../ids.ts';
import { createExitBook, type BookFire } from '#tests/support/exit-book.ts';

const LEAST_OPERATIONS = 100_000;
const RUNS = 400;
const LONGEST = 800;

type Operation =
  | { do: 'add'; side: Side; barriers: Barriers; offsetCents: number }
  | { do: 'change'; pick: number; barriers: Barriers }
  | { do: 'remove'; pick: number }
  | { do: 'feed'; moveCents: number; gap: boolean; afterMs: number };

/** Now and then a trail whose next step is wider, which the stop has to wait for. */
const trailArb = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 5, max: 500 })), {
    minLength: 1,
    maxLength: 4,
  })
  .map((steps) =>
    steps.map(([activates, distance]) => ({ activatesAtPct: activates / 100, distancePct: distance / 100 })),
  );
const policyArb = fc
  .tuple(barriersArb, fc.option(trailArb, { nil: undefined }))
  .map(([barriers, trailing]): Barriers => (trailing ? { ...barriers, trailing } : barriers));
const pickArb = fc.nat(1_000);
const operationArb: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      side: fc.constantFrom<Side>('long', 'short'),
      barriers: policyArb,
      offsetCents: fc.integer({ min: -100, max: 100 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('change' as const), pick: pickArb, barriers: policyArb }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), pick: pickArb }) },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('feed' as const),
      moveCents: fc.integer({ min: -150, max: 150 }),
      gap: fc.boolean(),
      afterMs: fc.integer({ min: 0, max: 120_000 }),
    }),
  },
);

/** The rules without any order in them: every position is asked at every price. */
class Loop {
  readonly states = new Map<number, ExitState>();
  #lastPrice: number | null = null;

  feed(observation: PriceObservation): BookFire<number>[] {
    const price = Number(observation.price);
    const way = this.#lastPrice === null ? 0 : Math.sign(price - this.#lastPrice);
    this.#lastPrice = price;
    const fires: BookFire<number>[] = [];
    for (const [key, state] of this.states) {
      const step = observe(state, observation);
      fires.push(...step.fires.map((fire) => ({ ...fire, key })));
      if (step.state.remaining === 0) this.states.delete(key);
      else this.states.set(key, step.state);
    }
    return fires.sort((a, b) => (Number(a.price) - Number(b.price)) * way);
  }
}

/** What each of the two says. */
interface Both<Value> {
  book: Value;
  loop: Value;
}

/** Book and loop side by side, at the same prices. */
class SideBySide {
  readonly #book = createExitBook<number>();
  readonly #loop = new Loop();
  #cents = 10_000;
  #t = 0;
  #keys = 0;

  /** Does the same to both, and answers what fired. */
  run(operation: Operation): Both<BookFire<number>[]> {
    if (operation.do === 'feed') return this.#feed(operation);
    if (operation.do === 'add') this.#add(operation);
    if (operation.do === 'change') this.#change(this.#pick(operation.pick), operation.barriers);
    if (operation.do === 'remove') this.#remove(this.#pick(operation.pick));
    return { book: [], loop: [] };
  }

  /** Every position that the loop knows, as each of the two sees it, and how many there are. */
  positions(): Both<(number | ExitState | null)[]> {
    const loop = [...this.#loop.states];
    return {
      book: [this.#book.size, ...loop.map(([key]) => this.#book.state(key))],
      loop: [loop.length, ...loop.map(([, state]) => state)],
    };
  }

  #add({ side, barriers, offsetCents }: Extract<Operation, { do: 'add' }>): void {
    const entryPrice = String((this.#cents + offsetCents) / 100);
    const resolved = resolveBarriers(barriers, { side, entryPrice });
    if (!resolved.ok) return;
    const state = openExit(resolved.value, { side, entryPrice, openedAt: this.#t });
    const key = (this.#keys += 1);
    this.#book.set(key, state);
    this.#loop.states.set(key, state);
  }

  /** New barriers from the entry on, as a person may set them; the peak is kept. */
  #change(key: number | undefined, barriers: Barriers): void {
    const state = key === undefined ? undefined : this.#loop.states.get(key);
    if (key === undefined || !state) return;
    const resolved = resolveBarriers(barriers, state);
    if (!resolved.ok) return;
    const changed = { ...openExit(resolved.value, state), peak: state.peak };
    this.#book.set(key, changed);
    this.#loop.states.set(key, changed);
  }

  #remove(key: number | undefined): void {
    if (key === undefined) return;
    this.#book.remove(key);
    this.#loop.states.delete(key);
  }

  #feed({ moveCents, gap, afterMs }: Extract<Operation, { do: 'feed' }>): Both<BookFire<number>[]> {
    this.#cents = Math.max(5_000, this.#cents + moveCents);
    this.#t += afterMs;
    const observation = { price: String(this.#cents / 100), t: this.#t, gap };
    return { book: this.#book.feed(observation), loop: this.#loop.feed(observation) };
  }

  #pick(pick: number): number | undefined {
    const keys = [...this.#loop.states.keys()];
    return keys[pick % keys.length];
  }
}

test('at least 100,000 random operations: the book does what a loop over all positions does, in the same order', () => {
  let operations = 0;
  fc.assert(
    fc.property(fc.array(operationArb, { maxLength: LONGEST, size: 'max' }), (list) => {
      const sides = new SideBySide();
      for (const operation of list) {
        const fired = sides.run(operation);
        expect(fired.book).toEqual(fired.loop);
      }
      const positions = sides.positions();
      expect(positions.book).toEqual(positions.loop);
      operations += list.length;
    }),
    { numRuns: RUNS },
  );
  expect(operations).toBeGreaterThanOrEqual(LEAST_OPERATIONS);
}, 120_000);
