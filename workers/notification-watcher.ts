import type { Client } from '@temporalio/client';
import { queueEvents } from '#activities/notifications/queue-events.ts';
import type { Logger } from '#observability/logger.ts';
import type { Database } from '#prisma/client.ts';
import { forgetNotifications, listDueChannels } from '#prisma/repositories/notifications.ts';
import { forgetSystemEvents } from '#prisma/repositories/system-events.ts';
import { TASK_QUEUES, workflowIds } from '#workflows/names.ts';

export interface NotificationWatcherDeps {
  db: Database;
  client: Client;
  logger: Logger;
  now: () => number;
}

/** Interval at which the outbox is read. */
const LOOK_MS = 1_000;
/** Pages of events that one look reads. */
const MAX_PAGES = 20;
/** Channels whose messages are begun by one look. */
const MAX_STARTS = 100;
/** A channel whose messages were begun is left to its workflow for this time. */
const STARTED_MS = 2_000;
const HOUR_MS = 3_600_000;
const KEPT_MS = 30 * 24 * HOUR_MS;

/**
 * Reads the outbox for those who are to be told, and has what is due sent: a workflow for each channel, so that one
 * that hangs keeps none waiting. Several watchers do no harm: one at a time reads. Returns how to stop.
 */
export function watchNotifications(deps: NotificationWatcherDeps): () => void {
  const started = new Map<string, number>();
  let timer: NodeJS.Timeout | null = null;
  let isStopped = false;
  let forgottenAt = 0;
  const look = async () => {
    try {
      for (let page = 0; page < MAX_PAGES && (await queueEvents(deps.db, deps.now())).more; page += 1);
      await startDue(deps, started);
      if (deps.now() - forgottenAt > HOUR_MS) {
        forgottenAt = deps.now();
        await forget(deps);
      }
    } catch (err) {
      deps.logger.warn({ err }, 'notifications wait: events cannot be read');
    }
    if (!isStopped) timer = setTimeout(() => void look(), LOOK_MS);
  };
  void look();
  return () => {
    isStopped = true;
    if (timer) clearTimeout(timer);
  };
}

async function startDue(
  { db, client, now }: NotificationWatcherDeps,
  started: Map<string, number>,
): Promise<void> {
  for (const [channelId, at] of started) if (now() - at > STARTED_MS) started.delete(channelId);
  const due = await listDueChannels(db, now(), MAX_STARTS + started.size);
  const fresh = due.filter((channelId) => !started.has(channelId)).slice(0, MAX_STARTS);
  await Promise.all(
    fresh.map(async (channelId) => {
      await client.workflow.start('deliverNotifications', {
        args: [{ channelId }],
        workflowId: workflowIds.notifications(channelId),
        taskQueue: TASK_QUEUES.pipeline,
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
      started.set(channelId, now());
    }),
  );
}

async function forget({ db, now }: NotificationWatcherDeps): Promise<void> {
  await forgetNotifications(db, now() - KEPT_MS);
  await forgetSystemEvents(db, now() - KEPT_MS);
}
