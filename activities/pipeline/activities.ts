import type { Classifier } from '#classifiers/classifier.ts';
import type { Logger } from '#observability/logger.ts';
import type { Database } from '#prisma/client.ts';
import type { PipelineActivities } from '../contract.ts';
import { createClassificationActivities, type Concurrency } from './classification.ts';
import type { MarketPrices } from './market-prices.ts';
import { createHeldCallActivities } from './held-calls.ts';
import { createSignalActivities } from './signals.ts';

export interface PipelineDeps {
  db: Database;
  classifier: Classifier;
  concurrency: Concurrency;
  /** Levels in a message are read against the prices of now. */
  prices: MarketPrices;
  logger: Logger;
  now: () => number;
}

/** Returns the activities that lead from messages to signals: classify, generate. */
export function createPipelineActivities(deps: PipelineDeps): PipelineActivities {
  return {
    ...createClassificationActivities(deps),
    ...createHeldCallActivities(deps),
    ...createSignalActivities({ ...deps, classifierName: deps.classifier.name }),
  };
}
