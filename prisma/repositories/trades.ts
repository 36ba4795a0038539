import type { ExitReason } from '#domain/barriers.ts';
import { WHOLE_SECOND_MS } from '#domain/clock.ts';
import { asIdOrNull, type AccountId, type Symbol, type TradeId, type VenueName } from '#domain/ids.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { LIVE_PHASES } from '#domain/trade-phases.ts';
import { type TradeRecord, toRecord } from './trade-record.ts';

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

/** The one trade of a signal in a deployment; throws when there is none. */
export async function findTradeOf(
  db: DatabaseOrTransaction,
  of: Pick<TradeRecord, 'signalId' | 'deploymentId'>,
): Promise<TradeRecord> {
  return toRecord(await db.trade.findUniqueOrThrow({ where: { signalId_deploymentId: of } }));
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
