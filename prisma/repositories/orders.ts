import {
  asId,
  asIdOrNull,
  type AccountId,
  type ClientOrderId,
  type Symbol,
  type TradeId,
  type VenueName,
  type VenueOrderId,
} from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import {
  isOver,
  type OrderKind,
  type OrderLeg,
  type OrderReport,
  type OrderSide,
  type OrderStatus,
} from '#domain/order.ts';
import type { TradePhase } from '#domain/trade.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { Prisma, type Order } from '../generated/client.ts';
import { claimedExit, type ExitClaim } from './exit-claims.ts';
import { fromJson } from './json.ts';
import { msOrNull, text, textOrNull, timeOrderedId } from './rows.ts';
import { stillHeld } from './trade-lock.ts';
import { drawn, mayDraw, type NonceDraw } from './nonces.ts';
import { LIVE_PHASES } from '#domain/trade-phases.ts';

/** An order as stored. */
export interface OrderRecord {
  id: string;
  tradeId: TradeId;
  venue: VenueName;
  accountId: AccountId;
  symbol: Symbol;
  leg: OrderLeg;
  legNumber: number;
  revision: number;
  clientOrderId: ClientOrderId;
  venueOrderId: VenueOrderId | null;
  side: OrderSide;
  kind: OrderKind;
  price: DecimalString;
  triggerPrice: DecimalString | null;
  size: DecimalString;
  filledSize: DecimalString;
  reduceOnly: boolean;
  status: OrderStatus;
  nonce: number | null;
  /** Address of the trading key that the nonce belongs to. */
  signer: string | null;
  /** Identifies its last attempt at a venue without client ids. */
  reference: string | null;
  /** A change that was sent and is not resolved yet. */
  move: OrderMove | null;
  /** When the venue last answered a command about it, epoch ms. */
  answeredAt: number | null;
  /** Why the venue refused or cancelled it. */
  code: string | null;
  text: string | null;
}

/** The fields of an order that are written before it is sent. */
export type OrderDraft = Omit<
  OrderRecord,
  | 'id'
  | 'venueOrderId'
  | 'filledSize'
  | 'status'
  | 'nonce'
  | 'signer'
  | 'reference'
  | 'move'
  | 'answeredAt'
  | 'code'
  | 'text'
>;

/** A change of price and size that was sent for an order that rests. */
export interface OrderMove {
  nonce: number;
  /** Address of the trading key that the nonce belongs to. */
  signer: string | null;
  /** Identifies its transaction at a venue without client ids; null until one is sent. */
  reference: string | null;
  price: DecimalString;
  triggerPrice: DecimalString;
  size: DecimalString;
}

export const toOrderRecord = (row: Order): OrderRecord => ({
  id: row.id,
  tradeId: asId<TradeId>(row.tradeId),
  venue: row.venue,
  accountId: asId<AccountId>(row.accountId),
  symbol: row.symbol,
  leg: row.leg,
  legNumber: row.legNumber,
  revision: row.revision,
  clientOrderId: asId<ClientOrderId>(row.clientOrderId),
  venueOrderId: asIdOrNull<VenueOrderId>(row.venueOrderId),
  side: row.side,
  kind: row.kind,
  price: text(row.price),
  triggerPrice: textOrNull(row.triggerPrice),
  size: text(row.size),
  filledSize: text(row.filledSize),
  reduceOnly: row.reduceOnly,
  status: row.status,
  nonce: row.nonce === null ? null : Number(row.nonce),
  signer: row.signer,
  reference: row.reference,
  move: fromJson<OrderMove | null>(row.move),
  answeredAt: msOrNull(row.answeredAt),
  code: row.code,
  text: row.text,
});

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

/**
 * Draws the next nonce of the key that signs and writes the orders of one action under it, before they are sent.
 * Returns the nonce. Returns null, with nothing written, when one of the orders exists, the key is not the
 * deployment's active one, the hold is lost, the trade that stops or targets protect is over, or `exit` cannot be
 * claimed (as in `claimExit`).
 */
