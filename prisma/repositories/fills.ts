import { type AccountId, type Side, type Symbol, type TradeId, type VenueName } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { OrderLeg, OrderSide } from '#domain/order.ts';
import type { TradePhase } from '#domain/trade.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { ms } from './rows.ts';

/** A fill as the venue reported it, with the trade and order it belongs to. */
export interface NewFill {
  venue: VenueName;
  accountId: AccountId;
  symbol: Symbol;
  venueFillId: string;
  venueOrderId: string;
  clientOrderId: string | null;
  tradeId: TradeId | null;
  orderId: string | null;
  side: OrderSide;
  price: DecimalString;
  size: DecimalString;
  feeUsd: DecimalString;
  closedPnlUsd: DecimalString;
  liquidation: boolean;
  /** The account's position right before it, negative for short; set only at venues that net positions. */
  positionBefore?: DecimalString;
  time: number;
}

/** A booked fill with the leg of the order that it filled; null leg: not an order of ours. */
export interface FillRecord extends Omit<NewFill, 'positionBefore'> {
  id: string;
  leg: OrderLeg | null;
  legNumber: number;
  /** The trade's orders explain it; of an adopted trade every fill is its own. */
  isOwn: boolean;
  /** The account's position right before a fill of the entry, negative for short; null for other fills. */
  positionBefore: DecimalString | null;
}

/**
 * Inserts fills once each, however often they are reported. Returns the new ones, and those that were stored before
 * their trade was known.
 */
export async function insertFills(db: DatabaseOrTransaction, fills: readonly NewFill[]): Promise<NewFill[]> {
  if (fills.length === 0) return [];
  const rows = await db.fill.createManyAndReturn({
    data: fills.map((fill) => ({ ...fill, time: new Date(fill.time) })),
    skipDuplicates: true,
    select: { symbol: true, venueFillId: true, time: true },
  });
  const isNew = keysOf(rows);
  const told = fills.filter((fill) => fill.tradeId !== null && !isNew.has(fillKey(fill)));
  const isExplained = told.length === 0 ? new Set() : keysOf(await explainFills(db, told));
  return fills.filter((fill) => isNew.has(fillKey(fill)) || isExplained.has(fillKey(fill)));
}

type FillName = Pick<NewFill, 'symbol' | 'venueFillId'> & { time: Date };

const keysOf = (rows: readonly FillName[]): Set<string> =>
  new Set(rows.map((row) => fillKey({ ...row, time: ms(row.time) })));

/** Assigns stored fills without a trade to the trade they belong to; returns them. */
function explainFills(db: DatabaseOrTransaction, fills: readonly NewFill[]): Promise<FillName[]> {
  const rows = fills.map(({ time, ...fill }) => ({ ...fill, time: new Date(time) }));
  return db.$queryRaw<FillName[]>`
    UPDATE fill SET trade_id = told."tradeId", order_id = told."orderId"
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS told(venue venue_name, "accountId" text, symbol text,
      "venueFillId" text, time timestamptz, "tradeId" uuid, "orderId" uuid)
    WHERE fill.trade_id IS NULL AND fill.venue = told.venue AND fill.account_id = told."accountId"
      AND fill.symbol = told.symbol AND fill.time = told.time AND fill.venue_fill_id = told."venueFillId"
    RETURNING fill.symbol, fill.venue_fill_id AS "venueFillId", fill.time`;
}

/** Ids of fills are not unique at every venue by themselves: two may share one across instruments or times. */
export const fillKey = (fill: Pick<NewFill, 'symbol' | 'time' | 'venueFillId'>): string =>
  `${fill.symbol}/${fill.time}/${fill.venueFillId}`;

/** Every fill of a trade, oldest first. One statement, because every booking and every look at a position reads them. */
export async function listFills(db: DatabaseOrTransaction, tradeId: TradeId): Promise<FillRecord[]> {
  const rows = await db.$queryRaw<(Omit<FillRecord, 'time'> & { time: Date })[]>`
    SELECT fill.id, fill.venue::text, fill.account_id AS "accountId", fill.symbol, venue_fill_id AS "venueFillId",
      fill.venue_order_id AS "venueOrderId", fill.client_order_id AS "clientOrderId", fill.trade_id AS "tradeId",
      order_id AS "orderId", fill.side::text, trim_scale(fill.price)::text AS price,
      trim_scale(fill.size)::text AS size, trim_scale(fee_usd)::text AS "feeUsd",
      trim_scale(closed_pnl_usd)::text AS "closedPnlUsd", liquidation, time, "order".leg::text AS leg,
      COALESCE("order".leg_number, 0) AS "legNumber", order_id IS NOT NULL OR trade.is_adopted AS "isOwn",
      CASE WHEN "order".leg = 'entry' THEN trim_scale(position_before)::text END AS "positionBefore"
    FROM fill JOIN trade ON trade.id = fill.trade_id LEFT JOIN "order" ON "order".id = fill.order_id
    WHERE fill.trade_id = ${tradeId}::uuid
    ORDER BY time, fill.created_at, fill.id`;
  return rows.map((row) => ({ ...row, time: ms(row.time) }));
}

