import { z } from 'zod';

const id = z.string().regex(/^\d{1,19}$/);

/** Where reading goes on. While pages are left, `reading` holds the next one and what comes after the last. */
const cursor = z.object({
  sinceId: id,
  reading: z.object({ newestId: id, pageToken: z.string().max(500) }).nullable(),
});
export type XCursor = z.output<typeof cursor>;

/** Reads a stored cursor; null for anything else. */
export const parseXCursor = (stored: unknown): XCursor | null => cursor.safeParse(stored).data ?? null;
