import { readClassifier } from '#config/classifier.ts';
import type { Environment } from '#config/env.ts';
import { openDatabase } from '#prisma/client.ts';
import { ALL_SOURCES, listSpendOfToday, type SpendRow } from '#prisma/repositories/model-spend.ts';
import { withTimeout } from '#process/with-timeout.ts';

/** How long the database may take to answer. */
const ANSWER_MS = 3_000;

/** Returns what the language model has cost today; null for nothing, or when the database does not answer. */
export async function readSpendOfToday(databaseUrl: string): Promise<Omit<SpendRow, 'source'> | null> {
  const db = openDatabase(databaseUrl, { poolSize: 1 });
  try {
    const rows = await withTimeout(listSpendOfToday(db, Date.now()), ANSWER_MS);
    const all = rows.find(({ source }) => source === ALL_SOURCES);
    if (!all) return null;
    const { source: _, ...spent } = all;
    return spent;
  } catch {
    return null;
  } finally {
    await db.$disconnect();
  }
}

/** Returns what was spent today in one line. */
export function modelLine(spent: Omit<SpendRow, 'source'>, environment: Environment): string {
  const { budget, model } = readClassifier(environment);
  const name = model ? ` ${model.model}` : '';
  return `language model${name}: ${Number(spent.usd).toFixed(4)} of ${budget.totalUsd} USD today, ${spent.questions} questions`;
}
