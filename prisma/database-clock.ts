import { hasJumped, wallOffset } from '#process/clocks.ts';
import type { Database } from './client.ts';

/** Clocks that differ by less are left alone: most of it is the way to the database and back. */
const TOLERANCE_MS = 100;
const MEASURE_EVERY_MS = 30_000;
/** After a jump a database that does not answer is asked again no sooner. */
const ASK_AGAIN_MS = 250;
const MEASUREMENTS = 3;

/** The database's clock, which all processes share however wrong their own are. */
export interface DatabaseClock {
  /**
   * Epoch ms. The process's own clock until the database has been asked for the first time. Where that clock jumps, the
   * time goes on evenly until the database, which is asked at once, says what time it is.
   */
  now(): number;
  /** Compares the clocks, at the start and now and then. A database that does not answer changes nothing. */
  compare(): Promise<void>;
  stop(): void;
}

/** What was known when the clocks were compared last. */
interface Comparison {
  /** How far the database's clock is ahead of the wall clock, in ms. */
  aheadMs: number;
  /** The wall clock less the time since the process began, in ms: it changes where the wall clock is set. */
  offsetMs: number;
}

export function createDatabaseClock(db: Database): DatabaseClock {
  let known: Comparison = { aheadMs: 0, offsetMs: wallOffset() };
  let comparing: Promise<void> | null = null;
  let askedAt = -Infinity;

  async function measureAnew(): Promise<void> {
    const found = await measure(db).catch(() => null);
    if (found === null) return;
    known = { ...found, aheadMs: Math.abs(found.aheadMs) < TOLERANCE_MS ? 0 : found.aheadMs };
  }
  const compare = (): Promise<void> => {
    askedAt = performance.now();
    return (comparing ??= measureAnew().finally(() => (comparing = null)));
  };
  const timer = setInterval(() => void compare(), MEASURE_EVERY_MS).unref();

  return {
    now() {
      if (!hasJumped(known.offsetMs)) return Date.now() + known.aheadMs;
      if (performance.now() - askedAt > ASK_AGAIN_MS) void compare();
      return Math.round(performance.now() + known.offsetMs + known.aheadMs);
    },
    compare,
    stop: () => clearInterval(timer),
  };
}

/** Compares the clocks, by the quickest of a few measurements. */
async function measure(db: Database): Promise<Comparison> {
  let best = { tookMs: Infinity, aheadMs: 0, offsetMs: 0 };
  for (let turn = 0; turn < MEASUREMENTS; turn += 1) {
    const [askedAt, startedAt] = [Date.now(), performance.now()];
    const [row] = await db.$queryRaw<{ ms: number }[]>`
      SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms`;
    const tookMs = performance.now() - startedAt;
    if (row && tookMs < best.tookMs)
      best = { tookMs, aheadMs: Math.round(row.ms - askedAt - tookMs / 2), offsetMs: askedAt - startedAt };
  }
  return best;
}
