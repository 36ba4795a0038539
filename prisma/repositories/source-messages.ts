import type { StructuredCall } from '#domain/structured-call.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { asPlainJson, fromJson } from './json.ts';
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
  /** A call that came in fields instead of words. */
  call?: StructuredCall | null;
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
 * Returns messages that the classifier has not seen and that are not evaluated: those that never failed first, and of
 * each source the oldest, then of each the next, so that a source that posts a lot keeps no other one waiting.
 */
export async function listUnclassifiedMessages(
  db: DatabaseOrTransaction,
  { classifier, now, limit }: WaitingMessages,
): Promise<SourceMessageRow[]> {
  const rows = await db.$queryRaw<MessageColumns[]>`
    SELECT ${COLUMNS} FROM (
      SELECT *, row_number() OVER (PARTITION BY source_account_id, tries ORDER BY received_at, posted_at, id) AS place
      FROM source_message AS message
      WHERE ${waits(now)} AND NOT ${isClassified(classifier)}) AS waiting
    ORDER BY tries, place, received_at, posted_at, id LIMIT ${limit}`;
  return rows.map(toMessage);
}

/**
 * Returns messages that the classifier has seen and that are not evaluated: those that never failed first, then the
 * oldest. A message waits for those that its source sent before it, unless the classifier has failed on them.
 */
export async function listUnevaluatedMessages(
  db: DatabaseOrTransaction,
  { classifier, now, limit }: WaitingMessages,
): Promise<SourceMessageRow[]> {
  const rows = await db.$queryRaw<MessageColumns[]>`
    WITH first_unread AS (
      SELECT DISTINCT ON (source_account_id) source_account_id AS source, received_at AS received, posted_at AS posted, id AS first
      FROM source_message AS message
      WHERE evaluated_at IS NULL AND tries = 0 AND NOT ${isClassified(classifier)}
      ORDER BY source_account_id, received_at, posted_at, id)
    SELECT ${COLUMNS} FROM source_message AS message LEFT JOIN first_unread ON source = source_account_id
    WHERE ${waits(now)} AND ${isClassified(classifier)}
      AND (first IS NULL OR (received_at, posted_at, id) < (received, posted, first))
    ORDER BY tries, received_at, posted_at, id LIMIT ${limit}`;
  return rows.map(toMessage);
}

const COLUMNS = Prisma.sql`
  id, source_account_id AS "sourceAccountId", external_id AS "externalId", author, text, posted_at AS "postedAt",
  received_at AS "receivedAt", call, tries`;

const waits = (now: number): Prisma.Sql =>
  Prisma.sql`evaluated_at IS NULL AND (retry_at IS NULL OR retry_at <= ${new Date(now)})`;

const isClassified = (classifier: string): Prisma.Sql => Prisma.sql`
  EXISTS (SELECT FROM classification
    WHERE message_id = message.id AND classification.classifier = ${classifier})`;

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

interface MessageColumns {
  id: string;
  sourceAccountId: string;
  externalId: string;
  author: string;
  text: string;
  postedAt: Date;
  receivedAt: Date;
  call: unknown;
  tries: number;
}

function toMessage(row: MessageColumns): SourceMessageRow {
  const { id, sourceAccountId, externalId, author, text, postedAt, receivedAt, call, tries } = row;
  return {
    id,
    sourceAccountId,
    externalId,
    author,
    text,
    postedAt: ms(postedAt),
    receivedAt: ms(receivedAt),
    call: fromJson<StructuredCall | null>(call),
    tries,
  };
}
