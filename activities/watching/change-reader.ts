import type { TradeId, VenueName } from '#domain/ids.ts';
import { createChangeLag, type LagReport } from './change-lag.ts';
import type { Database } from '#prisma/client.ts';
import {
  findWatch,
  latestWatchVersion,
  listWatchChanges,
  type WatchQuery,
  type WatchRecord,
} from '#prisma/repositories/watches.ts';

const PAGE = 500;
/** Versions are drawn before they commit, so a lower one may show up after a higher: look back this far. */
const LOOKBACK = 200n;

/** Reads what has changed among the watches of a venue, each change once. */
export interface ChangeReader {
  /** Every watch that is on; to be asked first. */
  current(): Promise<WatchRecord[]>;
  /** What has changed since the last call. */
  changes(): Promise<WatchRecord[]>;
  /** The watch of a trade as it is now, whatever was read of it before; null when it has none. */
  again(tradeId: TradeId): Promise<WatchRecord | null>;
  /** How long changes took to be read; null before the first. */
  lag(): LagReport | null;
}

export function createChangeReader(db: Database, venue: VenueName, now: () => number): ChangeReader {
  const lag = createChangeLag();
  let cursor = 0n;
  const versions = new Map<TradeId, bigint>();
  /** Versions read that lie within the look-back. */
  let recent: bigint[] = [];
  /** Watches that are over: forgotten once their last version is out of sight. */
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
