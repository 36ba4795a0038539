import { proxyActivities } from '@temporalio/workflow';
import type { PipelineRoleActivities } from '#activities/contract.ts';

const retry = {
  initialInterval: '200ms',
  backoffCoefficient: 2,
  maximumInterval: '10s',
  // The schedule runs every minute and tries again what has failed.
  maximumAttempts: 8,
} as const;

/** Steps between a source and a signal: short, against the database and local files. */
export const { ingestSource, generateSignals, listUnsentSignals, tryHeldCall } =
  proxyActivities<PipelineRoleActivities>({
    startToCloseTimeout: '30s',
    scheduleToCloseTimeout: '2m',
    retry,
  });

/** Steps that may ask a language model about each message, and so take longer. */
export const { classifyMessages } = proxyActivities<PipelineRoleActivities>({
  startToCloseTimeout: '2m',
  scheduleToCloseTimeout: '5m',
  retry,
});