export async function writeOrders(
  db: DatabaseOrTransaction,
  draw: NonceDraw,
  drafts: readonly OrderDraft[],
  exit?: ExitClaim,
): Promise<number | null> {
  if (drafts.length === 0) return null;
  // One statement, since every order waits for it.
  const [written] = await db.$queryRaw<{ nonce: bigint }[]>`
    WITH ${exit ? Prisma.sql`${claimedExit(exit)},` : Prisma.empty}
      ${writtenOrders(draw, drafts, exit ? Prisma.sql`EXISTS (SELECT FROM claimed)` : Prisma.sql`true`)}
    SELECT nonce FROM written LIMIT 1`;
  return written ? Number(written.nonce) : null;
}

/**
 * Returns the tables `drawn` and `written` of a statement that writes the orders of one action, all or none, under the
 * next nonce of the key that signs. `written` has one row per order with that nonce. It has no row when the key is not
 * active, `condition` is false, or an order of them exists already.
 */
export function writtenOrders(
  draw: NonceDraw,
  drafts: readonly OrderDraft[],
  condition: Prisma.Sql,
): Prisma.Sql {
  const { signer, now } = draw;
  const { venue, accountId } = drafts[0] ?? never();
  const ids = drafts.map(({ clientOrderId }) => clientOrderId);
  const rows = drafts.map((draft) => ({ ...draft, id: timeOrderedId(now) }));
  return Prisma.sql`
    drawn AS (
      UPDATE trading_key SET last_nonce = ${drawn(draw)}
      WHERE ${mayDraw(draw)} AND ${isWorthProtecting(drafts)} AND ${condition}
      RETURNING last_nonce
    ), written AS (
      INSERT INTO "order" (id, trade_id, venue, account_id, symbol, leg, leg_number, revision, client_order_id,
        side, kind, price, trigger_price, placed_trigger_price, size, placed_size, reduce_only, nonce, signer, sent_at,
        updated_at)
      SELECT id, "tradeId", venue, "accountId", symbol, leg, "legNumber", revision, "clientOrderId",
        side, kind, price, "triggerPrice", "triggerPrice", size, size, "reduceOnly", last_nonce, ${signer}, ${new Date(now)}, ${new Date(now)}
      FROM drawn, jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS draft(id uuid, "tradeId" uuid,
        venue venue_name, "accountId" text, symbol text, leg order_leg, "legNumber" int, revision int,
        "clientOrderId" text, side order_side, kind order_kind, price numeric, "triggerPrice" numeric,
        size numeric, "reduceOnly" boolean)
      WHERE NOT EXISTS (
        SELECT FROM "order" AS known WHERE known.venue = ${venue}::venue_name AND known.account_id = ${accountId}
          AND known.client_order_id = ANY(${ids})
      )
      ON CONFLICT DO NOTHING
      RETURNING nonce
    )`;
}

function never(): never {
  throw new Error('an action has at least one order');
}

/** Returns whether all orders are stops and targets. */
export const isProtection = (orders: readonly Pick<OrderDraft, 'leg'>[]): boolean =>
  orders.every(({ leg }) => leg === 'stop' || leg === 'take_profit');

/**
 * The condition of a statement that is to send no stop and no target of a trade whose end has begun: its leftovers may
 * have been cancelled already. True for other orders. An end that is claimed later finds the orders.
 */
function isWorthProtecting(orders: readonly Pick<OrderDraft, 'leg' | 'tradeId'>[]): Prisma.Sql {
  const [first] = orders;
  if (!first || !isProtection(orders)) return Prisma.sql`true`;
  return Prisma.sql`EXISTS (SELECT FROM trade WHERE id = ${first.tradeId}::uuid
    AND phase IN ('opening', 'open') FOR SHARE)`;
}

/** Orders whose earlier attempt never happened, each with its content in the next attempt under its client id. */
export type RenewedOrders = readonly { order: OrderRecord; next: OrderDraft }[];

/**
 * Gives orders whose earlier attempt never happened a new nonce and signer and the content that is sent next, all or
 * none, and keeps the reference of the earlier attempt. Returns false, with nothing changed, when another attempt has
 * taken or answered one of them, the earlier attempt is being sent after all, fills of them are stored, or the trade
 * that they protect is over.
 */
