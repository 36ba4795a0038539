import { DAY_MS, startOfDay, WINDOW_NAMES, startOfWindow } from '#domain/metrics/windows.ts';
import { inTransaction, type Database } from '#prisma/client.ts';
import { thinEquity } from '#prisma/repositories/equity-hours.ts';
import { impactsOf, lastImpactDay, saveImpacts, sumBySource } from '#prisma/repositories/source-impacts.ts';

/** Most days that one run catches up with. */
const MAX_DAYS = 100;
/** How long every hour of the equity of an account is kept. */
const EQUITY_HOURS_KEPT_MS = 90 * DAY_MS;

/**
 * Stores what each source was worth at the end of every day since the last one that is stored, an outage included, as
 * the trades are known now. Returns how many days.
 */
export async function recordImpacts({
  db,
  now,
}: {
  db: Database;
  now: () => number;
}): Promise<{ days: number }> {
  const yesterday = startOfDay(now()) - DAY_MS;
  const last = await lastImpactDay(db);
  const first = last === null ? yesterday : Math.max(last + DAY_MS, yesterday - (MAX_DAYS - 1) * DAY_MS);
  let days = 0;
  for (let day = first; day <= yesterday; day += DAY_MS, days += 1) await recordDay(db, day);
  if (days > 0) await thinEquity(db, yesterday - EQUITY_HOURS_KEPT_MS);
  return { days };
}

/** Stores the impacts of all windows that end with a day in one transaction. */
const recordDay = (db: Database, day: number): Promise<void> =>
  inTransaction(db, async (tx) => {
    for (const windowName of WINDOW_NAMES) {
      const sources = await sumBySource(tx, { from: startOfWindow(windowName, day), to: day + DAY_MS });
      await saveImpacts(tx, { windowName, day }, impactsOf(sources));
    }
  });
