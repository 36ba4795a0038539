import type { TradeId } from '#domain/ids.ts';
import type { Database } from '../client.ts';

/** Longer than any venue call that is made under the lock. */
const HELD_AT_MOST_MS = 30_000;

/**
 * Runs one piece of work on a trade at a time, across all processes. The lock goes with its connection: a
 * process that dies holding it lets go.
 */
export const withTradeLock = <Result>(
  db: Database,
  tradeId: TradeId,
  work: () => Promise<Result>,
): Promise<Result> =>
  db.$transaction(
    async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${tradeId}, 0))`;
      return work();
    },
    { maxWait: 10_000, timeout: HELD_AT_MOST_MS },
  );
