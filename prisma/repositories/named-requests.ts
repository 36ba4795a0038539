import type { Database } from '../client.ts';

/** A request that its caller named with a key. */
export interface RequestName {
  userId: string;
  key: string;
  /** SHA-256 of method, address and body. */
  content: string;
}

/** What is known of a request that was named before: no status while it is under way. */
export interface NamedRequestRecord {
  content: string;
  status: number | null;
  answer: string | null;
}

/** How long a name stands for its request. */
const KEPT_MS = 24 * 60 * 60 * 1000;
/** With each request, more old ones are removed than one. */
const REMOVED_AT_ONCE = 10;

/** Takes a name for a request. Returns null where it is new, else what it was given to; removes names of a day ago. */
export async function takeRequestName(
  db: Database,
  { userId, key, content }: RequestName,
): Promise<NamedRequestRecord | null> {
  const { count } = await db.namedRequest.createMany({
    data: [{ userId, key, content }],
    skipDuplicates: true,
  });
  if (count === 0) {
    const select = { content: true, status: true, answer: true } as const;
    return db.namedRequest.findUnique({ where: { userId_key: { userId, key } }, select });
  }
  await db.$executeRaw`
    DELETE FROM named_request WHERE (user_id, key) IN (
      SELECT user_id, key FROM named_request WHERE created_at < ${new Date(Date.now() - KEPT_MS)}
      ORDER BY created_at LIMIT ${REMOVED_AT_ONCE} FOR UPDATE SKIP LOCKED
    )`;
  return null;
}

/** Keeps the answer of a named request. */
export async function keepAnswer(
  db: Database,
  { userId, key }: RequestName,
  { status, answer }: { status: number; answer: string },
): Promise<void> {
  await db.namedRequest.updateMany({ where: { userId, key }, data: { status, answer } });
}

/** Gives a name back: the request has failed, and may be tried again under it. */
export async function releaseRequestName(db: Database, { userId, key }: RequestName): Promise<void> {
  await db.namedRequest.deleteMany({ where: { userId, key } });
}
