import { amount, sum } from '#domain/money.ts';
import { isExitFill, listFills } from '#prisma/repositories/fills.ts';
import { savePosition } from '#prisma/repositories/positions.ts';
import { getTrade, type TradeRecord } from '#prisma/repositories/trades.ts';
import type { VenuePosition } from '#venues/venue.ts';
import { bookFillsOf } from '../books/book-fills.ts';
import type { ExecutionDeps, TradeContext } from './context.ts';

/**
 * Writes down the position as the venue reports it. Fills are asked for, at ten times the cost, only where the
 * books do not explain that position: most come by the stream.
 */
export async function syncWithVenue(
  deps: ExecutionDeps,
  { trade: { id, openedAt }, plan, desk }: TradeContext,
): Promise<{ position: VenuePosition | null; trade: TradeRecord }> {
  const { accounts, name } = desk.venue;
  const { accountId } = desk.account;
  const { symbol } = plan.instrument;
  // The position first: fills asked for afterwards then explain everything that it shows.
  const { positions } = await accounts.account(accountId);
  const position = positions.find((each) => each.symbol === symbol) ?? null;
  let trade = await getTrade(deps.db, id);
  if (!(await doBooksExplain(deps, trade, position))) {
    const since = (openedAt ?? deps.now()) - FILLS_MARGIN_MS;
    await bookFillsOf(deps.db, trade, name, await accounts.fillsSince(accountId, since));
    trade = await getTrade(deps.db, id);
  }
  await savePosition(deps.db, {
    venue: name,
    accountId,
    symbol,
    tradeId: position ? id : null,
    size: position?.size ?? '0',
    entryPrice: position?.entryPrice ?? null,
    liquidationPrice: position?.liquidationPrice ?? null,
    confirmedAt: deps.now(),
  });
  return { position, trade };
}

/** Whether the booked fills are the whole entry, and leave just what the venue says is open. */
export async function doBooksExplain(
  deps: ExecutionDeps,
  trade: TradeRecord,
  position: VenuePosition | null,
): Promise<boolean> {
  if (!amount(trade.remainingSize ?? '0').eq(amount(position?.size ?? '0').abs())) return false;
  const fills = await listFills(deps.db, trade.id);
  const entered = sum(fills.filter((fill) => !isExitFill(trade.side, fill)).map(({ size }) => size));
  return entered.eq(trade.entrySize ?? '0');
}

/** The venue's clock and ours may differ: fills are asked for from a minute before the entry on. */
const FILLS_MARGIN_MS = 60_000;
