import {
  ActivityCancellationType,
  CancellationScope,
  continueAsNew,
  proxyActivities,
  setCurrentDetails,
} from '@temporalio/workflow';
import type { PipelineRoleActivities } from '#activities/contract.ts';
import type { SourceKind } from '#domain/statuses.ts';

export interface ListenInput {
  kind: SourceKind;
}

/** One listener at a time: when its worker stops beating, another takes over within the heartbeat time-out. */
const { listenToSources: listen } = proxyActivities<PipelineRoleActivities>({
  startToCloseTimeout: '24h',
  heartbeatTimeout: '5s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '5s' },
});

/** Keeps one process listening to the sources of a kind, for ever. */
export async function listenToSources(input: ListenInput): Promise<void> {
  setCurrentDetails(`Listens to the **${input.kind}** sources`);
  await listen(input);
  // The activity returns when it is cancelled, and no other is started then.
  if (CancellationScope.current().consideredCancelled) return;
  await continueAsNew<typeof listenToSources>(input);
}
