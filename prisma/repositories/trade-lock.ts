import { createLimited, type Limited } from '#domain/limited.ts';
import type { TradeId } from '#domain/ids.ts';
import { poolSizeOf, type Database } from '../client.ts';

/** Longer than any venue call that is made under the lock. */
const HELD_AT_MOST_MS = 30_000;

const lanes = new WeakMap<Database, Limited>();

/**
 * Runs one piece of work on a trade at a time, across all processes. The lock goes with its connection: a
 * process that dies holding it lets go.
 *
 * Work under the lock reads and writes through other connections of the same pool. Were all of them taken by locks,
 * each would wait for another, so locks may have no more than a third of them.
 */
export const withTradeLock = <Result>(
  db: Database,
  tradeId: TradeId,
  work: () => Promise<Result>,
): Promise<Result> =>
  laneOf(db).run(() =>
    db.$transaction(
      async (tx) => {
        await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${tradeId}, 0))`;
        return work();
      },
      { maxWait: 10_000, timeout: HELD_AT_MOST_MS },
    ),
  );

function laneOf(db: Database): Limited {
  const known = lanes.get(db);
  if (known) return known;
  const lane = createLimited(Math.max(1, Math.floor(poolSizeOf(db) / 3)));
  lanes.set(db, lane);
  return lane;
}
