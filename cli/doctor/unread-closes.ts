import type { Database } from '#prisma/client.ts';
import { listUnreadCloses, type UnreadClose } from '#prisma/repositories/unread-closes.ts';
import { broken, type Finding } from './finding.ts';

/** Number of closes that are named. */
const SHOWN = 5;

/** Returns a finding for closes in doubt, whose accounts could not be read for a minute; none where there are none. */
export async function checkUnreadCloses(db: Database): Promise<Finding[]> {
  const unread = await listUnreadCloses(db, { now: Date.now() });
  if (unread.length === 0) return [];
  const text = `in doubt: ${unread.slice(0, SHOWN).map(describeUnread).join('; ')}`;
  const remedy = 'look at the venue; once it can be read again the trade goes on by itself';
  return [broken('closes', text, remedy)];
}

/** Returns a close in doubt as one phrase. */
export const describeUnread = ({ tradeId, venue, accountId, symbol, since }: UnreadClose): string =>
  `trade ${tradeId} (${symbol}) is being closed, and its account ${accountId} at ${venue} has not been read since ${new Date(since).toISOString()}`;
