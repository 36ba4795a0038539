import type { Refused } from '../contract.ts';
import { withTimeout } from '#process/with-timeout.ts';
import type { TradeContext } from './context.ts';

/** How long an entry waits to learn how the account margins the instrument; setting the margin says so too. */
const ANSWER_TIMEOUT_MS = 2_000;

/**
 * Returns whether a position of this plan would be margined as planned: cross where the venue allows it, so that no
 * stop lies behind the price of liquidation, and with at least the planned leverage. Returns false when the venue does
 * not say.
 */
export async function isMarginReady({
  plan,
  session,
}: Pick<TradeContext, 'plan' | 'session'>): Promise<boolean> {
  const { accounts } = session.venue;
  if (!accounts.marginSetting) return true;
  const { instrument, leverage } = plan;
  const asked = accounts.marginSetting(session.account.accountId, instrument.symbol);
  const setting = await withTimeout(asked, ANSWER_TIMEOUT_MS).catch(() => null);
  if (setting === null || setting.isCross === instrument.onlyIsolated) return false;
  // The leverage does not change what backs a cross position; it decides what backs an isolated one.
  return setting.isCross ? setting.leverage >= leverage : setting.leverage === leverage;
}

/** Sets margin mode and leverage as planned, unless they are. Returns why the venue refused, or null. */
export async function prepareMargin(context: TradeContext): Promise<Pick<Refused, 'code' | 'text'> | null> {
  if (await isMarginReady(context)) return null;
  const { plan, session } = context;
  const nonce = await session.nextNonce();
  const { execution } = session.venue;
  const outcome = await execution.setLeverage(session.account, plan.instrument, plan.leverage, { nonce });
  if (outcome.kind === 'unresolved') throw new Error(`leverage not confirmed: ${outcome.text}`);
  return outcome.kind === 'confirmed' ? null : { code: outcome.code, text: outcome.text };
}
