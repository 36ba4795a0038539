import type { Client } from '@temporalio/client';
import type { Logger } from '#observability/logger.ts';
import { createChangeListener } from '#prisma/change-listener.ts';
import { MESSAGE_CHANNEL } from '#prisma/repositories/message-announcements.ts';
import { messageArrivedSignal } from '#workflows/messages.ts';
import { TASK_QUEUES, workflowIds } from '#workflows/names.ts';

export interface MessageListenerDeps {
  client: Client;
  databaseUrl: string;
  logger: Logger;
}

/** Interval at which the listening connection is checked. */
const ENSURE_INTERVAL_MS = 1_000;

/**
 * Listens for stored messages, and has them evaluated at once. Many at once are one request. A request that is lost
 * is made good by the schedules of the pipeline. Returns how to stop.
 */
export function startMessageListener({
  client,
  databaseUrl,
  logger,
}: MessageListenerDeps): () => Promise<void> {
  let isAsking = false;
  let isAskedAgain = false;
  const wake = () => {
    isAskedAgain = isAsking;
    if (isAsking) return;
    isAsking = true;
    void requestEvaluation(client)
      .catch((err: unknown) => logger.warn({ err }, 'messages wait for the next scheduled evaluation'))
      .finally(() => {
        isAsking = false;
        if (isAskedAgain) wake();
      });
  };
  const listener = createChangeListener(databaseUrl, MESSAGE_CHANNEL, wake);
  const ensure = () =>
    void listener.ensure().catch((err: unknown) => logger.warn({ err }, 'stored messages are not heard'));
  ensure();
  const timer = setInterval(ensure, ENSURE_INTERVAL_MS);
  return async () => {
    clearInterval(timer);
    await listener.close();
  };
}

/** Has waiting messages evaluated now: wakes the run that evaluates, or starts one. */
export async function requestEvaluation(client: Client): Promise<void> {
  await client.workflow.signalWithStart('evaluateMessages', {
    workflowId: workflowIds.evaluation,
    taskQueue: TASK_QUEUES.pipeline,
    args: [],
    signal: messageArrivedSignal,
    signalArgs: [],
  });
}
