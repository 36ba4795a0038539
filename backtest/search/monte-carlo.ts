import { quantile } from '#domain/quantile.ts';
import { createRandom, randomIndex, seedOf, type Random } from '../random.ts';

/** What 5 %, half and 95 % of the rounds do not exceed. */
export interface Spread {
  low: number;
  median: number;
  high: number;
}

/** What chance could have made of a run's trades. Amounts in USD. */
export interface MonteCarlo {
  rounds: number;
  seed: number;
  /** The largest drawdown with the trades in another order: what their profit is does not change. */
  reshuffledDrawdown: Spread;
  /** Net profit and largest drawdown of trades drawn again in blocks, so that streaks stay. */
  blockNet: Spread;
  blockDrawdown: Spread;
  blockLength: number;
  /** Net profit with a share of the trades left out at random. */
  skippedNet: Spread;
  skippedShare: number;
  /** Net profit with other delays; null where they were not run. */
  delayedNet: Spread | null;
}

export interface MonteCarloRequest {
  /** Net profit of each closed trade in the order of exits, USD. */
  nets: readonly number[];
  rounds: number;
  /** Share of the trades that is left out, 0 to 1. */
  skippedShare: number;
  seed: number;
  /** Net profits of runs with other delays. */
  delayedNets?: readonly number[];
}

/** Returns what chance could have made of trades; null without two of them. */
export function monteCarlo(request: MonteCarloRequest): MonteCarlo | null {
  const { nets, rounds, skippedShare, seed, delayedNets } = request;
  if (nets.length < 2) return null;
  // Politis and Romano (1994) let blocks grow with the third root of the length.
  const blockLength = Math.max(1, Math.round(nets.length ** (1 / 3)));
  const spreads = (
    part: string,
    draw: (random: Random) => number[],
    measures: readonly Measure[],
  ): Spread[] => {
    const random = createRandom(seedOf(seed, part));
    const values = measures.map(() => new Float64Array(rounds));
    for (let round = 0; round < rounds; round += 1) {
      const drawn = draw(random);
      for (const [index, measure] of measures.entries())
        values[index]?.fill(measure(drawn), round, round + 1);
    }
    return values.map(spreadOf);
  };
  const [reshuffledDrawdown = NONE] = spreads('reshuffle', (random) => shuffle(nets, random), [drawdownOf]);
  const [blockNet = NONE, blockDrawdown = NONE] = spreads(
    'blocks',
    (random) => drawBlocks(nets, blockLength, random),
    [total, drawdownOf],
  );
  const [skippedNet = NONE] = spreads('skip', (random) => nets.filter(() => random() >= skippedShare), [
    total,
  ]);
  return {
    rounds,
    seed,
    reshuffledDrawdown,
    blockNet,
    blockDrawdown,
    blockLength,
    skippedNet,
    skippedShare,
    delayedNet: delayedNets && delayedNets.length > 0 ? spreadOf(Float64Array.from(delayedNets)) : null,
  };
}

type Measure = (nets: readonly number[]) => number;
const NONE: Spread = { low: 0, median: 0, high: 0 };

/** Returns delays around one, each between half and twice as long, evenly spread over the ratios. */
export function jitteredDelays(delayMs: number, count: number, seed: number): number[] {
  const random = createRandom(seedOf(seed, 'delays'));
  return Array.from({ length: count }, () => Math.round(delayMs * 2 ** (random() * 2 - 1)));
}

/** Returns the values in an order of chance (Fisher and Yates). */
function shuffle(values: readonly number[], random: Random): number[] {
  const shuffled = [...values];
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const other = randomIndex(random, last + 1);
    [shuffled[last], shuffled[other]] = [shuffled[other] ?? 0, shuffled[last] ?? 0];
  }
  return shuffled;
}

/** Returns as many values as there are, drawn in blocks that begin anywhere and go on at the start after the end. */
function drawBlocks(values: readonly number[], length: number, random: Random): number[] {
  const drawn: number[] = [];
  while (drawn.length < values.length) {
    const start = randomIndex(random, values.length);
    for (let step = 0; step < length && drawn.length < values.length; step += 1)
      drawn.push(values[(start + step) % values.length] ?? 0);
  }
  return drawn;
}

/** Returns the largest fall of the sum of values from an earlier peak, the start included. */
function drawdownOf(values: readonly number[]): number {
  let [sum, peak, fall] = [0, 0, 0];
  for (const value of values) {
    sum += value;
    peak = Math.max(peak, sum);
    fall = Math.max(fall, peak - sum);
  }
  return fall;
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

function spreadOf(values: Float64Array): Spread {
  const sorted = Array.from(values.toSorted());
  return { low: quantile(sorted, 0.05), median: quantile(sorted, 0.5), high: quantile(sorted, 0.95) };
}
