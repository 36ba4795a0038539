import type { ExitReason, Barriers, ResolvedBarriers } from '#domain/barriers.ts';
import { WHOLE_SECOND_MS } from '#domain/clock.ts';
import type { EntryPlan } from '#domain/entry-plan.ts';
import {
  asId,
  asIdOrNull,
  type AccountId,
  type Side,
  type Symbol,
  type TradeId,
  type VenueName,
} from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { TradePhase } from '#domain/trade.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import type { Trade } from '../generated/client.ts';
import { asPlainJson, fromJson } from './json.ts';
import { ms, msOrNull, textOrNull } from './rows.ts';
import { HoldLostError, stillHeld, type TradeHold } from './trade-lock.ts';
import { LIVE_PHASES } from '#domain/trade-phases.ts';

/** The exits of a trade: as asked for, and in absolute prices once the entry has filled. */
export interface TradeBarriers extends ExitsRevision {
  policy: Barriers;
  levels: ResolvedBarriers;
  /** Names the request that set them, so that it is not carried out twice. */
  request?: string | null;
}

/** Which of the exits that a trade has had, one after the other, these are. */
export interface ExitsRevision {
  /** Rises by one each time a person sets other exits; 0 unless given. */
  revision?: number;
  /** The revision from which on the trail follows prices; 0 unless given. */
  trailRevision?: number;
}

export const revisionOf = (exits: ExitsRevision | null): number => exits?.revision ?? 0;
export const trailRevisionOf = (exits: ExitsRevision | null): number => exits?.trailRevision ?? 0;

/** A trade as stored. Times in epoch ms, amounts as decimal strings. */
export interface TradeRecord {
  id: TradeId;
  signalId: string;
  deploymentId: string;
  phase: TradePhase;
  symbol: Symbol;
  side: Side;
  accountId: AccountId;
  venue: VenueName | null;
  plan: EntryPlan | null;
  barriers: TradeBarriers | null;
  entrySize: DecimalString | null;
  entryPrice: DecimalString | null;
  remainingSize: DecimalString | null;
  stopPrice: DecimalString | null;
  stopKind: ExitReason | null;
  openedAt: number | null;
  closedAt: number | null;
  pausedAt: number | null;
  exitReason: ExitReason | null;
  exitClaimedBy: string | null;
  refusal: { code: string; text: string } | null;
  netPnlUsd: DecimalString | null;
  /** Opened by no order of ours: all of its fills are its own. */
  isAdopted: boolean;
}

const toRecord = (row: Trade): TradeRecord => ({
  id: asId<TradeId>(row.id),
  signalId: row.signalId,
  deploymentId: row.deploymentId,
  phase: row.phase,
  symbol: row.symbol,
  side: row.side,
  accountId: asId<AccountId>(row.accountId),
  venue: row.venue,
  plan: fromJson<EntryPlan | null>(row.plan),
  barriers: fromJson<TradeBarriers | null>(row.barriers),
  entrySize: textOrNull(row.entrySize),
  entryPrice: textOrNull(row.entryPrice),
  remainingSize: textOrNull(row.remainingSize),
  stopPrice: textOrNull(row.stopPrice),
  stopKind: row.stopKind,
  openedAt: msOrNull(row.openedAt),
  closedAt: msOrNull(row.closedAt),
  pausedAt: msOrNull(row.pausedAt),
  exitReason: row.exitReason,
  exitClaimedBy: row.exitClaimedBy,
  refusal: row.refusalCode === null ? null : { code: row.refusalCode, text: row.refusalText ?? '' },
  netPnlUsd: textOrNull(row.netPnlUsd),
  isAdopted: row.isAdopted,
});

/** The trade, or null when there is none with this id. */
export async function findTrade(db: DatabaseOrTransaction, tradeId: string): Promise<TradeRecord | null> {
  const row = await db.trade.findUnique({ where: { id: tradeId } });
  return row && toRecord(row);
}

/** The trade; throws when there is none. */
export async function getTrade(db: DatabaseOrTransaction, tradeId: string): Promise<TradeRecord> {
  const trade = await findTrade(db, tradeId);
  if (!trade) throw new Error(`no trade ${tradeId} in the books`);
  return trade;
}

