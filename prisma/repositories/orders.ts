import {
  asIdOrNull,
  type AccountId,
  type ClientOrderId,
  type TradeId,
  type VenueName,
  type VenueOrderId,
} from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { TradePhase } from '#domain/trade.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { LIVE_PHASES } from '#domain/trade-phases.ts';
import { type OrderRecord, type OrderDraft, toOrderRecord } from './order-record.ts';

/** Every order of a trade, oldest first. */
export async function listOrders(db: DatabaseOrTransaction, tradeId: TradeId): Promise<OrderRecord[]> {
  const rows = await db.order.findMany({
    where: { tradeId },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  });
  return rows.map(toOrderRecord);
}

/** The rows of these client ids that are already written. */
export async function findOrders(
  db: DatabaseOrTransaction,
  drafts: readonly Pick<OrderDraft, 'venue' | 'accountId' | 'clientOrderId'>[],
): Promise<OrderRecord[]> {
  const [first] = drafts;
  if (!first) return [];
  const rows = await db.order.findMany({
    where: {
      venue: first.venue,
      accountId: first.accountId,
      clientOrderId: { in: drafts.map(({ clientOrderId }) => clientOrderId) },
    },
  });
  return rows.map(toOrderRecord);
}

/** The venue's id of the order that opened a trade; null while it has none. */
export async function findEntryOrderId(
  db: DatabaseOrTransaction,
  tradeId: TradeId,
): Promise<VenueOrderId | null> {
  const entry = await db.order.findFirst({
    where: { tradeId, leg: 'entry', venueOrderId: { not: null } },
    orderBy: { revision: 'desc' },
    select: { venueOrderId: true },
  });
  return asIdOrNull<VenueOrderId>(entry?.venueOrderId ?? null);
}

/** Where a trade is a position of its own: what names it there, and what is left of it. */
export interface SeparatePosition {
  /** The venue's id of the order that opened it; null while it has none. */
  entryOrderId: VenueOrderId | null;
  /** By the fills that are booked; null before the entry is. */
  positionSize: DecimalString | null;
}

/** Returns the entry order and open size of a trade that is a separate position at its venue. */
export async function findSeparatePosition(
  db: DatabaseOrTransaction,
  tradeId: TradeId,
): Promise<SeparatePosition> {
  const [row] = await db.$queryRaw<{ entry: string | null; size: string | null }[]>`
    SELECT trade.remaining_size::text AS size, (
      SELECT venue_order_id FROM "order"
      WHERE trade_id = trade.id AND leg = 'entry' AND venue_order_id IS NOT NULL
      ORDER BY revision DESC LIMIT 1
    ) AS entry
    FROM trade WHERE id = ${tradeId}::uuid`;
  return {
    entryOrderId: asIdOrNull<VenueOrderId>(row?.entry ?? null),
    positionSize: row?.size ?? null,
  };
}

/** The newest stop, and the newest order of each target, of the live trades of an account. */
export async function listLiveProtection(
  db: DatabaseOrTransaction,
  venue: VenueName,
  accountId: AccountId,
): Promise<OrderRecord[]> {
  const rows = await db.order.findMany({
    where: {
      venue,
      accountId,
      leg: { in: ['stop', 'take_profit'] },
      trade: { phase: { in: [...LIVE_PHASES] } },
    },
    distinct: ['tradeId', 'leg', 'legNumber'],
    orderBy: [{ tradeId: 'asc' }, { leg: 'asc' }, { legNumber: 'asc' }, { revision: 'desc' }],
  });
  return rows.map(toOrderRecord);
}

/** Returns which client ids are orders of ours, with the phases of their trades. */
export async function findOwners(
  db: DatabaseOrTransaction,
  venue: VenueName,
  accountId: AccountId,
  clientOrderIds: readonly ClientOrderId[],
): Promise<(OrderRecord & { tradePhase: TradePhase })[]> {
  if (clientOrderIds.length === 0) return [];
  const rows = await db.order.findMany({
    where: { venue, accountId, clientOrderId: { in: [...clientOrderIds] } },
    include: { trade: { select: { phase: true } } },
  });
  return rows.map(({ trade, ...row }) => ({ ...toOrderRecord(row), tradePhase: trade.phase }));
}
