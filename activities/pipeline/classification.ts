import type { ClassifiedMessage, Classifier } from '#classifiers/classifier.ts';
import type { Logger } from '#observability/logger.ts';
import type { Database } from '#prisma/client.ts';
import { storeClassification } from '#prisma/repositories/classifications.ts';
import { listUnclassifiedMessages, type SourceMessageRow } from '#prisma/repositories/source-messages.ts';
import type { PipelineActivities } from '../contract.ts';
import type { MarketPrices } from './market-prices.ts';
import { isWorthAnotherTry, MAX_TRIES } from './message-tries.ts';
import { withTimeout } from '#process/with-timeout.ts';

export interface ClassificationDeps {
  db: Database;
  classifier: Classifier;
  /** Prices of now, against which levels are read. */
  prices: MarketPrices;
  logger: Logger;
  now: () => number;
}

/** Messages in the classifier's hands at once: a language model answers in seconds, the rules in no time. */
const CONCURRENCY = 8;
/** A classifier that does not answer by then has failed on the message. */
const ANSWER_WITHIN_MS = 30_000;
/** No message is begun after so long: the step ends in time, and the next one goes on. */
const BEGIN_WITHIN_MS = 60_000;

export function createClassificationActivities(
  deps: ClassificationDeps,
): Pick<PipelineActivities, 'classifyMessages'> {
  return {
    /** A message that the classifier fails on rests, behind all others, and is set aside after its last try. */
    async classifyMessages({ limit }) {
      const startedAt = performance.now();
      const messages = await listUnclassifiedMessages(deps.db, {
        classifier: deps.classifier.name,
        now: deps.now(),
        limit,
      });
      if (messages.length === 0) return { classified: 0, more: false };
      const prices = await deps.prices();
      let [begun, classified] = [0, 0];
      while (begun < messages.length && performance.now() - startedAt < BEGIN_WITHIN_MS) {
        const batch = messages.slice(begun, begun + CONCURRENCY);
        const done = await Promise.all(batch.map((message) => classifyMessage(deps, message, prices)));
        begun += batch.length;
        classified += done.filter(Boolean).length;
      }
      return { classified, more: begun < messages.length || messages.length === limit };
    },
  };
}

/** False when the classifier failed and the message is to be tried again. */
async function classifyMessage(
  deps: ClassificationDeps,
  message: SourceMessageRow,
  prices: Awaited<ReturnType<MarketPrices>>,
): Promise<boolean> {
  const { db, classifier, logger, now } = deps;
  const { text, author, postedAt } = message;
  const verdict = await tryTo(() => classifier.classify({ text, author, postedAt, prices }));
  if (verdict.ok) {
    await storeClassification(db, message, classifier.name, verdict.classified);
    return true;
  }
  logger.warn(
    { messageId: message.id, classifier: classifier.name, err: verdict.error },
    'classifier failed',
  );
  if (await isWorthAnotherTry(db, message, now())) return false;
  await storeClassification(db, message, classifier.name, unreadable(classifier.name, verdict.error));
  return true;
}

type Verdict = { ok: true; classified: ClassifiedMessage } | { ok: false; error: unknown };

async function tryTo(classify: () => Promise<ClassifiedMessage>): Promise<Verdict> {
  try {
    return { ok: true, classified: await withTimeout(classify(), ANSWER_WITHIN_MS) };
  } catch (error) {
    return { ok: false, error };
  }
}

const unreadable = (classifier: string, error: unknown): ClassifiedMessage => ({
  label: 'noise',
  confidence: 0,
  reasons: [
    `${classifier} failed on it ${MAX_TRIES} times: ${error instanceof Error ? error.message : String(error)}`,
  ],
  ideas: [],
});
