import {
  asId,
  type AccountId,
  type Symbol,
  type TradeId,
  type VenueName,
  type VenueOrderId,
} from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import { ENDED_PHASES } from '#domain/trade-phases.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { asPlainJson } from './json.ts';
import { skipSubjects } from './skipped-signals.ts';
import { findTrade, findTrades } from './trades.ts';
import type { TradeBarriers, TradeRecord } from './trade-record.ts';

/** Trades that have ended, by the venue's id of the entry that opened a position of theirs. */
export async function findOutlived(
  db: DatabaseOrTransaction,
  venue: VenueName,
  accountId: AccountId,
  positionIds: readonly VenueOrderId[],
): Promise<ReadonlyMap<VenueOrderId, TradeId>> {
  if (positionIds.length === 0) return new Map();
  const rows = await db.order.findMany({
    where: {
      venue,
      accountId,
      leg: 'entry',
      venueOrderId: { in: [...positionIds] },
      trade: { phase: { in: [...ENDED_PHASES] } },
    },
    orderBy: { createdAt: 'asc' },
    select: { tradeId: true, venueOrderId: true },
  });
  return new Map(
    rows.flatMap(({ tradeId, venueOrderId }) =>
      venueOrderId === null ? [] : [[asId<VenueOrderId>(venueOrderId), asId<TradeId>(tradeId)] as const],
    ),
  );
}

/** The trades that ended last in an instrument of an account and that an order of ours had opened, newest first. */
export async function listLastEnded(
  db: DatabaseOrTransaction,
  at: { venue: VenueName; accountId: AccountId; symbol: Symbol },
  limit: number,
): Promise<TradeRecord[]> {
  const rows = await db.trade.findMany({
    where: {
      ...at,
      phase: { in: [...ENDED_PHASES] },
      isAdopted: false,
      fills: { some: { order: { leg: 'entry' } } },
    },
    orderBy: { createdAt: 'desc' },
    take: limit,
    select: { id: true },
  });
  const found = await findTrades(
    db,
    rows.map(({ id }) => asId<TradeId>(id)),
  );
  return rows.flatMap(({ id }) => found.find((trade) => trade.id === id) ?? []);
}

/** State in which an ended trade is opened again. */
export interface Revival {
  entrySize: DecimalString;
  entryPrice: DecimalString;
  remainingSize: DecimalString;
  openedAt: number;
  barriers: TradeBarriers;
  /** Epoch ms since which its position has no stop that is known to rest. */
  unprotectedSince: number;
}

/**
 * Opens an ended trade again; its bills are unchanged. Returns the trade, or null when it is live already. Throws a
 * unique violation when another trade of the account has taken the instrument.
 */
export async function reviveTrade(
  tx: DatabaseOrTransaction,
  trade: TradeRecord,
  { barriers, openedAt, unprotectedSince, ...sizes }: Revival,
): Promise<TradeRecord | null> {
  const { count } = await tx.trade.updateMany({
    where: { id: trade.id, phase: { in: [...ENDED_PHASES] } },
    data: {
      ...ENDED_NO_MORE,
      ...sizes,
      barriers: asPlainJson(barriers),
      openedAt: new Date(openedAt),
      unprotectedSince: new Date(unprotectedSince),
    },
  });
  if (count === 0) return null;
  const subject = skipSubjects.deployment(trade.signalId, trade.deploymentId);
  await tx.skippedSignal.deleteMany({ where: { subject } });
  return findTrade(tx, trade.id);
}

/** Its slot may have been given away. */
const ENDED_NO_MORE = {
  phase: 'open',
  positionSlot: null,
  stopPrice: null,
  stopKind: null,
  exitPrice: null,
  closedAt: null,
  exitReason: null,
  exitClaimedBy: null,
  exitClaimedAt: null,
  refusalCode: null,
  refusalText: null,
  grossPnlUsd: null,
  feesUsd: null,
  fundingUsd: null,
  netPnlUsd: null,
  isProvisional: false,
  settledFills: null,
  settledFunding: null,
} as const;
