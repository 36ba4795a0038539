import type { ExitReason } from '#domain/barriers.ts';
import type { Side, VenueName } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { TradePhase } from '#domain/trade.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import type { Prisma } from '../generated/client.ts';
import { msOrNull, ms, textOrNull } from './rows.ts';
import { ENDED_PHASES } from '#domain/trade-phases.ts';
import { ofDeployment, type OfUser } from './visible-rows.ts';

/** A trade as lists show it. Amounts are decimal strings, times epoch ms. */
export interface TradeView {
  id: string;
  signalId: string;
  deploymentId: string;
  agentName: string;
  symbol: string;
  side: Side;
  venue: VenueName | null;
  phase: TradePhase;
  paused: boolean;
  entrySize: DecimalString | null;
  entryPrice: DecimalString | null;
  remainingSize: DecimalString | null;
  stopPrice: DecimalString | null;
  stopKind: ExitReason | null;
  exitPrice: DecimalString | null;
  exitReason: ExitReason | null;
  refusal: { code: string; text: string } | null;
  grossPnlUsd: DecimalString | null;
  feesUsd: DecimalString | null;
  fundingUsd: DecimalString | null;
  netPnlUsd: DecimalString | null;
  /** How long a filled entry stood without a resident stop. */
  unprotectedMs: number;
  createdAt: number;
  openedAt: number | null;
  closedAt: number | null;
}

const PARTS = { deployment: { select: { agent: { select: { name: true } } } } } as const;
type TradeRow = Prisma.TradeGetPayload<{ include: typeof PARTS }>;

/** The row of a trade as lists show it. */
export const toTradeView = (row: TradeRow): TradeView => ({
  id: row.id,
  signalId: row.signalId,
  deploymentId: row.deploymentId,
  agentName: row.deployment.agent.name,
  symbol: row.symbol,
  side: row.side,
  venue: row.venue,
  phase: row.phase,
  paused: row.pausedAt !== null,
  entrySize: textOrNull(row.entrySize),
  entryPrice: textOrNull(row.entryPrice),
  remainingSize: textOrNull(row.remainingSize),
  stopPrice: textOrNull(row.stopPrice),
  stopKind: row.stopKind,
  exitPrice: textOrNull(row.exitPrice),
  exitReason: row.exitReason,
  refusal: row.refusalCode === null ? null : { code: row.refusalCode, text: row.refusalText ?? '' },
  grossPnlUsd: textOrNull(row.grossPnlUsd),
  feesUsd: textOrNull(row.feesUsd),
  fundingUsd: textOrNull(row.fundingUsd),
  netPnlUsd: textOrNull(row.netPnlUsd),
  unprotectedMs: row.unprotectedMs,
  createdAt: ms(row.createdAt),
  openedAt: msOrNull(row.openedAt),
  closedAt: msOrNull(row.closedAt),
});

export interface TradeFilter extends OfUser {
  limit: number;
  /** The id of the last trade of the page before. */
  after?: string;
  deploymentId?: string;
  signalId?: string;
  phases?: readonly TradePhase[];
  symbol?: string;
}

/** Trades, newest first. */
export async function listTrades(db: DatabaseOrTransaction, filter: TradeFilter): Promise<TradeView[]> {
  const { limit, after, phases, ofUser, ...where } = filter;
  const rows = await db.trade.findMany({
    where: {
      ...where,
      ...ofDeployment({ ofUser }),
      ...(phases && { phase: { in: [...phases] } }),
      ...(after === undefined ? {} : { id: { lt: after } }),
    },
    orderBy: { id: 'desc' },
    take: limit,
    include: PARTS,
  });
  return rows.map(toTradeView);
}

/** The trade of a user, or of all, as lists show it, or null. */
export async function findTradeView(
  db: DatabaseOrTransaction,
  id: string,
  whose: OfUser = {},
): Promise<TradeView | null> {
  const row = await db.trade.findUnique({ where: { id, ...ofDeployment(whose) }, include: PARTS });
  return row && toTradeView(row);
}

/** Trades that have not ended, with `deploymentId` only its own, oldest first. */
export async function listLiveTradeViews(
  db: DatabaseOrTransaction,
  { deploymentId, ofUser }: { deploymentId?: string | undefined } & OfUser = {},
): Promise<TradeView[]> {
  const rows = await db.trade.findMany({
    where: {
      phase: { notIn: [...ENDED_PHASES] },
      ...(deploymentId === undefined ? {} : { deploymentId }),
      ...ofDeployment({ ofUser }),
    },
    orderBy: { id: 'asc' },
    include: PARTS,
  });
  return rows.map(toTradeView);
}
