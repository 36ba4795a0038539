import type { ClientOrderId } from '#domain/ids.ts';
import type { OrderReport } from '#domain/order.ts';
import { queryReady, type DatabaseOrTransaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { msOrNull } from './rows.ts';
import type { OrderDraft } from './order-record.ts';

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
  return (await queryReady(db, reportsStatement(rows, attempt))).length === orders.length;
}

/** Returns the statement of `saveReports`, which returns the stored orders. */
export const reportsStatement = (rows: readonly object[], attempt: bigint | null): Prisma.Sql => Prisma.sql`
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
      AND NOT (said.status = 'rejected' AND filled_size > 0)
    RETURNING "order".id`;

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
