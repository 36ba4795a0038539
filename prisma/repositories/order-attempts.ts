import type { ClientOrderId } from '#domain/ids.ts';
import { queryReady, type DatabaseOrTransaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { claimedExit, type ExitClaim } from './exit-claims.ts';
import { timeOrderedId } from './rows.ts';
import { stillHeld } from './trade-lock.ts';
import { drawn, mayDraw, type NonceDraw } from './nonces.ts';
import { type OrderRecord, type OrderDraft, isProtection } from './order-record.ts';

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
  const statement = writeStatement(draw, drafts, exit);
  const [written] = await queryReady<{ nonce: bigint | string }>(db, statement);
  return written ? Number(written.nonce) : null;
}

/** Returns the statement of `writeOrders`: only one, since every order waits for it. */
export const writeStatement = (
  draw: NonceDraw,
  drafts: readonly OrderDraft[],
  exit?: ExitClaim,
): Prisma.Sql => Prisma.sql`
  WITH ${exit ? Prisma.sql`${claimedExit(exit)},` : Prisma.empty}
    ${writtenOrders(draw, drafts, exit ? Prisma.sql`EXISTS (SELECT FROM claimed)` : Prisma.sql`true`)}
  SELECT nonce FROM written LIMIT 1`;

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
