import { SUBSCRIPTION_USD, subscriptionMonth, type Bill } from './billing.ts';
import type { DeploymentId } from './ids.ts';
import { Amount, amount, decimalString } from './money.ts';

/** USDC has six decimals; a credit is rounded up, in the user's favour. */
const USDC_DECIMALS = 6;

/** A deployment that ends, and what it has paid. */
export interface EndedSubscription {
  deploymentId: DeploymentId;
  /** Epoch ms. */
  trialEndsAt: number;
  endedAt: number;
  /** Subjects of its subscription bills. */
  billed: readonly string[];
}

/**
 * Returns the credit for the part of the month that a deployment has paid and that lies behind its end: a subscription
 * bill of a negative amount. Null where the month was not billed, or during the trial.
 */
export function creditOnEnd({ deploymentId, trialEndsAt, endedAt, billed }: EndedSubscription): Bill | null {
  const month = subscriptionMonth(deploymentId, trialEndsAt, endedAt);
  if (month === null || !billed.includes(month.subject)) return null;
  const { subject, startsAt, endsAt } = month;
  const left = amount(SUBSCRIPTION_USD)
    .mul(endsAt - endedAt)
    .div(endsAt - startsAt);
  const credit = left.toDecimalPlaces(USDC_DECIMALS, Amount.ROUND_UP);
  return { kind: 'subscription', subject: `${subject}/credit`, amountUsd: decimalString(credit.neg()) };
}
