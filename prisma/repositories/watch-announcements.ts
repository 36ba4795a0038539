import { VENUES, type Symbol, type VenueName } from '#domain/ids.ts';
import type { Database } from '../client.ts';

/** The channel on which watchers hear that there are changes to read. */
export const WATCH_CHANNEL = 'signalman_watch';

/** One notification may speak for many changes; each of these databases has at most one on its way and one to follow. */
const telling = new WeakMap<Database, { again: boolean }>();

/**
 * Wakes the watchers with one notification for all changes made while an earlier notification is on its way: commits
 * that notify wait for each other. A lost notification costs a watcher's poll interval.
 */
export function tellWatchers(db: Database): void {
  const underWay = telling.get(db);
  if (underWay) underWay.again = true;
  else void tell(db);
}

async function tell(db: Database): Promise<void> {
  const state = { again: false };
  telling.set(db, state);
  await db.$executeRaw`SELECT pg_notify(${WATCH_CHANNEL}, '')`.catch(() => undefined);
  telling.delete(db);
  if (state.again) void tell(db);
}

/** An instrument that a trade is about to be opened in. */
export interface EntryAnnouncement {
  venue: VenueName;
  symbol: Symbol;
}

/**
 * Returns the notification that has watchers listen to the prices of an instrument before its watch is armed. When it
 * is lost, bars and candles make up for the prices that were not heard.
 */
export const entryAnnouncement = ({ venue, symbol }: EntryAnnouncement): string => `${venue} ${symbol}`;

/** Returns the instrument that a notification announces; null for one that only says that watches have changed. */
export function readAnnouncement(notification: string): EntryAnnouncement | null {
  const [name, symbol] = notification.split(' ');
  const venue = VENUES.find((each) => each === name);
  return venue !== undefined && symbol !== undefined ? { venue, symbol } : null;
}
