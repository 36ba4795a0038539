import type { OrderKind } from '#domain/order.ts';
import { OLDEST_READING_MS } from './oldest-reading.ts';
import { NOT_ACCEPTED } from './order-sending/reports.ts';

/** An order that has ended, and when, in epoch ms by our clock. */
export interface EndedOrder {
  kind: OrderKind;
  code: string | null;
  at: number | null;
}

/**
 * Returns whether a position that was read at `readAt` shows what an order did. `readAt` is epoch ms by the venue's
 * clock, undefined when the venue names no time, null when the position could not be read. A closing order that the
 * venue does not name was refused, or has closed the position and is not shown yet: until a reading is younger than the
 * search for it, another order could close another hand's part. An order that rested may have filled until it was taken
 * back, and its fills may not be listed yet.
 */
export function showsOrder(
  { kind, code, at }: EndedOrder,
  { readAt, now }: { readAt: number | undefined | null; now: number },
): boolean {
  if ((code !== NOT_ACCEPTED && kind !== 'post_only') || at === null) return true;
  if (readAt === null) return false;
  return readAt === undefined || readAt >= at || now - at > OLDEST_READING_MS;
}
