import type { DatabaseOrTransaction } from '../client.ts';
import type { Prisma } from '../generated/client.ts';
import { asPlainJson } from './json.ts';
import { ms } from './rows.ts';

export interface MessageDraft {
  externalId: string;
  author: string;
  authorId?: string;
  text: string;
  postedAt: number;
  url?: string;
  /** A call that came in fields instead of words. */
  call?: object;
}

export interface SourceMessageRow {
  id: string;
  externalId: string;
  author: string;
  text: string;
  postedAt: number;
  sourceAccountId: string;
  receivedAt: number;
  /** How often the step it waits for has failed. */
  tries: number;
}

/**
 * Stores messages of a source; known messages are unchanged. Messages with `evaluatedAt` wait for no step any more.
 * Returns the new ones.
 */
export async function storeMessages(
  db: DatabaseOrTransaction,
  sourceAccountId: string,
  drafts: readonly MessageDraft[],
  evaluatedAt: number | null = null,
): Promise<{ id: string; externalId: string }[]> {
  if (drafts.length === 0) return [];
  return db.sourceMessage.createManyAndReturn({
    data: drafts.map(({ call, postedAt, ...draft }) => ({
      ...draft,
      sourceAccountId,
      postedAt: new Date(postedAt),
      ...(call && { call: asPlainJson(call) }),
      ...(evaluatedAt !== null && { evaluatedAt: new Date(evaluatedAt) }),
    })),
    skipDuplicates: true,
    select: { id: true, externalId: true },
  });
}

export interface WaitingMessages {
  classifier: string;
  /** Messages that rest until later are left out. */
  now: number;
  limit: number;
}

/**
 * Returns messages that the classifier has not seen and that are not evaluated: those that never failed first, then
 * the oldest.
 */
export const listUnclassifiedMessages = (
  db: DatabaseOrTransaction,
  waiting: WaitingMessages,
): Promise<SourceMessageRow[]> => listWaiting(db, waiting, { none: { classifier: waiting.classifier } });

/**
 * Returns messages that the classifier has seen and that are not evaluated: those that never failed first, then the
 * oldest.
 */
export const listUnevaluatedMessages = (
  db: DatabaseOrTransaction,
  waiting: WaitingMessages,
): Promise<SourceMessageRow[]> => listWaiting(db, waiting, { some: { classifier: waiting.classifier } });

async function listWaiting(
  db: DatabaseOrTransaction,
  { now, limit }: WaitingMessages,
  classifications: Prisma.ClassificationListRelationFilter,
): Promise<SourceMessageRow[]> {
  const rows = await db.sourceMessage.findMany({
    where: {
      evaluatedAt: null,
      classifications,
      OR: [{ retryAt: null }, { retryAt: { lte: new Date(now) } }],
    },
    orderBy: [{ tries: 'asc' }, { receivedAt: 'asc' }, { id: 'asc' }],
    take: limit,
  });
  return rows.map(toMessage);
}

/** Notes how often a step has failed on a message, and until when it rests. */
export async function deferMessage(
  db: DatabaseOrTransaction,
  id: string,
  { tries, retryAt }: { tries: number; retryAt: number | null },
): Promise<void> {
  const data = { tries, retryAt: retryAt === null ? null : new Date(retryAt) };
  await db.sourceMessage.updateMany({ where: { id }, data });
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

/** Takes messages away from every step that waits for them, because they are not what their author says any more. */
export async function closeMessages(
  db: DatabaseOrTransaction,
  ids: readonly string[],
  at: number,
): Promise<void> {
  if (ids.length === 0) return;
  await db.sourceMessage.updateMany({
    where: { id: { in: [...ids] }, evaluatedAt: null },
    data: { evaluatedAt: new Date(at) },
  });
}

function toMessage(row: {
  id: string;
  sourceAccountId: string;
  externalId: string;
  author: string;
  text: string;
  postedAt: Date;
  receivedAt: Date;
  tries: number;
}): SourceMessageRow {
  const { id, sourceAccountId, externalId, author, text, postedAt, receivedAt, tries } = row;
  return {
    id,
    sourceAccountId,
    externalId,
    author,
    text,
    postedAt: ms(postedAt),
    receivedAt: ms(receivedAt),
    tries,
  };
}
