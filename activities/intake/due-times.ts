import { doublingPause } from '#domain/doubling-pause.ts';
import { SourceBusy } from '#sources/errors.ts';

const PAUSE = { firstMs: 15_000, longestMs: 30 * 60_000 };
/** A source that asks for more is asked once a day all the same. */
const LONGEST_WAIT_MS = 24 * 60 * 60_000;
const SHORTEST_WAIT_MS = 1_000;

/** Returns when a source is due after a poll: after its period, or later where the source asks for it. Epoch ms. */
export const dueAfter = ({
  at,
  periodMs,
  retryAt,
}: {
  at: number;
  periodMs: number;
  retryAt?: number | undefined;
}): number => Math.max(at + periodMs, Math.min(retryAt ?? 0, at + LONGEST_WAIT_MS));

/**
 * Returns when a source is asked again after a failure that followed `failures` others, in epoch ms: when it says so,
 * else after 15 s, twice as long each time, up to 30 min. A tenth more or less keeps sources of one host apart.
 */
export function dueAfterFailure(at: number, failures: number, failed: unknown, random = Math.random): number {
  const spread = 0.9 + random() / 5;
  if (failed instanceof SourceBusy) {
    const wait = Math.min(Math.max(failed.retryAt - at, SHORTEST_WAIT_MS), LONGEST_WAIT_MS);
    return at + Math.round(wait * (1 + random() / 10));
  }
  return at + Math.round(doublingPause(PAUSE, failures) * spread);
}
