import type { DeploymentId, TradeId } from './ids.ts';
import { Amount, amount, decimalString, sum, ZERO, type DecimalString } from './money.ts';

export const BILL_KINDS = ['trade_fee', 'profit_share', 'subscription'] as const;
export type BillKind = (typeof BILL_KINDS)[number];

/**
 * How profit is shared.
 * - `high_water`: of a deployment's profits and losses together, above the highest sum that was shared before.
 * - `per_trade`: of each trade that made a profit, whatever the others lost.
 */
export const PROFIT_RULES = ['high_water', 'per_trade'] as const;
export type ProfitRule = (typeof PROFIT_RULES)[number];

/** The profits of a deployment that are shared by high-water mark, in USD. */
export interface HighWaterMark {
  /** Highest sum of net profits so far, in the order in which the trades were billed; 0 at least. */
  peakUsd: DecimalString;
  /** Shares billed so far. */
  sharedUsd: DecimalString;
}

/** A bill. There is at most one per kind and subject: writing it again changes nothing. */
export interface Bill {
  kind: BillKind;
  /**
   * The billed thing: `trade/<id>`, `trade/<id>/correction/<n>`, or `deployment/<id>/<first day of the month
   * billed>`.
   */
  subject: string;
  amountUsd: DecimalString;
}

export const TRADE_FEE_USD: DecimalString = '0.2';
export const PROFIT_SHARE_PERCENT = 10;
export const SUBSCRIPTION_USD: DecimalString = '20';
export const TRIAL_DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;
/** USDC has six decimals; a share of profit is rounded down, in the user's favour. */
const USDC_DECIMALS = 6;
/** Most months that a loop over them runs: a hundred years. */
const MAX_MONTHS = 1200;

/**
 * Returns the bills that a closed trade still lacks: its fee, and a share of the net profit if there is any. A bill
 * never changes: a corrected profit is billed by its difference, as a bill of its own, negative when too much was
 * billed. `netPnlUsd` (USD) is null while the profit is not known. With a mark, the share is what the peak lacks.
 */
export function billsDue(
  tradeId: TradeId,
  netPnlUsd: Amount | DecimalString | null,
  billed: readonly Bill[] = [],
  mark: HighWaterMark | null = null,
): Bill[] {
  const subject = `trade/${tradeId}`;
  const fee: Bill = { kind: 'trade_fee', subject, amountUsd: TRADE_FEE_USD };
  const fees = billed.some(({ kind }) => kind === 'trade_fee') ? [] : [fee];
  if (netPnlUsd === null) return fees;
  const shares = billed.filter(({ kind }) => kind === 'profit_share');
  const due = mark
    ? shareOf(mark.peakUsd).sub(mark.sharedUsd)
    : shareOf(netPnlUsd).sub(sum(shares.map(({ amountUsd }) => amountUsd)));
  // Without a share to correct nothing is given back: the next share is so much less.
  if (due.isZero() || (due.lt(0) && shares.length === 0)) return fees;
  const shareSubject = shares.length === 0 ? subject : `${subject}/correction/${shares.length}`;
  return [...fees, { kind: 'profit_share', subject: shareSubject, amountUsd: decimalString(due) }];
}

function shareOf(netPnlUsd: Amount | DecimalString): Amount {
  const share = amount(netPnlUsd).mul(PROFIT_SHARE_PERCENT).div(100);
  return share.lte(0) ? ZERO : share.toDecimalPlaces(USDC_DECIMALS, Amount.ROUND_DOWN);
}

export const trialEndsAt = (startedAt: number): number => startedAt + TRIAL_DAYS * DAY_MS;

/**
 * Returns the subscription bills of a deployment from the end of its trial, or from `since`, up to and including
 * `until` (epoch ms): one at the start of each month counted from the end of the trial, on the last day of a shorter month.
 */
export function subscriptionBills(
  deploymentId: DeploymentId,
  trialEnd: number,
  { since = trialEnd, until }: { since?: number; until: number },
): Bill[] {
  const bills: Bill[] = [];
  for (let month = 0; month < MAX_MONTHS; month += 1) {
    const start = addMonths(trialEnd, month);
    if (start > until) break;
    if (start < since) continue;
    bills.push({
      kind: 'subscription',
      subject: monthSubject(deploymentId, start),
      amountUsd: SUBSCRIPTION_USD,
    });
  }
  return bills;
}

const monthSubject = (deploymentId: DeploymentId, start: number): string =>
  `deployment/${deploymentId}/${new Date(start).toISOString().slice(0, 10)}`;

/** A month that is billed, in epoch ms, with the subject of its bill. */
export interface SubscriptionMonth {
  subject: string;
  startsAt: number;
  endsAt: number;
}

/** Returns the month of a subscription in which `at` lies; null during the trial. */
export function subscriptionMonth(
  deploymentId: DeploymentId,
  trialEnd: number,
  at: number,
): SubscriptionMonth | null {
  for (let month = MAX_MONTHS - 1; month >= 0; month -= 1) {
    const startsAt = addMonths(trialEnd, month);
    if (startsAt > at) continue;
    const endsAt = addMonths(trialEnd, month + 1);
    return { subject: monthSubject(deploymentId, startsAt), startsAt, endsAt };
  }
  return null;
}

/**
 * Returns the same UTC time of day `months` months after `t` (epoch ms), on the month's last day when the month is
 * shorter.
 */
function addMonths(t: number, months: number): number {
  const from = new Date(t);
  const to = new Date(t);
  to.setUTCMonth(from.getUTCMonth() + months, 1);
  const days = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() + 1, 0)).getUTCDate();
  to.setUTCDate(Math.min(from.getUTCDate(), days));
  return to.getTime();
}
