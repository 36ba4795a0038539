import type { ExitReason, Barriers, ResolvedBarriers } from '#domain/barriers.ts';
import type { EntryPlan } from '#domain/entry-plan.ts';
import { asId, type AccountId, type Side, type Symbol, type TradeId, type VenueName } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { TradePhase } from '#domain/trade.ts';
import type { Trade } from '../generated/client.ts';
import { fromJson } from './json.ts';
import { msOrNull, textOrNull } from './rows.ts';

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

export const toRecord = (row: Trade): TradeRecord => ({
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
