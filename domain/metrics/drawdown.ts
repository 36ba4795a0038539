import { Amount, amount, decimalString, ZERO, type DecimalString } from '../money.ts';

export interface Drawdown {
  /** Largest fall, in the unit of the curve. */
  fall: DecimalString;
  /** Most steps from a peak until it is reached again, or until the end. */
  steps: number;
}

/** Returns the largest fall of a curve from an earlier peak, and the longest wait for a new one. */
export function maxDrawdown(curve: readonly (Amount | DecimalString)[]): Drawdown {
  let [peak, fall, peakAt, steps] = [amount(curve[0] ?? ZERO), ZERO, 0, 0];
  for (const [index, value] of curve.map(amount).entries()) {
    fall = Amount.max(fall, peak.sub(value));
    if (value.gte(peak)) [peak, peakAt] = [value, index];
    else steps = Math.max(steps, index - peakAt);
  }
  return { fall: decimalString(fall), steps };
}

/** Returns the largest fall of a curve of positive values from an earlier peak, as a share of the peak, 0 to 1. */
export function maxDrawdownShare(curve: readonly number[]): number {
  let [peak, share] = [-Infinity, 0];
  for (const value of curve) {
    peak = Math.max(peak, value);
    if (peak > 0) share = Math.max(share, (peak - value) / peak);
  }
  return Math.min(share, 1);
}
