import { NOT_ACCEPTED } from './order-sending/reports.ts';

/** No reading of an account is older than this. */
const OLDEST_READING_MS = 60_000;

/** An order that has ended, and when, epoch ms by our clock. */
export interface EndedOrder {
  code: string | null;
  at: number | null;
}

/**
 * Whether a position that was read at `readAt` (epoch ms by the venue's clock, undefined where it does not say) shows
 * what an order did. A closing order that the venue took and does not name was refused there, or has closed the
 * position and is not shown yet: until a reading is younger than the search for it, another one could close what is
 * not ours. `readAt` is null when the position could not be read.
 */
export function showsOrder(
  { code, at }: EndedOrder,
  { readAt, now }: { readAt: number | undefined | null; now: number },
): boolean {
  if (code !== NOT_ACCEPTED || at === null) return true;
  if (readAt === null) return false;
  return readAt === undefined || readAt >= at || now - at > OLDEST_READING_MS;
}
