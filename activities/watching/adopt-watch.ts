import { amount } from '#domain/money.ts';
import type { WatchRecord } from '#prisma/repositories/watch-record.ts';
import { newLiveWatch, updateLiveWatch, type LiveWatch } from './live-watch.ts';
import type { WatchBook } from './watch-book.ts';

/** Takes a changed record over into the book. Returns the watch when it is new, `flat` when its position has ended. */
export function adoptWatch(watches: WatchBook, record: WatchRecord): LiveWatch | 'flat' | null {
  const known = watches.get(record.tradeId);
  const isOver = record.status === 'fired' || record.status === 'disarmed';
  if (known) {
    if (isOver) watches.remove(known);
    else watches.change(known, () => updateLiveWatch(known, record));
    return null;
  }
  if (isOver) return null;
  if (record.remainingSize !== null && amount(record.remainingSize).isZero()) return 'flat';
  const watch = newLiveWatch(record);
  watches.add(watch);
  return watch;
}
