import type { DatabaseOrTransaction } from '../client.ts';
import { ms } from './rows.ts';

export interface MessageDraft {
  externalId: string;
  author: string;
  text: string;
  postedAt: number;
}

export interface SourceMessageRow extends MessageDraft {
  id: string;
  sourceAccountId: string;
  receivedAt: number;
}

/** Stores messages of a source; those it has already delivered stay as they are. Answers the new ids. */
export async function storeMessages(
  db: DatabaseOrTransaction,
  sourceAccountId: string,
  drafts: readonly MessageDraft[],
): Promise<string[]> {
  if (drafts.length === 0) return [];
  const rows = await db.sourceMessage.createManyAndReturn({
    data: drafts.map((draft) => ({ ...draft, sourceAccountId, postedAt: new Date(draft.postedAt) })),
    skipDuplicates: true,
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}

/** Messages the classifier has not seen and nobody has evaluated, oldest first. */
export async function listUnclassifiedMessages(
  db: DatabaseOrTransaction,
  classifier: string,
  limit: number,
): Promise<SourceMessageRow[]> {
  const rows = await db.sourceMessage.findMany({
    where: { evaluatedAt: null, classifications: { none: { classifier } } },
    orderBy: [{ receivedAt: 'asc' }, { id: 'asc' }],
    take: limit,
  });
  return rows.map(toMessage);
}

/** Messages the classifier has seen and nobody has evaluated, oldest first. */
export async function listUnevaluatedMessages(
  db: DatabaseOrTransaction,
  classifier: string,
  limit: number,
): Promise<SourceMessageRow[]> {
  const rows = await db.sourceMessage.findMany({
    where: { evaluatedAt: null, classifications: { some: { classifier } } },
    orderBy: [{ receivedAt: 'asc' }, { id: 'asc' }],
    take: limit,
  });
  return rows.map(toMessage);
}

/**
 * Takes a message for evaluation: null when it has been evaluated before. Call it first in a transaction: a
 * second taker waits for the first one's end, and finds the message taken or, after a roll-back, free.
 */
export async function takeForEvaluation(
  tx: DatabaseOrTransaction,
  id: string,
  at: number,
): Promise<SourceMessageRow | null> {
  const [row] = await tx.sourceMessage.updateManyAndReturn({
    where: { id, evaluatedAt: null },
    data: { evaluatedAt: new Date(at) },
  });
  return row ? toMessage(row) : null;
}

function toMessage(row: {
  id: string;
  sourceAccountId: string;
  externalId: string;
  author: string;
  text: string;
  postedAt: Date;
  receivedAt: Date;
}): SourceMessageRow {
  const { id, sourceAccountId, externalId, author, text, postedAt, receivedAt } = row;
  return {
    id,
    sourceAccountId,
    externalId,
    author,
    text,
    postedAt: ms(postedAt),
    receivedAt: ms(receivedAt),
  };
}
