import { createAnswerBook } from '#activities/pipeline/answer-book.ts';
import { createClassificationActivities } from '#activities/pipeline/classification.ts';
import { createSignalActivities } from '#activities/pipeline/signals.ts';
import { createModelClassifier, type ModelMode } from '#classifiers/openai/classifier.ts';
import { standInOptions } from '#classifiers/openai/testing.ts';
import { createLogger } from '#observability/logger.ts';
import type { Database } from '#prisma/client.ts';
import type { DailyBudget } from '#prisma/repositories/model-spend.ts';
import { TEST_PRICES } from './pipeline-harness.ts';

/** Longest wait of a test for the model. */
export const MODEL_TIMEOUT_MS = 4_000;

export interface ModelWorkerOptions {
  /** Address of the stand-in. */
  baseUrl: string;
  mode?: ModelMode;
  budget?: DailyBudget;
}

/** A classifier of a worker of its own. */
export const openModelClassifier = (
  db: Database,
  { baseUrl, mode = 'openai', budget = { totalUsd: 100, sourceUsd: 100 } }: ModelWorkerOptions,
) =>
  createModelClassifier({
    mode,
    model: standInOptions(baseUrl, { timeoutMs: MODEL_TIMEOUT_MS }),
    book: createAnswerBook(db, { budget, timeoutMs: MODEL_TIMEOUT_MS }),
  });

/** The steps from messages to signals of a worker of its own. */
export function openModelWorker(db: Database, options: ModelWorkerOptions) {
  const shared = {
    db,
    prices: async () => TEST_PRICES,
    logger: createLogger({ level: 'silent', name: 'test' }),
    now: Date.now,
  };
  const classifier = openModelClassifier(db, options);
  return {
    ...createClassificationActivities({ ...shared, classifier, concurrency: { atOnce: 4, perSource: 2 } }),
    ...createSignalActivities({ ...shared, classifierName: classifier.name }),
  };
}
