import type { Logger } from '#observability/logger.ts';
import type { Database } from '#prisma/client.ts';
import { readEvents, type EventCursor, type FeedEvent } from '#prisma/repositories/event-feed.ts';

/** Takes events in their order. */
export type EventListener = (event: FeedEvent) => void;

/**
 * Reads the outbox for all listeners of this process together, while there are any: what is committed reaches them
 * within {@link POLL_MS}, whatever their number.
 */
export interface EventHub {
  /**
   * Hands each event that is read from now on to the listener. `end` is the end of the outbox as read before the call:
   * where nobody listens yet, reading begins there, so that none is passed over. Returns what ends that.
   */
  listen(listener: EventListener, end: EventCursor): () => void;
  /** Ends all reading. */
  close(): void;
}

const POLL_MS = 200;
const AFTER_FAILURE_MS = 2_000;
const PAGE = 500;

export function createEventHub({ db, logger }: { db: Database; logger: Logger }): EventHub {
  const listeners = new Set<EventListener>();
  let timer: NodeJS.Timeout | null = null;
  let cursor: EventCursor | null = null;

  async function readOn(after: EventCursor): Promise<number> {
    try {
      const events = await readEvents(db, { after, limit: PAGE });
      for (const event of events) {
        for (const listener of listeners) listener(event);
        cursor = { tx: event.tx, id: event.id };
      }
      return events.length === PAGE ? 0 : POLL_MS;
    } catch (err) {
      logger.warn({ err }, 'events cannot be read');
      return AFTER_FAILURE_MS;
    }
  }

  const schedule = (afterMs: number): void => {
    timer = setTimeout(() => void turn(), afterMs);
  };
  async function turn(): Promise<void> {
    const nextMs = cursor === null ? POLL_MS : await readOn(cursor);
    if (listeners.size > 0 && timer !== null) return schedule(nextMs);
    timer = null;
    cursor = null;
  }

  return {
    listen(listener, end) {
      listeners.add(listener);
      cursor ??= end;
      if (timer === null) schedule(0);
      return () => void listeners.delete(listener);
    },
    close() {
      listeners.clear();
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}
