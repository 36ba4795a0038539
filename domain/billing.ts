import type { DeploymentId, TradeId } from './ids.ts';
import { Amount, amount, decimalString, sum, ZERO, type DecimalString } from './money.ts';

export const BILL_KINDS = ['trade_fee', 'profit_share', 'subscription'] as const;
export type BillKind = (typeof BILL_KINDS)[number];

/** One thing to be paid for. There is one bill per kind and subject, ever: asking again gives the same two. */
export interface Bill {
  kind: BillKind;
  /** What it is for: `trade/<id>`, `trade/<id>/correction/<n>`, or `deployment/<id>/<first day of the month billed>`. */
  subject: string;
  amountUsd: DecimalString;
}

export const TRADE_FEE_USD: DecimalString = '0.2';
export const PROFIT_SHARE_PERCENT = 10;
export const SUBSCRIPTION_USD: DecimalString = '20';
export const TRIAL_DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;
/** USDC has six decimals; a share is rounded down, in the user's favour. */
const USDC_DECIMALS = 6;
/** A hundred years of months: a bound on any loop over them. */
const MAX_MONTHS = 1200;

/**
 * What is still to be billed of a closed trade, beside what has been: its fee, and a share of the net profit if there
 * was any. No bill is ever changed: a profit that comes out otherwise is billed by its difference, as a bill of its
 * own, negative when too much was billed. `netPnlUsd` null: the profit is not known yet.
 */
export function billsDue(
  tradeId: TradeId,
  netPnlUsd: Amount | DecimalString | null,
  billed: readonly Bill[] = [],
): Bill[] {
  const subject = `trade/${tradeId}`;
  const fee: Bill = { kind: 'trade_fee', subject, amountUsd: TRADE_FEE_USD };
  const fees = billed.some(({ kind }) => kind === 'trade_fee') ? [] : [fee];
  if (netPnlUsd === null) return fees;
  const shares = billed.filter(({ kind }) => kind === 'profit_share');
  const due = shareOf(netPnlUsd).sub(sum(shares.map(({ amountUsd }) => amountUsd)));
  if (due.isZero()) return fees;
  const shareSubject = shares.length === 0 ? subject : `${subject}/correction/${shares.length}`;
  return [...fees, { kind: 'profit_share', subject: shareSubject, amountUsd: decimalString(due) }];
}

function shareOf(netPnlUsd: Amount | DecimalString): Amount {
  const share = amount(netPnlUsd).mul(PROFIT_SHARE_PERCENT).div(100);
  return share.lte(0) ? ZERO : share.toDecimalPlaces(USDC_DECIMALS, Amount.ROUND_DOWN);
}

export const trialEndsAt = (startedAt: number): number => startedAt + TRIAL_DAYS * DAY_MS;

/**
 * The subscription bills of a deployment from its trial's end up to and including `until`: one at the start of
 * each month counted from the end of the trial (on the last day of a shorter month).
 */
export function subscriptionBills(deploymentId: DeploymentId, trialEnd: number, until: number): Bill[] {
  const bills: Bill[] = [];
  for (let month = 0; month < MAX_MONTHS; month += 1) {
    const start = addMonths(trialEnd, month);
    if (start > until) break;
    const day = new Date(start).toISOString().slice(0, 10);
    const subject = `deployment/${deploymentId}/${day}`;
    bills.push({ kind: 'subscription', subject, amountUsd: SUBSCRIPTION_USD });
  }
  return bills;
}

/** The same time of day `months` later, in UTC; the month's last day where it has no such day. */
function addMonths(t: number, months: number): number {
  const from = new Date(t);
  const to = new Date(t);
  to.setUTCMonth(from.getUTCMonth() + months, 1);
  const days = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() + 1, 0)).getUTCDate();
  to.setUTCDate(Math.min(from.getUTCDate(), days));
  return to.getTime();
}