export async function renewAttempt(
  db: DatabaseOrTransaction,
  orders: RenewedOrders,
  { nonce, signer, hold }: Pick<NonceDraw, 'signer' | 'hold'> & { nonce: number },
): Promise<boolean> {
  const earlier = orders.map(({ order: { id, nonce: last, reference, status }, next }) => {
    const { kind, price, triggerPrice, size } = next;
    return { id, last, reference, status, kind, price, triggerPrice, size };
  });
  const renewed = await db.$executeRaw`
    WITH earlier AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(earlier)}::jsonb)
        AS earlier(id uuid, last bigint, reference text, status order_status, kind order_kind, price numeric,
          "triggerPrice" numeric, size numeric)
    ), held AS (
      SELECT held.id, earlier.kind, earlier.price, earlier."triggerPrice", earlier.size
      FROM "order" AS held JOIN earlier ON earlier.id = held.id
      WHERE held.nonce IS NOT DISTINCT FROM earlier.last AND held.reference IS NOT DISTINCT FROM earlier.reference
        AND (held.status IN ('submitting', 'unresolved') OR held.status = earlier.status) AND held.filled_size = 0
      ORDER BY held.id FOR NO KEY UPDATE OF held
    )
    UPDATE "order" SET nonce = ${BigInt(nonce)}, signer = ${signer}, reference = NULL,
      earlier_references = NULLIF(concat_ws(' ', earlier_references, reference), ''), fence_nonce = NULL,
      fence_sent_at = NULL, status = 'submitting', sent_at = now(),
      code = NULL, text = NULL, updated_at = now(), kind = held.kind, price = held.price, size = held.size,
      placed_size = held.size, trigger_price = held."triggerPrice", placed_trigger_price = held."triggerPrice"
    FROM held
    WHERE "order".id = held.id AND (SELECT count(*) FROM held) = ${orders.length} AND ${stillHeld(hold)}
      AND ${isWorthProtecting(orders.map(({ order }) => order))}`;
  return renewed === orders.length;
}

/**
 * Records the reference that identifies an attempt at the venue, before it is sent. Returns false when the orders
 * belong to another attempt: this one must not be sent.
 */
