import type { ResolvedBarriers } from '#domain/barriers.ts';
import type { Stop } from '#domain/exit-engine.ts';
import { asId, type AccountId, type Side, type Symbol, type TradeId, type VenueName } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { WatchStatus } from '#domain/statuses.ts';
import type { Prisma } from '../generated/client.ts';
import { fromJson } from './json.ts';
import type { ExitsRevision } from './trade-record.ts';
import { ms, msOrNull, textOrNull } from './rows.ts';

/** The levels of a trade that the watcher needs. */
export interface WatchLevels extends ExitsRevision {
  entryPrice: DecimalString;
  barriers: ResolvedBarriers;
  /** The stop as it rests at the venue, and what put it there. */
  stop: Stop | null;
  /** True when the venue holds the stop as an order. */
  isStopResident: boolean;
  /** Numbers of the targets that are known to rest at the venue; the watcher sends the orders of the others. */
  restingTargets: number[];
  /** Numbers of the targets that have filled. */
  filledTargets: number[];
  /** Since when these exits hold, by the database's clock: a price of before is no reason to act on them. */
  since?: number | null;
  /** Prices that a watcher had judged when it last stored them. */
  seen?: SeenPrices | null;
}

/** Summary of a judged path of prices, enough for a trail to continue from its end. */
export interface SeenPrices {
  /** End of the path, in epoch ms. */
  until: number;
  /** Best price. */
  peak: DecimalString;
  /** The tightest the trail has been. */
  trail: DecimalString | null;
}

export interface WatchRecord {
  tradeId: TradeId;
  /** With the deployment: the id of the workflow that waits for it. */
  signalId: string;
  deploymentId: string;
  accountId: AccountId;
  venue: VenueName;
  symbol: Symbol;
  side: Side;
  /** Open size by the stored fills. */
  remainingSize: DecimalString | null;
  status: WatchStatus;
  levels: WatchLevels;
  armedAt: number;
  timeLimitAt: number | null;
  version: bigint;
  /** When it was last changed, by the database's clock. */
  changedAt: number;
}

export const WITH_TRADE = {
  trade: { select: { accountId: true, signalId: true, deploymentId: true, remainingSize: true } },
} as const;

export const toWatchRecord = (row: Prisma.WatchGetPayload<{ include: typeof WITH_TRADE }>): WatchRecord => ({
  tradeId: asId<TradeId>(row.tradeId),
  signalId: row.trade.signalId,
  deploymentId: row.trade.deploymentId,
  remainingSize: textOrNull(row.trade.remainingSize),
  accountId: asId<AccountId>(row.trade.accountId),
  venue: row.venue,
  symbol: row.symbol,
  side: row.side,
  status: row.status,
  levels: fromJson<WatchLevels>(row.levels),
  armedAt: ms(row.armedAt),
  timeLimitAt: msOrNull(row.timeLimitAt),
  version: row.version,
  changedAt: ms(row.updatedAt),
});
