import type { DecimalString } from '#domain/money.ts';
import { findLastPrice } from '#prisma/repositories/price-bars.ts';
import { withTimeout } from '#process/with-timeout.ts';
import { priceOf } from '#venues/price-of.ts';
import type { ExecutionDeps, TradeContext } from './context.ts';
import { CLOSE_SLIPPAGE_PCT } from './drafts.ts';

/** What a closing order is limited by: a price, and how far from it the order may fill. */
export interface ExitLimit {
  price: DecimalString;
  slippagePct: number;
  /** A watcher has seen the market moments ago, and so hears of fills. */
  isWatched: boolean;
}

/** A price of the watcher that is younger is as good as one that the venue is asked for. */
const FRESH_MS = 5_000;
/** The venue may take this long to name a price; the close then goes without. */
const ASKING_MS = 1_000;
/** How far from a price that may be old a close may fill: getting out matters more than the price. */
const BLIND_SLIPPAGE_PCT = 25;

/**
 * Returns what limits a closing order, whatever can be read: the last price in the books while it is fresh, else the
 * venue's, else the newest price that is known, with a wide limit. Throws only when the books cannot be read.
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
