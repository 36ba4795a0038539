import { z } from 'zod';
import type { Validators } from './fetch-feed.ts';

/** An item that was delivered: its external id, a hash of its text, and the marks by which it is found under another id. */
const knownItem = z.object({ id: z.string(), text: z.string(), marks: z.array(z.string()) });
export type KnownItem = z.output<typeof knownItem>;

const cursorShape = z.object({
  /** Where the feed is for good, if it has moved. */
  url: z.string().optional(),
  validators: z.object({ etag: z.string().optional(), lastModified: z.string().optional() }).default({}),
  known: z.array(knownItem).default([]),
});

/** Where the next poll goes on. */
export interface FeedCursor {
  url?: string;
  validators: Validators;
  /** The most recent ones last. */
  known: readonly KnownItem[];
}

/** Items that a feed may drop and bring back and still be known without a look into the books. */
const MAX_FORGOTTEN = 200;

/** Reads a stored cursor; anything else means the beginning. */
export function parseCursor(stored: unknown): FeedCursor {
  const { success, data } = cursorShape.safeParse(stored);
  if (!success) return { validators: {}, known: [] };
  const { etag, lastModified } = data.validators;
  return {
    known: data.known,
    ...(data.url !== undefined && { url: data.url }),
    validators: {
      ...(etag !== undefined && { etag }),
      ...(lastModified !== undefined && { lastModified }),
    },
  };
}

/** Returns the known items with those of this poll: of others that are not in the feed any more, the last 200. */
export function remember(known: readonly KnownItem[], items: readonly KnownItem[]): KnownItem[] {
  const ids = new Set(items.map(({ id }) => id));
  return [...known.filter(({ id }) => !ids.has(id)).slice(-MAX_FORGOTTEN), ...items];
}
