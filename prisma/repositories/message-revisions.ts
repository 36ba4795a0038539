import { createHash } from 'node:crypto';
import type { DatabaseOrTransaction } from '../client.ts';
import type { MessageDraft } from './source-messages.ts';

/** A text of a message that is not its first. */
export interface MessageRevisionRow {
  id: string;
  messageId: string;
  text: string;
}

/** Revisions that are kept of one message; a source that changes a post more often tells nothing new. */
const MAX_REVISIONS = 50;

/**
 * Stores what a source delivers for messages that are there already with another text. Returns the revisions that are
 * new: a text that comes again, or the first one, is none.
 */
export async function storeRevisions(
  db: DatabaseOrTransaction,
  sourceAccountId: string,
  drafts: readonly MessageDraft[],
): Promise<MessageRevisionRow[]> {
  const messages = await db.sourceMessage.findMany({
    where: { sourceAccountId, externalId: { in: drafts.map(({ externalId }) => externalId) } },
    select: { id: true, externalId: true, text: true, _count: { select: { revisions: true } } },
  });
  const known = new Map(messages.map((message) => [message.externalId, message]));
  const data = drafts.flatMap(({ externalId, text }) => {
    const message = known.get(externalId);
    if (!message || message.text === text || message._count.revisions >= MAX_REVISIONS) return [];
    return [{ messageId: message.id, text, digest: createHash('sha256').update(text).digest('hex') }];
  });
  if (data.length === 0) return [];
  return db.messageRevision.createManyAndReturn({
    data,
    skipDuplicates: true,
    select: { id: true, messageId: true, text: true },
  });
}

/** Returns the trades that were taken on these messages, with the message of each. */
export async function listTradesOn(
  db: DatabaseOrTransaction,
  messageIds: readonly string[],
): Promise<{ tradeId: string; messageId: string }[]> {
  const rows = await db.trade.findMany({
    where: { signal: { messageId: { in: [...messageIds] } } },
    select: { id: true, signal: { select: { messageId: true } } },
  });
  return rows.flatMap(({ id, signal: { messageId } }) =>
    messageId === null ? [] : [{ tradeId: id, messageId }],
  );
}
