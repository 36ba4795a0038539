import type { ExitReason, ResolvedBarriers } from '#domain/barriers.ts';
import type { Stop } from '#domain/exit-engine.ts';
import { asId, type AccountId, type Side, type Symbol, type TradeId, type VenueName } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { Database, DatabaseOrTransaction } from '../client.ts';
import { asPlainJson, fromJson } from './json.ts';
import { ms, msOrNull, textOrNull } from './rows.ts';

/** What the watcher needs to know of a trade. */
export interface WatchLevels {
  entryPrice: DecimalString;
  barriers: ResolvedBarriers;
  /** The stop as it rests at the venue, and what put it there. */
  stop: Stop | null;
  /** Whether the venue itself holds stop and targets. */
  isStopResident: boolean;
  areTargetsResident: boolean;
  targetsFilled: number;
  /** Best price known when the watch was last written; the watcher may know a better one. */
  peak: DecimalString;
}

export type WatchStatus = 'armed' | 'paused' | 'fired' | 'disarmed';

export interface WatchRecord {
  tradeId: TradeId;
  /** With the deployment: the id of the workflow that waits for it. */
  signalId: string;
  deploymentId: string;
  accountId: AccountId;
  venue: VenueName;
  symbol: Symbol;
  side: Side;
  /** What the booked fills leave of the position. */
  remainingSize: DecimalString | null;
  status: WatchStatus;
  levels: WatchLevels;
  armedAt: number;
  timeLimitAt: number | null;
  version: bigint;
}

/** The channel on which watchers hear that there are changes to read. */
export const WATCH_CHANNEL = 'signalman_watch';

type NewWatch = Omit<
  WatchRecord,
  'version' | 'accountId' | 'status' | 'signalId' | 'deploymentId' | 'remainingSize'
> & {
  priceKind: 'mark' | 'mid';
};

/** Arms or re-arms the watch of a trade. */
export async function saveWatch(db: Database, watch: NewWatch): Promise<void> {
  const row = {
    ...watch,
    status: 'armed' as const,
    levels: asPlainJson(watch.levels),
    armedAt: new Date(watch.armedAt),
    timeLimitAt: watch.timeLimitAt === null ? null : new Date(watch.timeLimitAt),
  };
  await db.watch.upsert({ where: { tradeId: watch.tradeId }, create: row, update: row });
  await changed(db, watch.tradeId);
}

/** Moves a watch to another status; levels change with it where given. */
export async function saveWatchStatus(
  db: Database,
  tradeId: TradeId,
  status: WatchStatus,
  fired?: { reason: ExitReason; price: DecimalString | null },
): Promise<void> {
  await db.watch.updateMany({
    where: { tradeId },
    data: {
      status,
      ...(fired ? { firedAt: new Date(), firedReason: fired.reason, firedPrice: fired.price } : {}),
    },
  });
  await changed(db, tradeId);
}

export async function saveWatchLevels(db: Database, tradeId: TradeId, levels: WatchLevels): Promise<void> {
  await db.watch.updateMany({
    where: { tradeId },
    data: { levels: asPlainJson(levels) },
  });
  await changed(db, tradeId);
}

/** Raises the version and wakes the watchers: after the write, in a statement of its own, never per row. */
async function changed(db: Database, tradeId: TradeId): Promise<void> {
  await db.$executeRaw`UPDATE watch SET version = nextval('watch_version_seq') WHERE trade_id = ${tradeId}::uuid`;
  await db.$executeRaw`SELECT pg_notify(${WATCH_CHANNEL}, '')`;
}

/** The newest version drawn so far: changes after it are still to come. */
export async function latestWatchVersion(db: DatabaseOrTransaction): Promise<bigint> {
  const [row] = await db.$queryRaw<{ last_value: bigint }[]>`SELECT last_value FROM watch_version_seq`;
  return row?.last_value ?? 0n;
}

/** Watches of a venue changed after `version`, in order of change; with `statuses`, only those. */
export async function listWatchChanges(
  db: DatabaseOrTransaction,
  venue: VenueName,
  version: bigint,
  limit: number,
  statuses?: readonly WatchStatus[],
): Promise<WatchRecord[]> {
  const rows = await db.watch.findMany({
    where: { venue, version: { gt: version }, ...(statuses ? { status: { in: [...statuses] } } : {}) },
    orderBy: { version: 'asc' },
    take: limit,
    include: {
      trade: { select: { accountId: true, signalId: true, deploymentId: true, remainingSize: true } },
    },
  });
  return rows.map((row) => ({
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
  }));
}

export async function findWatchLevels(
  db: DatabaseOrTransaction,
  tradeId: TradeId,
): Promise<WatchLevels | null> {
  const row = await db.watch.findUnique({ where: { tradeId }, select: { levels: true } });
  return row && fromJson<WatchLevels>(row.levels);
}
