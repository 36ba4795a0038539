import type { VenueName } from '#domain/ids.ts';
import { pruneBars } from '#prisma/repositories/price-bars.ts';
import { saveSeen } from '#prisma/repositories/watches.ts';
import type { TradingDeps } from '../deps.ts';
import { noteSeen } from './live-watch.ts';
import type { WatchBook } from './watch-book.ts';

const BAR_RETENTION_MS = 3_600_000;

/** Returns what stores how far each watch has seen, and deletes bars that are older than needed. */
export const createCheckpoint =
  ({ db, now }: Pick<TradingDeps, 'db' | 'now'>, venue: VenueName, watches: WatchBook) =>
  /** Stores progress only when every price was seen; deletes bars in any case. */
  async (isUpToDate: boolean): Promise<void> => {
    const until = now();
    const all = [...watches.all()];
    if (isUpToDate) {
      for (const watch of all) watches.catchUp(watch);
      await saveSeen(
        db,
        all.map((watch) => noteSeen(watch, until)),
      );
    }
    const starts = all.map(({ record }) => record.levels.seen?.until ?? record.armedAt);
    const before = starts.reduce((least, each) => Math.min(least, each), until - BAR_RETENTION_MS);
    await pruneBars(db, venue, before);
  };