/**
 * When a trade began: none of its fills is older, while its entry may have filled long before it was known to be open.
 */
export async function tradeBegan(db: DatabaseOrTransaction, tradeId: TradeId): Promise<number> {
  const { createdAt, openedAt } = await db.trade.findUniqueOrThrow({
    where: { id: tradeId },
    select: { createdAt: true, openedAt: true },
  });
  return Math.min(createdAt.getTime(), openedAt?.getTime() ?? Infinity);
}

/** Those of the trades that there are, in no particular order. */
export async function findTrades(
  db: DatabaseOrTransaction,
  tradeIds: readonly TradeId[],
): Promise<TradeRecord[]> {
  if (tradeIds.length === 0) return [];
  const rows = await db.trade.findMany({ where: { id: { in: [...tradeIds] } } });
  return rows.map(toRecord);
}

/** Trades whose exit has been claimed and not yet been confirmed, with the reasons claimed. */
export async function listClosing(
  db: DatabaseOrTransaction,
  venue: VenueName,
): Promise<{ trade: Pick<TradeRecord, 'signalId' | 'deploymentId'>; reason: ExitReason }[]> {
  const rows = await db.trade.findMany({
    where: { venue, phase: 'closing' },
    select: { signalId: true, deploymentId: true, exitReason: true },
  });
  return rows.map(({ exitReason, ...trade }) => ({ trade, reason: exitReason ?? 'force_close' }));
}

/** Returns a trade as it is right after its row is inserted. */
export const newTradeRecord = (
  id: TradeId,
  made: Pick<TradeRecord, 'signalId' | 'deploymentId' | 'symbol' | 'side' | 'accountId'>,
): TradeRecord => ({
  ...made,
  id,
  phase: 'routing',
  venue: null,
  plan: null,
  barriers: null,
  entrySize: null,
  entryPrice: null,
  remainingSize: null,
  stopPrice: null,
  stopKind: null,
  openedAt: null,
  closedAt: null,
  pausedAt: null,
  exitReason: null,
  exitClaimedBy: null,
  refusal: null,
  netPnlUsd: null,
  isAdopted: false,
});

/** The one trade of a signal in a deployment; throws when there is none. */
export async function findTradeOf(
  db: DatabaseOrTransaction,
  of: Pick<TradeRecord, 'signalId' | 'deploymentId'>,
): Promise<TradeRecord> {
  return toRecord(await db.trade.findUniqueOrThrow({ where: { signalId_deploymentId: of } }));
}

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

/**
 * Returns the newest trade whose life includes a fill of an instrument at `time` (epoch ms); null when there is none.
 * A trade's life begins when its entry is sent, because its fill may be stored long after. Some venues tell times in
 * whole seconds.
 */
export async function findTradeAt(
  db: DatabaseOrTransaction,
  at: { venue: VenueName; accountId: AccountId; symbol: Symbol },
  time: number,
): Promise<TradeId | null> {
  const row = await db.trade.findFirst({
    where: {
      ...at,
      AND: [
        {
          OR: [
            { openedAt: { lte: new Date(time + WHOLE_SECOND_MS) } },
            { orders: { some: { leg: 'entry', sentAt: { lte: new Date(time) } } } },
          ],
        },
        {
          OR: [{ phase: { in: [...LIVE_PHASES] } }, { phase: 'closed', closedAt: { gte: new Date(time) } }],
        },
      ],
    },
    // One that is still opening has none, and comes first.
    orderBy: { openedAt: { sort: 'desc', nulls: 'first' } },
    select: { id: true },
  });
  return asIdOrNull<TradeId>(row?.id ?? null);
}

/** Trades of an account that hold or are about to hold a position, in no particular order. */
export async function listLiveTrades(
  db: DatabaseOrTransaction,
  venue: VenueName,
  accountId: AccountId,
): Promise<TradeRecord[]> {
  const rows = await db.trade.findMany({
    where: { venue, accountId, phase: { in: [...LIVE_PHASES] } },
  });
  return rows.map(toRecord);
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
