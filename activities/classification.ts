import type { ClassifiedMessage, Classifier } from '#classifiers/classifier.ts';
import type { Logger } from '#observability/logger.ts';
import type { Database } from '#prisma/client.ts';
import { storeClassification } from '#prisma/repositories/classifications.ts';
import { listUnclassifiedMessages, type SourceMessageRow } from '#prisma/repositories/source-messages.ts';
import type { PipelineActivities } from './contract.ts';
import type { MarketPrices } from './market-prices.ts';

export interface ClassificationDeps {
  db: Database;
  classifier: Classifier;
  /** What instruments cost now: levels are read against it. */
  prices: MarketPrices;
  logger: Logger;
  now: () => number;
}

/** A message the classifier fails on is offered to it again for this long, then set aside with the reason. */
export const CLASSIFY_FOR_MS = 10 * 60 * 1000;
/** Messages in the classifier's hands at once: a language model answers in seconds, the rules in no time. */
const CONCURRENCY = 8;

export function createClassificationActivities(
  deps: ClassificationDeps,
): Pick<PipelineActivities, 'classifyMessages'> {
  return {
    /** Throws only when not one message of the batch could be classified. */
    async classifyMessages({ limit }) {
      const messages = await listUnclassifiedMessages(deps.db, deps.classifier.name, limit);
      if (messages.length === 0) return { classified: 0, more: false };
      const prices = await deps.prices();
      const failures: unknown[] = [];
      for (let from = 0; from < messages.length; from += CONCURRENCY) {
        const batch = messages.slice(from, from + CONCURRENCY);
        const results = await Promise.allSettled(
          batch.map((message) => classifyMessage(deps, message, prices)),
        );
        for (const result of results) if (result.status === 'rejected') failures.push(result.reason);
      }
      const classified = messages.length - failures.length;
      if (classified === 0 && failures.length > 0) throw failures[0];
      return { classified, more: messages.length === limit && classified > 0 };
    },
  };
}

async function classifyMessage(
  deps: ClassificationDeps,
  message: SourceMessageRow,
  prices: Awaited<ReturnType<MarketPrices>>,
): Promise<void> {
  const { db, classifier } = deps;
  const { text, author, postedAt } = message;
  const classified = await classifier
    .classify({ text, author, postedAt, prices })
    .catch((error: unknown) => giveUpOrThrow(deps, message, error));
  await storeClassification(db, message.id, classifier.name, classified);
}

/** One message that no classifier can read must not be in the way of the others for ever. */
function giveUpOrThrow(
  { classifier, logger, now }: ClassificationDeps,
  message: SourceMessageRow,
  error: unknown,
): ClassifiedMessage {
  logger.warn({ messageId: message.id, classifier: classifier.name, err: error }, 'classifier failed');
  if (now() - message.receivedAt < CLASSIFY_FOR_MS) throw error;
  const problem = error instanceof Error ? error.message : String(error);
  return {
    label: 'noise',
    confidence: 0,
    reasons: [`${classifier.name} failed on it: ${problem}`],
    ideas: [],
  };
}
