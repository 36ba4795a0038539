import type { Barriers, ResolvedBarriers, TakeProfit } from './barriers.ts';
import { completeBarriers } from './complete-barriers.ts';
import { amount, type DecimalString } from './money.ts';
import type { BarrierPart } from './parse-barriers.ts';

/** The exits of an open trade as they stand. */
export interface StandingExits {
  /** As they were given. */
  policy: Barriers;
  /** As prices. */
  levels: ResolvedBarriers;
  entrySize: DecimalString;
  /** Filled size of each target by its number; one that is missing has not filled. */
  filledTargets: ReadonlyMap<number, DecimalString>;
  /** Numbers of the targets that have filled whole, but for less than one lot. */
  wholeTargets: readonly number[];
  /** The targets before break-even have filled, and the stop has not moved there yet. */
  isBreakEvenDue: boolean;
}

/**
 * Returns the exits of an open trade after a person named some: a part that is named replaces that part, the others
 * stay as they are, and targets that have filled are not placed again. Stop and targets together are a plan of their
 * own, as in `completeBarriers`. Parts in `none` go, but for the stop: a position keeps one.
 */
export function adjustedBarriers(
  given: Barriers,
  standing: StandingExits,
  none: readonly BarrierPart[] = [],
): Barriers {
  const { policy } = standing;
  const takeProfits = openTargets(standing);
  const breakEven = openBreakEven(given, standing);
  const { takeProfits: _targets, breakEven: _breakEven, ...rest } = policy;
  const kept: Barriers = {
    ...rest,
    ...(takeProfits.length > 0 && { takeProfits }),
    ...(breakEven && { breakEven }),
  };
  for (const part of none) if (part !== 'stopLoss') delete kept[part];
  return completeBarriers(given, kept);
}

/** Returns the open targets of a position of which a part, above 0 and below 1, is closed otherwise. */
export const reducedTargets = (standing: StandingExits, part: number): TakeProfit[] =>
  openTargets(standing).map((target) => ({
    ...target,
    fraction: amount(target.fraction)
      .mul(1 - part)
      .toDecimalPlaces(6)
      .toNumber(),
  }));

/** Returns the targets that have not filled whole, each with the part of the entry that it has yet to close. */
function openTargets({
  levels,
  entrySize,
  filledTargets,
  wholeTargets,
}: StandingExits): { price: DecimalString; fraction: number }[] {
  return levels.targets.flatMap(({ leg, price, fraction }) => {
    if (wholeTargets.includes(leg)) return [];
    const filled = filledTargets.get(leg);
    if (filled === undefined) return [{ price, fraction }];
    const left = amount(fraction)
      .sub(amount(filled).div(amount(entrySize)))
      .toDecimalPlaces(6)
      .toNumber();
    return left > 0 ? [{ price, fraction: left }] : [];
  });
}

/**
 * Returns when the stop is still to move to break-even, counted in targets that are yet to fill: 0 where it is due and
 * no stop is named in its place.
 */
function openBreakEven(
  given: Barriers,
  { policy, wholeTargets, isBreakEvenDue }: StandingExits,
): Barriers['breakEven'] {
  if (!policy.breakEven) return undefined;
  const afterTakeProfit = Math.max(policy.breakEven.afterTakeProfit - wholeTargets.length, 0);
  const isOpen = afterTakeProfit > 0 || (isBreakEvenDue && given.stopLoss === undefined);
  return isOpen ? { ...policy.breakEven, afterTakeProfit } : undefined;
}
