import { setTimeout as delay } from 'node:timers/promises';
import { InOtherHands, type ClassifiedMessage, type Classifier } from '#classifiers/classifier.ts';
import type { Logger } from '#observability/logger.ts';
import type { Database } from '#prisma/client.ts';
import { storeClassification } from '#prisma/repositories/classifications.ts';
import { listUnclassifiedMessages, type SourceMessageRow } from '#prisma/repositories/source-messages.ts';
import { createKeyedLimited, type KeyedLimited } from '#process/keyed-limited.ts';
import { withTimeout } from '#process/with-timeout.ts';
import type { PipelineActivities } from '../contract.ts';
import type { MarketPrices } from './market-prices.ts';
import { isWorthAnotherTry, MAX_TRIES } from './message-tries.ts';

/** Messages in the hands of a classifier at once, in this process, and of one source. */
export interface Concurrency {
  atOnce: number;
  perSource: number;
}

export interface ClassificationDeps {
  db: Database;
  classifier: Classifier;
  /** 16 and 8 when not given. */
  concurrency?: Concurrency;
  /** Prices of now, against which levels are read. */
  prices: MarketPrices;
  logger: Logger;
  now: () => number;
}

export const DEFAULT_CONCURRENCY: Concurrency = { atOnce: 16, perSource: 8 };
/** A classifier that does not answer by then has failed on the message. */
const ANSWER_WITHIN_MS = 30_000;
/** No message is begun after so long: what is classified goes on to its signals, and the next step takes the rest. */
const BEGIN_WITHIN_MS = 5_000;
/** Pause of a step all of whose messages are in the hands of others. */
const PAUSE_MS = 500;

export function createClassificationActivities(
  deps: ClassificationDeps,
): Pick<PipelineActivities, 'classifyMessages'> {
  const { atOnce, perSource } = deps.concurrency ?? DEFAULT_CONCURRENCY;
  const desk: Desk = {
    ...deps,
    limited: createKeyedLimited({ atOnce, perKey: perSource }),
    inHand: new Set(),
  };
  return {
    /** A message that the classifier fails on rests, behind all others, and is set aside after its last try. */
    async classifyMessages({ limit }) {
      const messages = await listUnclassifiedMessages(deps.db, {
        classifier: deps.classifier.name,
        now: deps.now(),
        limit,
      });
      if (messages.length === 0) return { classified: 0, more: false };
      const ends = await classifyAll(desk, messages, await deps.prices());
      const count = (wanted: End): number => ends.filter((end) => end === wanted).length;
      const left = count('left') + count('elsewhere');
      if (count('elsewhere') === messages.length) await delay(PAUSE_MS);
      return { classified: count('classified'), more: left > 0 || messages.length === limit };
    },
  };
}

/** What the steps of a process share, so that no two of them have a message in hand. */
interface Desk extends ClassificationDeps {
  limited: KeyedLimited;
  inHand: Set<string>;
}

/** `failed`: to be tried again. `elsewhere`: in the hands of another step. `left`: not begun in time. */
type End = 'classified' | 'failed' | 'elsewhere' | 'left';
type Prices = Awaited<ReturnType<MarketPrices>>;

/** Rejects with the first error of the database, once no message is in hand any more. */
async function classifyAll(
  desk: Desk,
  messages: readonly SourceMessageRow[],
  prices: Prices,
): Promise<End[]> {
  const startedAt = performance.now();
  const isLate = (): boolean => performance.now() - startedAt >= BEGIN_WITHIN_MS;
  const work = messages.map((message) =>
    desk.limited.run(message.sourceAccountId, async () =>
      isLate() ? 'left' : classifyMessage(desk, message, prices),
    ),
  );
  await Promise.allSettled(work);
  return Promise.all(work);
}

async function classifyMessage(desk: Desk, message: SourceMessageRow, prices: Prices): Promise<End> {
  const { inHand } = desk;
  if (inHand.has(message.id)) return 'elsewhere';
  inHand.add(message.id);
  try {
    return await classifyInHand(desk, message, prices);
  } finally {
    inHand.delete(message.id);
  }
}

async function classifyInHand(desk: Desk, message: SourceMessageRow, prices: Prices): Promise<End> {
  const { db, classifier, logger, now } = desk;
  const { text, author, postedAt, call = null, sourceAccountId: source } = message;
  const verdict = await tryTo(() => classifier.classify({ text, author, postedAt, call, prices, source }));
  if (verdict.ok) {
    await storeClassification(db, message, classifier.name, verdict.classified);
    return 'classified';
  }
  if (verdict.error instanceof InOtherHands) return 'elsewhere';
  logger.warn(
    { messageId: message.id, classifier: classifier.name, err: verdict.error },
    'classifier failed',
  );
  if (await isWorthAnotherTry(db, message, now())) return 'failed';
  await storeClassification(db, message, classifier.name, unreadable(classifier.name, verdict.error));
  return 'classified';
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
