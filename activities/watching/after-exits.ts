import { setTimeout as delay } from 'node:timers/promises';
import type { Limited } from '#process/limited.ts';

/**
 * How long bookings and settlements wait for closing orders: fills may concern the stop of an open trade, while ended
 * trades have time.
 */
export const BOOKING_WAITS_MS = 1_000;
export const SETTLING_WAITS_MS = 30_000;

/** Waits until no closing order waits, but no longer than `atMostMs`. */
export async function afterExits(exits: Pick<Limited, 'idle'>, atMostMs: number): Promise<void> {
  const enough = new AbortController();
  try {
    await Promise.race([exits.idle(), delay(atMostMs, undefined, { signal: enough.signal })]);
  } finally {
    enough.abort();
  }
}
