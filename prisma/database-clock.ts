import type { Database } from './client.ts';

/** Clocks that differ by less are left alone: most of it is the way to the database and back. */
const TOLERANCE_MS = 100;
const MEASURE_EVERY_MS = 30_000;
const MEASUREMENTS = 3;

/** The database's clock, which all processes share however wrong their own are. */
export interface DatabaseClock {
  /** Epoch ms. The process's own clock until the database has been asked for the first time. */
  now(): number;
  /** Compares the clocks, at the start and now and then. A database that does not answer changes nothing. */
  compare(): Promise<void>;
  stop(): void;
}

export function createDatabaseClock(db: Database): DatabaseClock {
  let aheadMs = 0;
  const compare = async (): Promise<void> => {
    const difference = await measure(db).catch(() => null);
    if (difference !== null) aheadMs = Math.abs(difference) < TOLERANCE_MS ? 0 : difference;
  };
  const timer = setInterval(() => void compare(), MEASURE_EVERY_MS).unref();
  return { now: () => Date.now() + aheadMs, compare, stop: () => clearInterval(timer) };
}

/** Returns how many ms the database's clock is ahead of ours, by the quickest of a few measurements. */
async function measure(db: Database): Promise<number> {
  let best = { tookMs: Infinity, aheadMs: 0 };
  for (let turn = 0; turn < MEASUREMENTS; turn += 1) {
    const [askedAt, startedAt] = [Date.now(), performance.now()];
    const [row] = await db.$queryRaw<{ ms: number }[]>`
      SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms`;
    const tookMs = performance.now() - startedAt;
    if (row && tookMs < best.tookMs) best = { tookMs, aheadMs: Math.round(row.ms - askedAt - tookMs / 2) };
  }
  return best.aheadMs;
}
