import type { Client } from '@temporalio/client';
import { isListening } from '#sources/listening.ts';
import type { Sources } from '#sources/source.ts';
import { TASK_QUEUES, workflowIds } from '#workflows/names.ts';

/** Starts the listener of each kind of source that can be listened to, unless it runs. */
export async function ensureSourceListeners(client: Client, sources: Sources): Promise<void> {
  const kinds = [...sources.values()].filter(isListening).map(({ kind }) => kind);
  await Promise.all(
    kinds.map((kind) =>
      client.workflow.start('listenToSources', {
        args: [{ kind }],
        taskQueue: TASK_QUEUES.pipeline,
        workflowId: workflowIds.listening(kind),
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        staticSummary: `listens to the ${kind} sources`,
      }),
    ),
  );
}
