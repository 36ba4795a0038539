import { setTimeout as delay } from 'node:timers/promises';
import { CLOCK_SKEW_MS } from '#domain/clock.ts';
import type { DecimalString } from '#domain/money.ts';
import { hasFillsByHand } from '#prisma/repositories/fills.ts';
import { getTrade, tradeBegan } from '#prisma/repositories/trades.ts';
import { withTimeout } from '#process/with-timeout.ts';
import { bookFillsOf } from '../ledger/book-fills.ts';
import type { ExecutionDeps, TradeContext } from './context.ts';
import { syncWithVenue } from './sync-position.ts';

/** A close waits no longer than this for fills that no stream has reported. */
const GAP_WAITS_MS = 1_000;
const READ_AGAIN_MS = 200;

/**
 * Asks the venue for fills and returns what they leave of a position that was not watched lately, or in which another
 * hand trades: a close of more would sell what the owner holds. Without an answer of the venue it returns the size by
 * our records.
 */
export async function readClosingSize(
  deps: ExecutionDeps,
  context: TradeContext,
): Promise<DecimalString | null> {
  const { trade } = context;
  try {
    await withTimeout(bookGap(deps, context, deps.now() + GAP_WAITS_MS), GAP_WAITS_MS);
  } catch (err) {
    deps.logger.warn({ tradeId: trade.id, err }, 'closing without the fills of a gap');
  }
  return (await getTrade(deps.db, trade.id)).remainingSize;
}

/** Books the fills since the trade began; where another hand trades, until they explain the position at the venue. */
async function bookGap(deps: ExecutionDeps, context: TradeContext, until: number): Promise<void> {
  const { trade, session } = context;
  const { venue } = session;
  if (venue.capabilities.separatePositions || !(await hasFillsByHand(deps.db, trade.id))) {
    const since = (await tradeBegan(deps.db, trade.id)) - CLOCK_SKEW_MS;
    await bookFillsOf(deps.db, trade, venue.name, await venue.accounts.fillsSince(trade.accountId, since));
    return;
  }
  while (deps.now() < until && !(await syncWithVenue(deps, context)).isAccountedFor)
    await delay(READ_AGAIN_MS);
}
