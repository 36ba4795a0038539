import { proxyActivities } from '@temporalio/workflow';
import type { PipelineRoleActivities } from '#activities/contract.ts';

const activities = proxyActivities<PipelineRoleActivities>({
  startToCloseTimeout: '2m',
  scheduleToCloseTimeout: '10m',
  // The schedule runs every hour and bills what is missing.
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s', maximumAttempts: 5 },
});

/** Bills the months of deployments that have begun, each once. */
export async function billMonths(): Promise<void> {
  await activities.billMonths();
}
