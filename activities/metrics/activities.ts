import type { Database } from '#prisma/client.ts';
import type { MetricsActivities } from '../contract.ts';
import type { Failpoint } from '../deps.ts';
import { recordImpacts } from './record-impacts.ts';
import { refreshCards } from './refresh-cards.ts';
import { writeChangedHours } from './write-hours.ts';

export interface MetricsDeps {
  db: Database;
  failpoint: Failpoint;
  now: () => number;
}

/** Returns the activities that keep the hours of trades and the numbers made of them up to date. */
export const createMetricsActivities = (deps: MetricsDeps): MetricsActivities => ({
  writeChangedHours: (input) => writeChangedHours(deps, input),
  refreshCards: (input) => refreshCards(deps, input),
  recordImpacts: () => recordImpacts(deps),
});
