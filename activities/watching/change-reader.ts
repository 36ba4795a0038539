import type { TradeId, VenueName } from '#domain/ids.ts';
import { createChangeLag, type LagReport } from './change-lag.ts';
import type { Database } from '#prisma/client.ts';
import {
  findWatch,
  latestWatchVersion,
  listWatchChanges,
  type WatchQuery,
} from '#prisma/repositories/watches.ts';
import type { WatchRecord } from '#prisma/repositories/watch-record.ts';

const PAGE = 500;
/** How many versions are read again: a lower one may be committed after a higher. */
const LOOKBACK = 200n;

/** Reads the changed watches of a venue, each change once. */
export interface ChangeReader {
  /** Returns every armed or paused watch; called first. */
  current(): Promise<WatchRecord[]>;
  /** Returns the watches that have changed since the last call. */
  changes(): Promise<WatchRecord[]>;
  /** Returns the watch of a trade as it is now, also when it was read before; null when it has none. */
  again(tradeId: TradeId): Promise<WatchRecord | null>;
  /** Returns how long changes took to be read; null before the first. */
  lag(): LagReport | null;
}

export function createChangeReader(db: Database, venue: VenueName, now: () => number): ChangeReader {
  const lag = createChangeLag();
  let cursor = 0n;
  const versions = new Map<TradeId, bigint>();
  /** Versions within the look-back that were read. */
  let recent: bigint[] = [];
  /** Ended watches, which are forgotten once their last version is older than the look-back. */
  const over: { tradeId: TradeId; version: bigint }[] = [];

  async function read(from: bigint, query: Pick<WatchQuery, 'statuses' | 'except'>): Promise<WatchRecord[]> {
    const fresh: WatchRecord[] = [];
    for (let after = from, full = true; full;) {
      const page = await listWatchChanges(db, { ...query, venue, after, limit: PAGE });
      fresh.push(...page.filter(({ tradeId, version }) => (versions.get(tradeId) ?? 0n) < version));
      after = page.at(-1)?.version ?? after;
      full = page.length === PAGE;
    }
    note(fresh);
    return fresh;
  }

  function note(records: readonly WatchRecord[]): void {
    for (const { tradeId, version, status } of records) {
      if (version > cursor) cursor = version;
      recent.push(version);
      versions.set(tradeId, version);
      if (status === 'disarmed') over.push({ tradeId, version });
    }
    recent = recent.filter((version) => version > cursor - LOOKBACK);
    const outOfSight = over.findIndex(({ version }) => version >= cursor - LOOKBACK);
    for (const { tradeId } of over.splice(0, Math.max(0, outOfSight))) versions.delete(tradeId);
  }
  return {
    async current() {
      cursor = await latestWatchVersion(db);
      return read(0n, { statuses: ['armed', 'paused'] });
    },
    async changes() {
      const changed = await read(cursor > LOOKBACK ? cursor - LOOKBACK : 0n, { except: recent });
      for (const { changedAt } of changed) lag.note(now() - changedAt);
      return changed;
    },
    async again(tradeId) {
      const watch = await findWatch(db, tradeId);
      if (watch) note([watch]);
      return watch;
    },
    lag: () => lag.report(),
  };
}
