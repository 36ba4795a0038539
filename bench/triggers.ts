import { Command } from 'commander';
import { wholeNumber } from '#cli/context.ts';
import { createTrailBook, createTrailLoop, stopOf, type Trails, type TrailingStop } from './trigger-loop.ts';

type Scenario = 'quiet' | 'walk';

interface Row {
  armed: number;
  scenario: Scenario;
  bookTicksPerSecond: number;
  loopTicksPerSecond: number;
}

const SIZES = [1_000, 10_000, 100_000, 1_000_000];
const PRICE = 50_000;
/** Entries lie up to this far on the winning side of the first price, so that peaks are passed one after the other. */
const ENTRY_SPREAD_PCT = 0.5;
const DISTANCE_PCT = { least: 1, most: 10 };
/** Less than the way to the nearest stop, and short of every peak. */
const QUIET_PCT = 0.2;
const WALK_STEP_PCT = 0.01;
const PRICES = 1 << 20;
/** How long one side runs at the most, and at least, for one row. */
const BUDGET_MS = 1_500;
const LEAST_TICKS = 20;
const SEED = 42;

const command = new Command('triggers')
  .description('ticks per second with many trailing stops armed: the trigger book beside a plain loop')
  .option('--armed <n>', 'this number of stops only', wholeNumber(1, 10_000_000))
  .option('--json', 'print one object of JSON');

// oxlint-disable-next-line require-await -- a benchmark may wait; this one has nothing to wait for
export async function run(args: readonly string[]): Promise<void> {
  const options = command.parse(args, { from: 'user' }).opts<{ armed?: number; json?: boolean }>();
  const sizes = options.armed === undefined ? SIZES : [options.armed];
  const rows = sizes.flatMap((armed) =>
    (['quiet', 'walk'] as const).map((scenario) => measure(armed, scenario)),
  );
  process.stdout.write(`${options.json ? JSON.stringify({ rows }) : render(rows)}\n`);
}

function measure(armed: number, scenario: Scenario): Row {
  const prices = scenario === 'quiet' ? quietPrices() : walk();
  const loop = timed(createTrailLoop(makeStops(armed)), prices);
  const book = timed(createTrailBook(makeStops(armed)), prices, loop.ticks);
  if (book.firedAtMark !== loop.fired)
    throw new Error(`${armed} ${scenario}: the book fired ${book.firedAtMark}, the loop ${loop.fired}`);
  return { armed, scenario, bookTicksPerSecond: book.perSecond, loopTicksPerSecond: loop.perSecond };
}

interface Timed {
  ticks: number;
  fired: number;
  /** How many had fired after `mark` ticks. */
  firedAtMark: number;
  perSecond: number;
}

/** Feeds prices until they or the time are used up; at least as many as `mark`. */
function timed(trails: Trails, prices: Float64Array, mark = LEAST_TICKS): Timed {
  let ticks = 0;
  let fired = 0;
  let firedAtMark = 0;
  const startedAt = performance.now();
  for (let end = startedAt + BUDGET_MS; ticks < prices.length;) {
    fired += trails.tick(prices[ticks]!);
    ticks += 1;
    if (ticks === mark) firedAtMark = fired;
    // Reading the clock costs more than a quiet tick, so it is read once in many ticks.
    if (ticks >= mark && ticks % LEAST_TICKS === 0 && performance.now() > end) break;
  }
  return {
    ticks,
    fired,
    firedAtMark,
    perSecond: Math.round((ticks / (performance.now() - startedAt)) * 1_000),
  };
}

/** Half long, half short, at distances spread evenly, so that no two trails are the same. */
function makeStops(armed: number): TrailingStop[] {
  const random = randomNumbers(SEED);
  return Array.from({ length: armed }, (_, index) => {
    const side = index % 2 === 0 ? 'long' : 'short';
    const away = 1 + (random() * ENTRY_SPREAD_PCT + QUIET_PCT) / 100;
    const peak = side === 'long' ? PRICE * away : PRICE / away;
    const distancePct = DISTANCE_PCT.least + random() * (DISTANCE_PCT.most - DISTANCE_PCT.least);
    return { side, peak, distancePct, stop: stopOf({ side, peak, distancePct }) };
  });
}

function quietPrices(): Float64Array {
  const random = randomNumbers(SEED + 1);
  return Float64Array.from({ length: PRICES }, () => PRICE * (1 + ((random() - 0.5) * QUIET_PCT) / 100));
}

/** Steps up and down of up to `WALK_STEP_PCT`. */
function walk(): Float64Array {
  const random = randomNumbers(SEED + 2);
  let price = PRICE;
  return Float64Array.from({ length: PRICES }, () => {
    price *= 1 + ((random() - 0.5) * 2 * WALK_STEP_PCT) / 100;
    return Number(price.toPrecision(12));
  });
}

/** Returns a generator of numbers in 0..1, equal for equal seeds (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function render(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.armed.toLocaleString('en'),
    row.scenario,
    row.bookTicksPerSecond.toLocaleString('en'),
    row.loopTicksPerSecond.toLocaleString('en'),
    `${(row.bookTicksPerSecond / row.loopTicksPerSecond).toPrecision(3)}x`,
  ]);
  return [['armed', 'scenario', 'book, ticks/s', 'loop, ticks/s', 'book / loop'], ...cells]
    .map((line) =>
      line.map((cell, index) => (index === 1 ? `  ${cell.padEnd(8)}` : cell.padStart(16))).join(''),
    )
    .join('\n');
}
