import type { DecimalString } from '#domain/money.ts';
import { findLastPrice } from '#prisma/repositories/price-bars.ts';
import { withTimeout } from '#process/with-timeout.ts';
import { priceOf } from '#venues/price-of.ts';
import type { ExecutionDeps, TradeContext } from './context.ts';
import { CLOSE_SLIPPAGE_PCT } from './drafts.ts';

/** Limit of a closing order: a price, and how far from it the order may fill. */
export interface ExitLimit {
  price: DecimalString;
  slippagePct: number;
  /** True when a watcher saw the market moments ago, so that it also receives fills. */
  isWatched: boolean;
}

/** A stored price younger than this is as good as the venue's own. */
const FRESH_MS = 5_000;
/** How long the venue may take to name a price; the close then goes out without one. */
const ASKING_MS = 1_000;
/** How far a close may fill from a price that may be old, in percent: getting out matters more. */
const BLIND_SLIPPAGE_PCT = 25;

/**
 * Returns the limit of a closing order: the last stored price while it is fresh, else the venue's price, else the
 * newest known price with a wide limit. Throws only when the database cannot be read.
 */
export async function exitLimit(deps: ExecutionDeps, context: TradeContext): Promise<ExitLimit> {
  const { trade, plan, session } = context;
  const last = await findLastPrice(deps.db, session.venue.name, plan.instrument.symbol);
  if (last !== null && deps.now() - last.at <= FRESH_MS) return near(last.price, true);
  const price = await askVenue(deps, context);
  if (price !== undefined) return near(price, false);
  const known = last?.price ?? trade.stopPrice ?? trade.entryPrice ?? plan.referencePrice;
  return { price: known, slippagePct: BLIND_SLIPPAGE_PCT, isWatched: false };
}

const near = (price: DecimalString, isWatched: boolean): ExitLimit => ({
  price,
  slippagePct: CLOSE_SLIPPAGE_PCT,
  isWatched,
});

async function askVenue(deps: ExecutionDeps, context: TradeContext): Promise<DecimalString | undefined> {
  try {
    return await withTimeout(priceOf(context.session.venue, context.plan.instrument.symbol), ASKING_MS);
  } catch (err) {
    deps.logger.warn({ tradeId: context.trade.id, err }, 'no price to close at: the limit is wide');
    return undefined;
  }
}
