import type { AccountId, Side, Symbol, TradeId, VenueName, VenueOrderId } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { TradePhase } from '#domain/trade.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { EXPOSED } from './phase-lists.ts';

/** An account at a venue. */
export interface AccountAtVenue {
  venue: VenueName;
  accountId: AccountId;
}

/** What a trade of ours holds, or may hold, in an account. */
export interface OwnPart {
  tradeId: TradeId;
  deploymentId: string;
  symbol: Symbol;
  side: Side;
  phase: TradePhase;
  /** By the booked fills; `0` before the entry is booked. */
  remainingSize: DecimalString;
  /** The venue's id of the order that opened it; null while it has none. */
  entryOrderId: VenueOrderId | null;
}

/** Returns the trades of an account that may hold a position or have orders at the venue, oldest first. */
export const listOwnParts = (
  db: DatabaseOrTransaction,
  { venue, accountId }: AccountAtVenue,
): Promise<OwnPart[]> => db.$queryRaw<OwnPart[]>`
  SELECT trade.id AS "tradeId", trade.deployment_id AS "deploymentId", trade.symbol, trade.side::text,
    trade.phase::text, coalesce(trade.remaining_size, 0)::text AS "remainingSize", (
      SELECT venue_order_id FROM "order"
      WHERE trade_id = trade.id AND leg = 'entry' AND venue_order_id IS NOT NULL
      ORDER BY revision DESC LIMIT 1
    ) AS "entryOrderId"
  FROM trade
  WHERE trade.venue = ${venue}::venue_name AND trade.account_id = ${accountId} AND trade.phase IN ${EXPOSED}
  ORDER BY trade.id`;

/** Returns which client ids and venue's ids are orders of ours in an account. */
export async function findOwnOrders(
  db: DatabaseOrTransaction,
  { venue, accountId }: AccountAtVenue,
  ids: readonly string[],
): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const among = { in: [...ids] };
  const rows = await db.order.findMany({
    where: { venue, accountId, OR: [{ clientOrderId: among }, { venueOrderId: among }] },
    select: { clientOrderId: true, venueOrderId: true },
  });
  return new Set(rows.flatMap(({ clientOrderId, venueOrderId }) => [clientOrderId, venueOrderId ?? '']));
}
