import { readFileSync } from 'node:fs';
import type { Barriers, TrailingStep } from '#domain/barriers.ts';
import type { ExitReason } from '#domain/barriers.ts';
import type { PriceObservation } from '#domain/exit-engine.ts';
import type { Side } from '#domain/ids.ts';

/**
 * Reference exits of another project (freqtrade), put into our terms. What differs is converted here, by rule:
 *
 * - Its ratios are of margin; ours are percents of price: `ratio / leverage x 100`.
 * - Its trail changes to the `positive` distance when profit is strictly above `offset`; our step is reached at
 *   its activation. So the step starts {@link STRICTLY_ABOVE_PCT} later.
 * - Its table of returns on investment (`roi`) falls with time; ours is a ladder that does not. A last entry of
 *   -1 is a time limit; of the rest, the first entry is the target, and a case is ours only when the exit
 *   happens before the second one applies (`hasOneTarget`).
 * - Its `roi` needs a profit strictly above the target, our target fills on touch. Where a price touches the
 *   target exactly our rule wins.
 */
export interface MarginPolicy {
  name: string;
  side: Side;
  leverage: number;
  stoploss: number;
  roi: Record<string, number>;
  trailing: boolean;
  onlyOffset: boolean;
  positive: number | null;
  offset: number;
}

export interface ExpectedExit {
  reason: 'stop_loss' | 'trailing_stop_loss' | 'roi' | 'force_exit';
  openRate: number;
  closeRate: number;
  closeTick: number;
  profitRatio: number;
  finalStop: number;
}

export type Tick = [hour: number, price: number, gap: boolean];
export type ReferenceCase = MarginPolicy & { ticks: Tick[]; expected: ExpectedExit };
export type BoundaryCase = MarginPolicy & {
  note: string;
  candles: [number, number, number, number, number][];
  expected: ExpectedExit;
};

export const HOUR_MS = 3_600_000;
const STRICTLY_ABOVE_PCT = 1e-9;

/** Returns the text of a fixture under tests/fixtures/exits. */
export const readFixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/exits/${name}.json`, import.meta.url), 'utf8');

/** Exits whose path of prices is determined: `table` from the project's own tests, `fuzz` from random series. */
export function referenceExits(name: 'table' | 'fuzz'): { exits: number; cases: ReferenceCase[] } {
  return JSON.parse(readFixture(name));
}

/** One case for each edge of the rules, as candles. */
export function boundaryExits(): BoundaryCase[] {
  const { cases }: { cases: BoundaryCase[] } = JSON.parse(readFixture('boundary'));
  return cases;
}

const pricePct = (ratio: number, { leverage }: MarginPolicy): number =>
  Number(((Math.abs(ratio) * 100) / leverage).toPrecision(14));

/** The return targets in order of the minute they start at. */
const targets = (policy: MarginPolicy): [minute: number, ratio: number][] =>
  Object.entries(policy.roi)
    .map(([minute, ratio]): [number, number] => [Number(minute), ratio])
    .sort(([a], [b]) => a - b);

/** Returns whether the policy has one fixed target for as long as the position was open. */
export function hasOneTarget(policy: MarginPolicy, ticks: Tick[]): boolean {
  const second = targets(policy).filter(([, ratio]) => ratio !== -1)[1];
  const heldMinutes = ((ticks.at(-1)?.[0] ?? 0) - (ticks[0]?.[0] ?? 0)) * 60;
  return second === undefined || heldMinutes < second[0];
}

export function convertPolicy(policy: MarginPolicy): Barriers {
  const barriers: Barriers = { stopLoss: { pct: pricePct(policy.stoploss, policy) } };
  const target = targets(policy).find(([, ratio]) => ratio !== -1);
  // These tables use a target of 100 % or more for no target; above 100 % a short has no such price.
  if (target && target[1] < 1) {
    barriers.takeProfits = [{ pct: pricePct(target[1], policy), fraction: 1 }];
  }
  const timeLimit = targets(policy).find(([, ratio]) => ratio === -1);
  if (timeLimit) barriers.timeLimitMs = timeLimit[0] * 60_000;
  if (policy.trailing) barriers.trailing = convertTrailing(policy);
  return barriers;
}

function convertTrailing(policy: MarginPolicy): TrailingStep[] {
  const offsetPct = pricePct(policy.offset, policy);
  const wide = {
    activatesAtPct: policy.onlyOffset ? offsetPct : 0,
    distancePct: pricePct(policy.stoploss, policy),
  };
  if (policy.positive === null) return [wide];
  const near = {
    activatesAtPct: offsetPct + STRICTLY_ABOVE_PCT,
    distancePct: pricePct(policy.positive, policy),
  };
  return [wide, near];
}

export const convertTicks = (ticks: Tick[]): PriceObservation[] =>
  ticks.map(([hour, price, gap]) => ({ price: plain(price), t: hour * HOUR_MS, gap }));

/** The other project's path through a candle: favourable extreme first, in continuous moves. */
export function convertCandles({ candles, side }: BoundaryCase): PriceObservation[] {
  return candles.flatMap(([hour, open, high, low, close]) =>
    [open, ...(side === 'long' ? [high, low] : [low, high]), close].map((price, index) => ({
      price: plain(price),
      t: hour * HOUR_MS,
      gap: index === 0,
    })),
  );
}

/** Returns a number as its shortest plain decimal. */
export const plain = (price: number): string => {
  const text = String(price);
  return text.includes('e') ? price.toFixed(20).replace(/0+$/u, '') : text;
};

export function convertReason(policy: MarginPolicy, expected: ExpectedExit): ExitReason | null {
  if (expected.reason === 'force_exit') return null;
  if (expected.reason === 'trailing_stop_loss') return 'trailing_stop';
  if (expected.reason === 'stop_loss') return 'stop_loss';
  return isTimeExit(policy, expected) ? 'time_limit' : 'take_profit';
}

/** A return of -1 closes at whatever the price is; every other one only at its target or better. */
const isTimeExit = (policy: MarginPolicy, { profitRatio }: ExpectedExit): boolean =>
  targets(policy).some(([, ratio]) => ratio === -1) &&
  !targets(policy).some(([, ratio]) => ratio !== -1 && profitRatio >= ratio - 1e-6);
