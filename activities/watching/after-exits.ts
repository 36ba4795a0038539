import { setTimeout as delay } from 'node:timers/promises';
import type { Limited } from '#process/limited.ts';

/** While closing orders wait: a fill may be news for the stop of an open trade, but ended trades have time. */
export const BOOKING_WAITS_MS = 1_000;
export const SETTLING_WAITS_MS = 30_000;

/** Waits until no closing order does, but not longer than that. */
export async function afterExits(exits: Pick<Limited, 'idle'>, atMostMs: number): Promise<void> {
  const enough = new AbortController();
  try {
    await Promise.race([exits.idle(), delay(atMostMs, undefined, { signal: enough.signal })]);
  } finally {
    enough.abort();
  }
}
