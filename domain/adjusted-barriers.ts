import type { Barriers, ResolvedBarriers } from './barriers.ts';
import { completeBarriers } from './complete-barriers.ts';
import { amount, type DecimalString } from './money.ts';

/** The exits of an open trade as they stand. */
export interface StandingExits {
  /** As they were given. */
  policy: Barriers;
  /** As prices. */
  levels: ResolvedBarriers;
  entrySize: DecimalString;
  /** Filled size of each target by its number; one that is missing has not filled. */
  filledTargets: ReadonlyMap<number, DecimalString>;
}

/**
 * Returns the exits of an open trade after a person named some: a part that is named replaces that part, the others
 * stay as they are, and targets that have filled are not placed again. Stop and targets together are a plan of their
 * own, as in `completeBarriers`.
 */
export function adjustedBarriers(given: Barriers, standing: StandingExits): Barriers {
  const { policy } = standing;
  const takeProfits = openTargets(standing);
  const breakEven = openBreakEven(standing);
  const { takeProfits: _targets, breakEven: _breakEven, ...rest } = policy;
  return completeBarriers(given, {
    ...rest,
    ...(takeProfits.length > 0 && { takeProfits }),
    ...(breakEven && { breakEven }),
  });
}

/** Returns the targets that have not filled whole, each with the part of the entry that it has yet to close. */
function openTargets({
  levels,
  entrySize,
  filledTargets,
}: StandingExits): { price: DecimalString; fraction: number }[] {
  return levels.targets.flatMap(({ leg, price, fraction }) => {
    const filled = filledTargets.get(leg);
    if (filled === undefined) return [{ price, fraction }];
    const left = amount(fraction)
      .sub(amount(filled).div(amount(entrySize)))
      .toDecimalPlaces(6)
      .toNumber();
    return left > 0 ? [{ price, fraction: left }] : [];
  });
}

/** Returns when the stop is still to move to break-even, counted in targets that are yet to fill. */
function openBreakEven({ policy, levels, filledTargets }: StandingExits): Barriers['breakEven'] {
  if (!policy.breakEven) return undefined;
  const filled = levels.targets.filter(({ leg }) => filledTargets.has(leg)).length;
  const afterTakeProfit = policy.breakEven.afterTakeProfit - filled;
  return afterTakeProfit > 0 ? { ...policy.breakEven, afterTakeProfit } : undefined;
}
