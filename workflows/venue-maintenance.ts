import { proxyActivities } from '@temporalio/workflow';
import type { VenueActivities } from '#activities/contract.ts';

const activities = proxyActivities<VenueActivities>({
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '1m',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '10s', maximumAttempts: 4 },
});

/** Stores which venues answer, for routing. */
export async function checkVenues(): Promise<void> {
  await activities.checkVenues();
}

/** Stores the instruments of each venue, with their rules. */
export async function refreshInstruments(): Promise<void> {
  await activities.refreshInstruments();
}
