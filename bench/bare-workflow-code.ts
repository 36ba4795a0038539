import { proxyLocalActivities } from '@temporalio/workflow';

const { send } = proxyLocalActivities<{ send(action: Record<string, unknown>): Promise<void> }>({
  startToCloseTimeout: '10s',
});

/** Nothing but the order: what Temporal itself costs on the way from a start to the first step's effect. */
export async function bareEntry(action: Record<string, unknown>): Promise<void> {
  await send(action);
}
