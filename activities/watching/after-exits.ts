import { setTimeout as delay } from 'node:timers/promises';
import type { Limited } from '#domain/limited.ts';

/** Waits until no closing order does, but not longer than that. */
export async function afterExits(exits: Pick<Limited, 'idle'>, atMostMs: number): Promise<void> {
  const enough = new AbortController();
  try {
    await Promise.race([exits.idle(), delay(atMostMs, undefined, { signal: enough.signal })]);
  } finally {
    enough.abort();
  }
}
