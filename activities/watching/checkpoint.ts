import type { VenueName } from '#domain/ids.ts';
import { pruneBars } from '#prisma/repositories/price-bars.ts';
import { saveSeen } from '#prisma/repositories/watches.ts';
import type { TradingDeps } from '../deps.ts';
import { noteSeen } from './live-watch.ts';
import type { WatchBook } from './watch-book.ts';

const BAR_RETENTION_MS = 3_600_000;

/** Notes how far each watch has seen, so that older bars are needed no more, and forgets those. */
export const createCheckpoint =
  ({ db, now }: Pick<TradingDeps, 'db' | 'now'>, venue: VenueName, watches: WatchBook) =>
  /** Only what has seen every price may be noted; bars are forgotten in any case. */
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
