import type { ExitReason } from '#domain/barriers.ts';
import type { TradeId, VenueName } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { PriceKind, WatchStatus } from '#domain/statuses.ts';
import type { Database, DatabaseOrTransaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { stillHeld, type TradeHold } from './trade-lock.ts';
import {
  type WatchLevels,
  type SeenPrices,
  type WatchRecord,
  WITH_TRADE,
  toWatchRecord,
} from './watch-record.ts';
import { tellWatchers } from './watch-announcements.ts';

type NewWatch = Omit<
  WatchRecord,
  'version' | 'changedAt' | 'accountId' | 'status' | 'signalId' | 'deploymentId' | 'remainingSize'
> & {
  priceKind: PriceKind;
};

/**
 * Arms or re-arms the watch of an open trade; one that a person has paused stays paused. What a watcher has seen, and
 * since when the exits hold, is kept. Does nothing once the exit of the trade is claimed.
 */
export async function saveWatch(db: Database, watch: NewWatch): Promise<void> {
  const { tradeId, venue, symbol, side, priceKind } = watch;
  const levels = JSON.stringify({ ...watch.levels, since: watch.armedAt });
  const armedAt = new Date(watch.armedAt);
  const timeLimitAt = watch.timeLimitAt === null ? null : new Date(watch.timeLimitAt);
  await db.$executeRaw`
    INSERT INTO watch (trade_id, venue, symbol, side, status, price_kind, levels, armed_at, time_limit_at, updated_at)
    SELECT id, ${venue}::venue_name, ${symbol}, ${side}::side,
      (CASE WHEN paused_at IS NULL THEN 'armed' ELSE 'paused' END)::watch_status, ${priceKind}::price_kind,
      ${levels}::jsonb, ${armedAt}::timestamptz, ${timeLimitAt}::timestamptz, now()
    FROM trade WHERE id = ${tradeId}::uuid AND phase = 'open'
    ON CONFLICT (trade_id) DO UPDATE SET status = excluded.status, armed_at = excluded.armed_at,
      levels = excluded.levels || jsonb_build_object('since', watch.levels->'since',
        'seen', watch.levels->'seen'),
      time_limit_at = excluded.time_limit_at, version = nextval('watch_version_seq'), updated_at = now()`;
  tellWatchers(db);
}

/** Moves a watch to another status. What was crossed while it was paused is no reason to act when it goes on. */
export async function saveWatchStatus(
  db: Database,
  tradeId: TradeId,
  status: WatchStatus,
  fired?: { reason: ExitReason; price: DecimalString | null },
): Promise<void> {
  await db.$executeRaw`
    UPDATE watch SET version = nextval('watch_version_seq'), updated_at = now(),
      levels = CASE WHEN status = 'paused' AND ${status}::text = 'armed'
        THEN levels || jsonb_build_object('since', ${NOW_MS}) ELSE levels END,
      status = ${status}::watch_status,
      fired_at = CASE WHEN ${fired !== undefined}::boolean THEN now() ELSE fired_at END,
      fired_reason = COALESCE(${fired?.reason ?? null}::exit_reason, fired_reason),
      fired_price = COALESCE(${fired?.price ?? null}::numeric, fired_price)
    WHERE trade_id = ${tradeId}::uuid`;
  tellWatchers(db);
}

/** Levels to be changed; a level that is left out keeps its value. */
export type LevelChange = Partial<
  Pick<
    WatchLevels,
    | 'barriers'
    | 'stop'
    | 'isStopResident'
    | 'restingTargets'
    | 'filledTargets'
    | 'revision'
    | 'trailRevision'
    | 'seen'
  >
>;

/**
 * Changes the named levels of a watch and wakes the watchers. Other levels are not touched: another process may be
 * changing them.
 */
export async function changeWatchLevels(
  db: Database,
  tradeId: TradeId,
  change: LevelChange,
  hold?: TradeHold,
): Promise<void> {
  await levelChange(db, tradeId, change, hold);
  tellWatchers(db);
}

/**
 * Changes the named levels of a watch; `since` becomes now when the exits change. For use in a transaction: the
 * caller then calls `tellWatchers`.
 */
export const levelChange = (
  db: DatabaseOrTransaction,
  tradeId: TradeId,
  change: LevelChange,
  hold?: TradeHold,
) => db.$executeRaw`
  UPDATE watch SET version = nextval('watch_version_seq'), updated_at = now(),
    levels = levels || written || jsonb_build_object(
      'since', CASE WHEN levels->'barriers' IS DISTINCT FROM COALESCE(written->'barriers', levels->'barriers')
          OR (NOT COALESCE(written->'isStopResident', levels->'isStopResident')::boolean
            AND levels->'stop' IS DISTINCT FROM COALESCE(written->'stop', levels->'stop'))
        THEN to_jsonb(${NOW_MS}) ELSE levels->'since' END)
  FROM (SELECT ${JSON.stringify(change)}::jsonb AS written) AS change
  WHERE trade_id = ${tradeId}::uuid AND ${stillHeld(hold)}`;

/** Prices that the watcher of a trade has judged since its trail began. */
export type WatchSeen = SeenPrices & { tradeId: TradeId; trailRevision: number };

/**
 * Stores the prices that a watcher has judged, for many watches in one statement. A watch whose trail has begun anew
 * is left alone. Watchers are not notified, because no level changes.
 */
export async function saveSeen(db: Database, seen: readonly WatchSeen[]): Promise<void> {
  const rows = seen.map(({ tradeId, trailRevision, ...prices }) => ({ id: tradeId, trailRevision, prices }));
  await db.$executeRaw`
    UPDATE watch SET levels = levels || jsonb_build_object('seen', seen.prices)
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS seen(id uuid, "trailRevision" int, prices jsonb)
    WHERE trade_id = seen.id AND COALESCE((levels->>'trailRevision')::int, 0) = seen."trailRevision"
      AND COALESCE((levels->'seen'->>'until')::numeric, 0) < (seen.prices->>'until')::numeric`;
}

const NOW_MS = Prisma.sql`floor(extract(epoch FROM clock_timestamp()) * 1000)`;

/** The newest version drawn so far: changes after it are still to come. */
export async function latestWatchVersion(db: DatabaseOrTransaction): Promise<bigint> {
  const [row] = await db.$queryRaw<{ last_value: bigint }[]>`SELECT last_value FROM watch_version_seq`;
  return row?.last_value ?? 0n;
}

/** Which watches are asked for. */
export interface WatchQuery {
  venue: VenueName;
  /** Changed after this version. */
  after: bigint;
  limit: number;
  /** Only watches in these states; all when left out. */
  statuses?: readonly WatchStatus[];
  /** Versions that are known already. */
  except?: readonly bigint[];
}

/** Watches that have changed, in order of change. */
export async function listWatchChanges(
  db: DatabaseOrTransaction,
  { venue, after, limit, statuses, except = [] }: WatchQuery,
): Promise<WatchRecord[]> {
  const rows = await db.watch.findMany({
    where: {
      venue,
      version: { gt: after, notIn: [...except] },
      ...(statuses ? { status: { in: [...statuses] } } : {}),
    },
    orderBy: { version: 'asc' },
    take: limit,
    include: WITH_TRADE,
  });
  return rows.map(toWatchRecord);
}

/** Returns the watch of a trade as it is now; null when it has none. */
export async function findWatch(db: DatabaseOrTransaction, tradeId: TradeId): Promise<WatchRecord | null> {
  const row = await db.watch.findUnique({ where: { tradeId }, include: WITH_TRADE });
  return row && toWatchRecord(row);
}
