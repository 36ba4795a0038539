import { openDatabase } from '#prisma/client.ts';
import { listUnreadCloses } from '#prisma/repositories/unread-closes.ts';
import { withTimeout } from '#process/with-timeout.ts';
import { listBrakesInForce } from './doctor/brakes.ts';
import { describeUnread } from './doctor/unread-closes.ts';

/** How long the database may take to answer. */
const ANSWER_MS = 3_000;

/** Returns what needs a person now, a sentence each; none when the database does not answer. */
export async function readAlarms(databaseUrl: string): Promise<string[]> {
  const db = openDatabase(databaseUrl, { poolSize: 1 });
  try {
    const asked = Promise.all([listUnreadCloses(db, { now: Date.now() }), listBrakesInForce(db)]);
    const [unread, brakes] = await withTimeout(asked, ANSWER_MS);
    return [...unread.map(describeUnread), ...brakes];
  } catch {
    return [];
  } finally {
    await db.$disconnect();
  }
}
