import type { KnownAnswer } from '#classifiers/openai/answer-book.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { asPlainJson, fromJson } from './json.ts';

/** A question that a process takes on. */
export interface QuestionClaim {
  key: string;
  /** Id of this taking alone. */
  claim: string;
  /** After so long the process counts as dead, and another one may ask. */
  leaseMs: number;
}

/** Answers older than this are asked for again, and removed. */
const KEPT_DAYS = 7;

/** Takes a question unless it is answered, or another process asks it. Returns whether it was taken. */
export async function takeQuestion(
  db: DatabaseOrTransaction,
  { key, claim, leaseMs }: QuestionClaim,
): Promise<boolean> {
  const taken = await db.$executeRaw`
    INSERT INTO model_question AS question (key, claim, claimed_until)
    VALUES (${key}, ${claim}::uuid, now() + ${leaseMs}::float8 * interval '1 millisecond')
    ON CONFLICT (key) DO UPDATE
    SET claim = excluded.claim, claimed_until = excluded.claimed_until, answer = NULL, created_at = now()
    WHERE (question.answer IS NULL AND question.claimed_until < now())
      OR (question.answer IS NOT NULL AND question.created_at < now() - ${KEPT_DAYS}::int * interval '1 day')`;
  return taken === 1;
}

/** Returns the answer to a question; null while it is under way, or for one that nobody has asked. */
export async function readAnswer(db: DatabaseOrTransaction, key: string): Promise<KnownAnswer | null> {
  const row = await db.modelQuestion.findUnique({ where: { key }, select: { answer: true } });
  return row?.answer ? fromJson<KnownAnswer>(row.answer) : null;
}

/**
 * Ends a question: with its answer, or free to be asked again. Returns the day (UTC) on which it was taken; null when the
 * claim is over, and nothing is changed then.
 */
export async function endQuestion(
  db: DatabaseOrTransaction,
  { key, claim }: Pick<QuestionClaim, 'key' | 'claim'>,
  answer: KnownAnswer | null,
): Promise<Date | null> {
  const [row] =
    answer === null
      ? await db.$queryRaw<TakenOn[]>`
          DELETE FROM model_question WHERE key = ${key} AND claim = ${claim}::uuid
          RETURNING (created_at AT TIME ZONE 'UTC')::date AS day`
      : await db.$queryRaw<TakenOn[]>`
          UPDATE model_question SET answer = ${asPlainJson(answer)}::jsonb, claim = NULL, claimed_until = NULL
          WHERE key = ${key} AND claim = ${claim}::uuid
          RETURNING (created_at AT TIME ZONE 'UTC')::date AS day`;
  return row?.day ?? null;
}

interface TakenOn {
  day: Date;
}

/** Rows removed with each that is written, so that the table keeps its size. */
const REMOVED_AT_ONCE = 10;

/** Removes some of the answers that have grown too old. */
export async function removeOldQuestions(db: DatabaseOrTransaction): Promise<void> {
  await db.$executeRaw`
    DELETE FROM model_question WHERE key IN (
      SELECT key FROM model_question WHERE created_at < now() - ${KEPT_DAYS}::int * interval '1 day'
      ORDER BY created_at LIMIT ${REMOVED_AT_ONCE} FOR UPDATE SKIP LOCKED)`;
}