export async function noteReference(
  db: DatabaseOrTransaction,
  { venue, accountId }: Pick<OrderDraft, 'venue' | 'accountId'>,
  clientOrderIds: readonly ClientOrderId[],
  { nonce, reference }: { nonce: number; reference: string },
): Promise<boolean> {
  const { count } = await db.order.updateMany({
    where: {
      venue,
      accountId,
      clientOrderId: { in: [...clientOrderIds] },
      nonce: BigInt(nonce),
      status: { in: ['submitting', 'unresolved'] },
    },
    data: { reference },
  });
  return count === clientOrderIds.length;
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

/**
 * Marks orders whose answer was lost as unresolved. `isUsed` is true when the venue said that their nonce was already
 * used.
 */
export async function markUnresolved(
  db: DatabaseOrTransaction,
  clientOrderIds: readonly ClientOrderId[],
  { nonce, why, isUsed = false }: { nonce: number; why: string; isUsed?: boolean },
): Promise<void> {
  const fence = isUsed ? { fenceNonce: BigInt(nonce), fenceSentAt: new Date() } : {};
  await db.order.updateMany({
    where: { clientOrderId: { in: [...clientOrderIds] }, nonce: BigInt(nonce), status: 'submitting' },
    data: { status: 'unresolved', text: why, ...fence },
  });
}

/** An order with what the venue said of it. */
export type ReportedOrder = Pick<OrderDraft, 'venue' | 'accountId' | 'clientOrderId'> & {
  report: OrderReport;
};

/**
 * Stores the venue's reports of orders, and returns whether all were stored. With `nonce`, an order that belongs to
 * another attempt is left alone. An order with stored fills is never marked rejected, and a filled size never
 * shrinks. One statement, so that a crash leaves all reports stored or none.
 */
export async function saveReports(
  db: DatabaseOrTransaction,
  orders: readonly ReportedOrder[],
  nonce?: number | null,
): Promise<boolean> {
  const attempt = nonce === undefined || nonce === null ? null : BigInt(nonce);
  // A venue that trades a value says only afterwards what size that came to.
  const rows = orders.map(({ venue, accountId, clientOrderId, report }) => ({
    ...report,
    venue,
    accountId,
    clientOrderId,
    size: isSized(report) ? report.size : null,
  }));
  const stored = await db.$executeRaw`
    WITH said AS (
      SELECT held.id, told.* FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS told(venue venue_name,
        "accountId" text, "clientOrderId" text, status order_status, code text, text text, "venueOrderId" text,
        size numeric, "filledSize" numeric)
      JOIN "order" AS held ON held.venue = told.venue AND held.account_id = told."accountId"
        AND held.client_order_id = told."clientOrderId"
      ORDER BY held.id FOR NO KEY UPDATE OF held
    )
    UPDATE "order" SET
      status = said.status, answered_at = now(), updated_at = now(), code = said.code, text = said.text,
      first_status = CASE WHEN first_answered_at IS NULL THEN said.status ELSE first_status END,
      first_answered_at = COALESCE(first_answered_at, now()),
      venue_order_id = COALESCE(said."venueOrderId", venue_order_id),
      size = COALESCE(said.size, "order".size),
      filled_size = GREATEST(filled_size, said."filledSize")
    FROM said
    WHERE "order".id = said.id AND (${attempt}::bigint IS NULL OR nonce = ${attempt}::bigint)
      AND NOT (said.status = 'rejected' AND filled_size > 0)`;
  return stored === orders.length;
}

/**
 * Records that a fence is about to use up the nonce of an attempt, or that the nonce was found used. Returns since
 * when an earlier fence of it is known (epoch ms or null) in an object; null when the orders belong to another
 * attempt or are answered.
 */
export async function noteFence(
  db: DatabaseOrTransaction,
  orderIds: readonly string[],
  nonce: number,
): Promise<{ fencedAt: number | null } | null> {
  const noted = await db.$queryRaw<{ fencedAt: Date | null }[]>`
    WITH held AS (
      SELECT id, CASE WHEN fence_nonce = nonce THEN fence_sent_at END AS earlier FROM "order"
      WHERE id = ANY(${orderIds}::uuid[]) AND nonce = ${BigInt(nonce)} AND status IN ('submitting', 'unresolved')
      ORDER BY id FOR NO KEY UPDATE
    )
    UPDATE "order" SET fence_nonce = nonce, fence_sent_at = COALESCE(held.earlier, now()), updated_at = now()
    FROM held WHERE "order".id = held.id
    RETURNING held.earlier AS "fencedAt"`;
  const [first] = noted;
  return first && noted.length === orderIds.length ? { fencedAt: msOrNull(first.fencedAt) } : null;
}

/** Forgets an attempt that the venue refused for its nonce: it never happened, and another nonce is to be drawn. */
export async function forgetAttempt(
  db: DatabaseOrTransaction,
  clientOrderIds: readonly ClientOrderId[],
  nonce: number,
  why: string,
): Promise<void> {
  await db.order.updateMany({
    where: { clientOrderId: { in: [...clientOrderIds] }, nonce: BigInt(nonce), status: 'submitting' },
    data: { status: 'unresolved', nonce: null, text: why },
  });
}

/** Returns whether the report has the true size of the order. */
const isSized = ({ status, size, filledSize }: OrderReport): boolean =>
  status === 'filled' ? size === filledSize : status === 'resting' && Number(size) > 0;

export async function markCanceled(
  db: DatabaseOrTransaction,
  orderIds: readonly string[],
  why: string,
): Promise<void> {
  await db.order.updateMany({
    where: { id: { in: [...orderIds] }, status: { notIn: ['filled', 'rejected', 'canceled'] } },
    data: { status: 'canceled', text: why, answeredAt: new Date(), move: Prisma.DbNull },
  });
}

/** The newest revision of a leg, or null. */
export const newest = (orders: readonly OrderRecord[], leg: OrderLeg, legNumber = 0): OrderRecord | null =>
  orders
    .filter((order) => order.leg === leg && order.legNumber === legNumber)
    .toSorted((a, b) => a.revision - b.revision)
    .at(-1) ?? null;

/** Orders that may still fill. */
export const liveOrders = (orders: readonly OrderRecord[]): OrderRecord[] =>
  orders.filter(({ status }) => !isOver(status));

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
