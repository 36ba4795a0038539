import { proxyActivities } from '@temporalio/workflow';
import type { MetricsActivities } from '#activities/contract.ts';

const activities = proxyActivities<MetricsActivities>({
  startToCloseTimeout: '90s',
  scheduleToCloseTimeout: '5m',
  // The schedule runs every minute and goes on where this run has stopped.
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '10s', maximumAttempts: 5 },
});

/** Changes of trades, and agents, in one step: a failure costs at most one step. */
const CHANGES = 5_000;
const AGENTS = 200;
const MAX_STEPS = 400;

/**
 * Brings the hours of trades and what is made of them up to date: hours of the trades that changed, numbers of their
 * agents, and once a day the impact of sources. What an outage left over is done by the first run after it.
 */
export async function hourlyMetrics(): Promise<void> {
  await repeat(() => activities.writeChangedHours({ limit: CHANGES }));
  await repeat(() => activities.refreshCards({ limit: AGENTS }));
  await activities.recordImpacts();
}

async function repeat(step: () => Promise<{ more: boolean }>): Promise<void> {
  for (let steps = 0; steps < MAX_STEPS; steps += 1) if (!(await step()).more) return;
}