/**
 * Counts the booked fills of a trade: how much of each of its orders is filled, and what remains of its position once
 * the entry is booked. What another hand closed is taken from its own part first, as `divideFills` does. Neither a
 * filled size nor what remains ever goes back, whichever of several counts that run at once is written last. Rows are
 * held in the order of their ids, so that such counts wait for each other in line. Returns the trade's phase; null when
 * its entry is not booked yet.
 */
export async function countFills(db: DatabaseOrTransaction, tradeId: TradeId): Promise<TradePhase | null> {
  const [trade] = await db.$queryRaw<{ phase: TradePhase }[]>`
    WITH filled AS (
      SELECT order_id, sum(size) AS size, max(venue_order_id) AS venue_order_id FROM fill
      WHERE trade_id = ${tradeId}::uuid AND order_id IS NOT NULL GROUP BY order_id
    ), held AS (
      SELECT id FROM "order" WHERE id IN (SELECT order_id FROM filled) ORDER BY id FOR NO KEY UPDATE
    ), counted AS (
      UPDATE "order" SET filled_size = LEAST("order".size, GREATEST(filled_size, filled.size)),
        venue_order_id = COALESCE("order".venue_order_id, filled.venue_order_id),
        status = CASE WHEN filled.size >= "order".size THEN 'filled'::order_status
                      WHEN status IN ('waiting', 'resting') THEN 'partly_filled'::order_status
                      ELSE status END
      FROM held JOIN filled ON filled.order_id = held.id
      WHERE "order".id = held.id
    ), its AS (
      SELECT fill.id, fill.time, fill.created_at, fill.size, trade.is_adopted OR fill.order_id IS NOT NULL AS is_own,
        (trade.side = 'long') = (fill.side = 'sell') AS is_exit,
        CASE WHEN "order".leg = 'entry' THEN fill.position_before * CASE trade.side WHEN 'long' THEN 1 ELSE -1 END END
          AS before
      FROM fill JOIN trade ON trade.id = fill.trade_id LEFT JOIN "order" ON "order".id = fill.order_id
      WHERE fill.trade_id = ${tradeId}::uuid
    ), by_hand AS (
      SELECT sum(CASE WHEN is_exit THEN -size ELSE size END) OVER (ORDER BY time, created_at, id) AS beside
      FROM its WHERE NOT is_own
        AND time >= COALESCE((SELECT min(time) FROM its WHERE is_own), 'infinity'::timestamptz)
    )
    UPDATE trade SET remaining_size = LEAST(remaining_size, GREATEST(0, entry_size - closed.size)), updated_at = now()
    FROM (
      SELECT (SELECT COALESCE(sum(size), 0) FROM its WHERE is_own AND is_exit)
        + GREATEST(0, -COALESCE((SELECT min(beside) FROM by_hand), 0)
            - GREATEST(0, COALESCE((SELECT min(before) FROM its), 0))) AS size
    ) AS closed
    WHERE trade.id = ${tradeId}::uuid AND entry_size IS NOT NULL
    RETURNING trade.phase`;
  return trade?.phase ?? null;
}

/**
 * Returns whether the owner has traded in a trade's position; false for an adopted trade, whose fills are all the
 * owner's.
 */
export async function hasFillsByHand(db: DatabaseOrTransaction, tradeId: TradeId): Promise<boolean> {
  return (
    (await db.fill.count({ where: { tradeId, orderId: null, trade: { isAdopted: false } }, take: 1 })) > 0
  );
}

/** Fills that reduce a position of this side. */
export const isExitFill = (side: Side, fill: Pick<NewFill, 'side'>): boolean =>
  (side === 'long') === (fill.side === 'sell');

/** When the newest booked fill of an account happened, in epoch ms; null without any. */
export async function lastFillTime(
  db: DatabaseOrTransaction,
  venue: VenueName,
  accountId: AccountId,
): Promise<number | null> {
  const row = await db.fill.findFirst({
    where: { venue, accountId },
    orderBy: { time: 'desc' },
    select: { time: true },
  });
  return row ? ms(row.time) : null;
}
