import { targetLegs, type Protection, type ProtectionLeg } from '#domain/entry-plan.ts';
import { amount, sum, type DecimalString } from '#domain/money.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import type { Capabilities } from '#venues/venue.ts';

/** Returns the legs of a protection that can rest at a venue; the watcher fires the other targets. */
export function residentLegs(
  { residentTargets }: Pick<Capabilities, 'residentTargets'>,
  { legs, levels }: { legs: ProtectionLeg[]; levels: Pick<Protection['levels'], 'targets'> },
): ProtectionLeg[] {
  if (residentTargets === 'ladder') return legs;
  const last = closesAll(levels.targets) ? legs.findLast(({ leg }) => leg === 'take_profit') : undefined;
  return legs.filter((leg) => leg.leg === 'stop' || leg === last);
}

/** Returns the take profits of an open trade that can rest at a venue, at the size its exits give them. */
export function residentTargetLegs(
  capabilities: Pick<Capabilities, 'residentTargets'>,
  { plan, barriers, entrySize }: Pick<TradeRecord, 'plan' | 'barriers' | 'entrySize'>,
): ProtectionLeg[] {
  if (!plan || !barriers || entrySize === null) return [];
  const { levels } = barriers;
  return residentLegs(capabilities, { levels, legs: targetLegs(plan, levels, entrySize) });
}

const closesAll = (targets: readonly { fraction: number }[]): boolean =>
  sum(targets.map(({ fraction }) => amount(fraction))).gte(1);

/** A stop or target this near to its wanted price is not moved, in percent of the price. */
const REPRICE_TOLERANCE_PCT = 0.02;

/** Returns whether two prices are so near that a stop or target is not moved between them. */
export const isNear = (a: DecimalString | null, b: DecimalString): boolean =>
  a !== null && amount(a).div(b).sub(1).abs().mul(100).lte(REPRICE_TOLERANCE_PCT);
