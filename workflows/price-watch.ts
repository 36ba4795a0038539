import {
  ActivityCancellationType,
  CancellationScope,
  continueAsNew,
  proxyActivities,
  setCurrentDetails,
} from '@temporalio/workflow';
import type { WatcherActivities } from '#activities/contract.ts';
import type { VenueName } from '#domain/ids.ts';

export interface PriceWatchInput {
  venue: VenueName;
  shard: number;
}

/**
 * Keeps one watcher per venue shard running for ever. When the worker that runs it stops beating, another takes over
 * within the heartbeat time-out.
 */
const { watchVenue } = proxyActivities<WatcherActivities>({
  startToCloseTimeout: '24h',
  heartbeatTimeout: '5s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '100ms', backoffCoefficient: 2, maximumInterval: '2s' },
});

export async function priceWatch(input: PriceWatchInput): Promise<void> {
  setCurrentDetails(`Watches every armed trade on **${input.venue}**`);
  await watchVenue(input);
  // The activity returns when it is cancelled, and no other is started then.
  if (CancellationScope.current().consideredCancelled) return;
  await continueAsNew<typeof priceWatch>(input);
}
