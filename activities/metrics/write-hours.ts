import type { Database } from '#prisma/client.ts';
import { lockHours, takeTradeChanges, writeHours } from '#prisma/repositories/trade-hours.ts';
import type { Failpoint } from '../deps.ts';

export interface HoursDeps {
  db: Database;
  failpoint: Failpoint;
}

/** Longest that one batch may take, in ms. */
const TIMEOUT_MS = 60_000;

/**
 * Writes the hours of trades that changed anew, up to `limit` changes in one transaction: a process that dies in it
 * leaves the hours and the noted changes as they were. Returns how many trades, and whether changes are left.
 */
export const writeChangedHours = (
  { db, failpoint }: HoursDeps,
  { limit }: { limit: number },
): Promise<{ trades: number; more: boolean }> =>
  db.$transaction(
    async (tx) => {
      await lockHours(tx);
      const { tradeIds, changes } = await takeTradeChanges(tx, limit);
      await failpoint('changes_taken');
      if (tradeIds.length > 0) await writeHours(tx, tradeIds);
      await failpoint('hours_written');
      return { trades: tradeIds.length, more: changes === limit };
    },
    { timeout: TIMEOUT_MS, maxWait: TIMEOUT_MS },
  );
