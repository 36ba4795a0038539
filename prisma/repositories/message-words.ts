import type { SourceKind } from '#domain/statuses.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { fromJson } from './json.ts';
import { ms } from './rows.ts';

/** What a signal was made of: the words of a message, and how they were read. */
export interface MessageWords {
  id: string;
  source: { kind: SourceKind; handle: string };
  author: string;
  text: string;
  postedAt: number;
  receivedAt: number;
  /** By the latest classifier; empty before the first. */
  reasons: readonly string[];
}

/** Returns the words of some messages, by their ids. */
export async function readWords(
  db: DatabaseOrTransaction,
  messageIds: readonly string[],
): Promise<ReadonlyMap<string, MessageWords>> {
  if (messageIds.length === 0) return new Map();
  const rows = await db.sourceMessage.findMany({
    where: { id: { in: [...messageIds] } },
    include: {
      sourceAccount: { select: { kind: true, handle: true } },
      classifications: { orderBy: { id: 'desc' }, take: 1, select: { reasons: true } },
    },
  });
  return new Map(
    rows.map(({ id, author, text, postedAt, receivedAt, sourceAccount, classifications }) => [
      id,
      {
        id,
        source: sourceAccount,
        author,
        text,
        postedAt: ms(postedAt),
        receivedAt: ms(receivedAt),
        reasons: fromJson<string[]>(classifications[0]?.reasons ?? []),
      },
    ]),
  );
}
