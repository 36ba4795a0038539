import type { ExitReason } from '#domain/barriers.ts';
import type { TradeId } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { asPlainJson } from './json.ts';
import { ms } from './rows.ts';
import { HoldLostError, stillHeld, type TradeHold } from './trade-lock.ts';
import { type TradeBarriers, type TradeRecord, toRecord } from './trade-record.ts';
import { getTrade } from './trades.ts';

/**
 * Ends a trade that was never ordered. Throws when another attempt has taken it further than the caller knows: what
 * that one may have sent is not to be called refused.
 */
export async function refuseTrade(
  db: DatabaseOrTransaction,
  { id, phase }: Pick<TradeRecord, 'id' | 'phase'>,
  refusal: { code: string; text: string },
): Promise<void> {
  const refused = await db.trade.updateMany({
    where: { id, AND: [{ phase }, { phase: { in: ['routing', 'opening', 'skipped'] } }] },
    data: { phase: 'skipped', refusalCode: refusal.code, refusalText: refusal.text, closedAt: new Date() },
  });
  if (refused.count === 0) throw new Error(`trade ${id} is not ${phase} any more`);
}

export interface OpenedTrade {
  entrySize: DecimalString;
  entryPrice: DecimalString;
  barriers: TradeBarriers;
  stopPrice: DecimalString | null;
  stopKind: ExitReason | null;
  openedAt: number;
  /** Epoch ms since which its stop does not rest; null when it rests or the trade has none. */
  unprotectedSince: number | null;
}

/**
 * Stores the entry as the venue reported it, once, and returns the trade. Changes nothing once the trade is past
 * opening.
 */
export async function openTrade(
  db: DatabaseOrTransaction,
  tradeId: TradeId,
  opened: OpenedTrade,
): Promise<TradeRecord> {
  const [row] = await db.trade.updateManyAndReturn({
    where: { id: tradeId, phase: 'opening' },
    data: {
      ...opened,
      phase: 'open',
      barriers: asPlainJson(opened.barriers),
      remainingSize: opened.entrySize,
      openedAt: new Date(opened.openedAt),
      unprotectedSince: opened.unprotectedSince === null ? null : new Date(opened.unprotectedSince),
    },
  });
  return row ? toRecord(row) : getTrade(db, tradeId);
}

/**
 * Stores the resident stop; returns how long, in ms, the position was without one. Throws `HoldLostError`, with
 * nothing written, when the hold is lost.
 */
export async function saveStop(
  db: DatabaseOrTransaction,
  tradeId: TradeId,
  { price, kind, hold }: { price: DecimalString; kind: ExitReason; hold?: TradeHold | undefined },
  now: number,
): Promise<number> {
  const saved = await db.$executeRaw`
    UPDATE trade SET stop_price = ${price}::numeric, stop_kind = ${kind}::exit_reason, updated_at = now()
    WHERE id = ${tradeId}::uuid AND ${stillHeld(hold)}`;
  if (saved === 0) throw new HoldLostError(`the stop of trade ${tradeId} is somebody else's by now`);
  return endUnprotected(db, tradeId, now);
}

/** Records since when the position has no resident stop, unless that is recorded. */
export async function beginUnprotected(
  db: DatabaseOrTransaction,
  tradeId: TradeId,
  since: number,
): Promise<void> {
  await db.trade.updateMany({
    where: { id: tradeId, phase: 'open', unprotectedSince: null },
    data: { unprotectedSince: new Date(since) },
  });
}

/** Ends the time without a resident stop and adds it up; returns it in ms. */
async function endUnprotected(db: DatabaseOrTransaction, tradeId: TradeId, now: number): Promise<number> {
  const [ended] = await db.$queryRaw<{ duration: number }[]>`
    UPDATE trade SET unprotected_since = NULL, unprotected_ms = trade.unprotected_ms + spell.duration
    FROM (
      SELECT id, GREATEST(0, round(extract(epoch FROM ${new Date(now)}::timestamptz - unprotected_since) * 1000))::int
        AS duration
      FROM trade WHERE id = ${tradeId}::uuid AND unprotected_since IS NOT NULL FOR UPDATE
    ) AS spell
    WHERE trade.id = spell.id
    RETURNING spell.duration`;
  return ended?.duration ?? 0;
}

export async function saveBarriers(
  db: DatabaseOrTransaction,
  tradeId: TradeId,
  barriers: TradeBarriers,
): Promise<void> {
  await db.trade.update({ where: { id: tradeId }, data: { barriers: asPlainJson(barriers) } });
}

/** Pauses a trade that is not paused. Returns since when it is, epoch ms. */
export async function beginPause(db: DatabaseOrTransaction, tradeId: TradeId, now: number): Promise<number> {
  const [paused] = await db.$queryRaw<{ since: Date }[]>`
    UPDATE trade SET paused_at = COALESCE(paused_at, ${new Date(now)}), updated_at = now()
    WHERE id = ${tradeId}::uuid RETURNING paused_at AS since`;
  return paused ? ms(paused.since) : now;
}

/** Ends the pause of a trade; false when it is not paused. */
export async function endPause(db: DatabaseOrTransaction, tradeId: TradeId): Promise<boolean> {
  const { count } = await db.trade.updateMany({
    where: { id: tradeId, pausedAt: { not: null } },
    data: { pausedAt: null },
  });
  return count === 1;
}

/**
 * Moves a trade that the venue reports as flat to `settling`. Returns how long, in ms, the position was without a
 * stop.
 */
export async function flattenTrade(
  db: DatabaseOrTransaction,
  tradeId: TradeId,
  reason: ExitReason,
  now: number,
): Promise<number> {
  await db.trade.updateMany({
    where: { id: tradeId, phase: { in: ['open', 'closing'] } },
    data: { phase: 'settling', exitReason: reason, remainingSize: '0' },
  });
  return endUnprotected(db, tradeId, now);
}

/** Lowers what remains of an open trade to what the venue holds of it; fills that explain it are counted later. */
export async function resizeTrade(
  db: DatabaseOrTransaction,
  tradeId: TradeId,
  { remainingSize }: { remainingSize: DecimalString },
): Promise<void> {
  await db.$executeRaw`
    UPDATE trade SET remaining_size = LEAST(remaining_size, ${remainingSize}::numeric), updated_at = now()
    WHERE id = ${tradeId}::uuid AND phase = 'open'`;
}

/** Raises the size of an open trade to what its fills say was entered, and is left. */
export async function growTrade(
  db: DatabaseOrTransaction,
  tradeId: TradeId,
  size: { entrySize: DecimalString; remainingSize: DecimalString; entryPrice: DecimalString },
): Promise<void> {
  const { entrySize, remainingSize, entryPrice } = size;
  await db.$executeRaw`
    UPDATE trade SET entry_size = GREATEST(entry_size, ${entrySize}::numeric),
      remaining_size = GREATEST(remaining_size, ${remainingSize}::numeric),
      entry_price = ${entryPrice}::numeric, updated_at = now()
    WHERE id = ${tradeId}::uuid AND phase = 'open'`;
}
