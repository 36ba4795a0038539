import type { DeploymentId, TradeId } from './ids.ts';
import { Amount, amount, decimalString, type DecimalString } from './money.ts';

export const BILL_KINDS = ['trade_fee', 'profit_share', 'subscription'] as const;
export type BillKind = (typeof BILL_KINDS)[number];

/** One thing to be paid for. There is one bill per kind and subject, ever: asking again gives the same two. */
export interface Bill {
  kind: BillKind;
  /** What it is for: `trade/<id>`, or `deployment/<id>/<first day of the month billed>`. */
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

/** The bills of one closed trade: its fee, and a share of the net profit if there was any. */
export function tradeBills(tradeId: TradeId, netPnlUsd: Amount | DecimalString): Bill[] {
  const subject = `trade/${tradeId}`;
  const fee: Bill = { kind: 'trade_fee', subject, amountUsd: TRADE_FEE_USD };
  const share = amount(netPnlUsd)
    .mul(PROFIT_SHARE_PERCENT)
    .div(100)
    .toDecimalPlaces(USDC_DECIMALS, Amount.ROUND_DOWN);
  if (share.lte(0)) return [fee];
  return [fee, { kind: 'profit_share', subject, amountUsd: decimalString(share) }];
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
