import { randomUUID } from 'node:crypto';
import type { AnswerBook, Begun, Ended, Question } from '#classifiers/openai/answer-book.ts';
import type { Database } from '#prisma/client.ts';
import {
  endQuestion,
  readAnswer,
  removeOldQuestions,
  takeQuestion,
} from '#prisma/repositories/model-questions.ts';
import {
  ALL_SOURCES,
  removeOldSpend,
  setAside,
  settleSpend,
  type DailyBudget,
} from '#prisma/repositories/model-spend.ts';

export interface AnswerBookOptions {
  budget: DailyBudget;
  /** How long a question can be under way. */
  timeoutMs: number;
}

/** Beside the time of the question itself. */
const LEASE_MARGIN_MS = 15_000;

/** Returns the book of all workers on one database. */
export const createAnswerBook = (db: Database, options: AnswerBookOptions): AnswerBook => ({
  begin: (question) => begin(db, question, options),
  finish: (ended) => finish(db, ended),
});

async function begin(
  db: Database,
  { key, source, reserveUsd }: Question,
  { budget, timeoutMs }: AnswerBookOptions,
): Promise<Begun> {
  const claim = randomUUID();
  try {
    return await db.$transaction(async (tx): Promise<Begun> => {
      if (!(await takeQuestion(tx, { key, claim, leaseMs: timeoutMs + LEASE_MARGIN_MS }))) {
        const answer = await readAnswer(tx, key);
        return answer ? { status: 'known', answer } : { status: 'elsewhere' };
      }
      const full = await setAside(tx, { source, usd: reserveUsd }, budget);
      if (full.length > 0) throw new OverBudget(full, budget);
      return { status: 'begun', claim };
    });
  } catch (error) {
    if (error instanceof OverBudget) return { status: 'over_budget', why: error.message };
    throw error;
  }
}

/** Rolls back what a question without money has taken. */
class OverBudget extends Error {
  constructor(full: readonly string[], { totalUsd, sourceUsd }: DailyBudget) {
    super(
      full.includes(ALL_SOURCES)
        ? `the ${totalUsd} USD of the day are spent or set aside`
        : `the ${sourceUsd} USD that the source has for the day are spent or set aside`,
    );
  }
}

const finish = (db: Database, { key, claim, source, reserveUsd, spent, answer }: Ended): Promise<void> =>
  db.$transaction(async (tx) => {
    const day = await endQuestion(tx, { key, claim }, answer);
    if (!day) return;
    await removeOldQuestions(tx);
    await removeOldSpend(tx);
    await settleSpend(tx, { source, reservedUsd: reserveUsd, day }, spent);
  });
