import { createAnswerBook } from '#activities/pipeline/answer-book.ts';
import type { Classifier } from '#classifiers/classifier.ts';
import { createModelClassifier } from '#classifiers/openai/classifier.ts';
import { createRulesClassifier } from '#classifiers/rules/classifier.ts';
import type { ClassifierConfig } from '#config/classifier.ts';
import type { Logger } from '#observability/logger.ts';
import type { Database } from '#prisma/client.ts';

/** Returns the classifier that is configured; questions to a model and their cost are counted in the database. */
export function createClassifier(
  { by, model, budget }: ClassifierConfig,
  { db, logger }: { db: Database; logger: Logger },
): Classifier {
  if (by === 'rules' || !model) return createRulesClassifier();
  return createModelClassifier({
    mode: by,
    model,
    book: createAnswerBook(db, { budget, timeoutMs: model.timeoutMs }),
    onPause: (why) =>
      logger.warn({ model: model.model, why }, 'the language model is left alone, rules decide'),
  });
}
