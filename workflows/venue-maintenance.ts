import { proxyActivities } from '@temporalio/workflow';
import type { VenueActivities } from '#activities/contract.ts';

const activities = proxyActivities<VenueActivities>({
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '1m',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '10s', maximumAttempts: 4 },
});

/** Writes down which venues answer, for routing to go by. */
export async function checkVenues(): Promise<void> {
  await activities.checkVenues();
}

/** Writes down what each venue trades, and by which rules. */
export async function refreshInstruments(): Promise<void> {
  await activities.refreshInstruments();
}
