import { entryRevision, type EntryPlan } from './entry-plan.ts';
import { minimumSize, roundSizeDown } from './instrument.ts';
import { Amount, amount, decimalString, type DecimalString } from './money.ts';
import { marginRate } from './sizing.ts';

/** Most of the refused size that is ordered, also where the account seems to have room for more. */
const MOST = 0.9;

/**
 * Returns the plan of an entry that its venue has refused for want of margin, at the size that the free margin of now
 * (USD) has room for, and at most nine tenths of what was refused. Returns null when the plan has been made smaller
 * before, or the size would be too small for the venue.
 */
export function smallerEntry(plan: EntryPlan, freeMarginUsd: DecimalString): EntryPlan | null {
  if (entryRevision(plan) > 0) return null;
  const price = amount(plan.referencePrice);
  const room = amount(freeMarginUsd).div(marginRate(plan.leverage)).div(price);
  const size = roundSizeDown(plan.instrument, Amount.min(room, amount(plan.size).mul(MOST)));
  if (size.lt(minimumSize(plan.instrument, price))) return null;
  return { ...plan, size: decimalString(size), resizedFrom: plan.size };
}
