import { proxyActivities, sleep } from '@temporalio/workflow';
import type { NotificationActivities } from '#activities/contract.ts';
import { TASK_QUEUES } from './names.ts';

const { deliverNotification } = proxyActivities<NotificationActivities>({
  taskQueue: TASK_QUEUES.notifications,
  startToCloseTimeout: '60s',
  scheduleToCloseTimeout: '10m',
  // What a channel does is written down; only a failure of our own comes here. Who looks for due channels tries again.
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s', maximumAttempts: 4 },
});

/** Messages of one run; it is started again while something is due. */
const MAX_MESSAGES = 100;

/** Tells a channel what is due, one message after the other. */
export async function deliverNotifications({ channelId }: { channelId: string }): Promise<void> {
  for (let messages = 0; messages < MAX_MESSAGES; messages += 1) {
    const { more, waitMs = 0 } = await deliverNotification({ channelId });
    if (!more) return;
    if (waitMs > 0) await sleep(waitMs);
  }
}
