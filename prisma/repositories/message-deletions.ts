import type { DatabaseOrTransaction } from '../client.ts';
import { storeMessages, type MessageDraft } from './source-messages.ts';

/** A message that its author took back; its text is empty where it was never read. */
export interface DeletionRow {
  messageId: string;
  /** False for a message that was deleted before it was read. */
  wasRead: boolean;
}

/**
 * Notes that messages were deleted. One that is not stored gets a row without a text, so that it is not traded when it
 * comes later. Returns the deletions that are new.
 */
export async function storeDeletions(
  tx: DatabaseOrTransaction,
  sourceAccountId: string,
  deletions: readonly { externalId: string; deletedAt: number }[],
): Promise<DeletionRow[]> {
  const rows: DeletionRow[] = [];
  for (const { externalId, deletedAt } of deletions) {
    const blank = { externalId, author: '', text: '', postedAt: deletedAt };
    const made = await storeMessages(tx, sourceAccountId, [blank], deletedAt);
    const [marked] = await tx.sourceMessage.updateManyAndReturn({
      where: { sourceAccountId, externalId, deletedAt: null },
      data: { deletedAt: new Date(deletedAt) },
      select: { id: true },
    });
    if (marked) rows.push({ messageId: marked.id, wasRead: made.length === 0 });
  }
  return rows;
}

/** Writes the texts of messages that were deleted before they were read. Returns the external ids of them. */
export async function fillDeleted(
  tx: DatabaseOrTransaction,
  sourceAccountId: string,
  drafts: readonly MessageDraft[],
): Promise<Set<string>> {
  const blanks = await tx.sourceMessage.findMany({
    where: {
      sourceAccountId,
      externalId: { in: drafts.map(({ externalId }) => externalId) },
      deletedAt: { not: null },
      text: '',
    },
    select: { id: true, externalId: true },
  });
  const ids = new Map(blanks.map(({ id, externalId }) => [externalId, id]));
  for (const { externalId, author, text, postedAt } of drafts) {
    const id = ids.get(externalId);
    if (id !== undefined)
      await tx.sourceMessage.update({
        where: { id },
        data: { author, text, postedAt: new Date(postedAt) },
      });
  }
  return new Set(ids.keys());
}
