import { createAnswerBook } from '#activities/pipeline/answer-book.ts';
import type { Classifier } from '#classifiers/classifier.ts';
import { createModelClassifier } from '#classifiers/openai/classifier.ts';
import { createRulesClassifier } from '#classifiers/rules/classifier.ts';
import { withStructuredCalls } from '#classifiers/structured/with-structured-calls.ts';
import type { ClassifierConfig } from '#config/classifier.ts';
import type { Logger } from '#observability/logger.ts';
import type { Database } from '#prisma/client.ts';

/** Returns the classifier that is configured; calls in fields are taken as they are. */
export const createClassifier = (config: ClassifierConfig, deps: WordsDeps): Classifier =>
  withStructuredCalls(createWordsClassifier(config, deps));

interface WordsDeps {
  db: Database;
  logger: Logger;
}

/** Returns what reads words; questions to a model and their cost are counted in the database. */
function createWordsClassifier(
  { by, model, budget }: ClassifierConfig,
  { db, logger }: WordsDeps,
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
