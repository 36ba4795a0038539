import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { runBareWorker } from './bare-worker.ts';

/** Workflows with as many steps as a trade takes until it is on watch, and nothing in them. */
export interface BareLifecycles {
  /** Starts `count` workflows; returns how long, in ms, until all have taken their last step. */
  measure(count: number): Promise<number>;
  close(): Promise<void>;
}

const TASK_QUEUE = 'bench-lifecycles';
const CODE = fileURLToPath(new URL('./bare-lifecycle-code.ts', import.meta.url));
/** Starts under way at once, as many as one posted signal has. */
const AT_ONCE = 20;

export async function openBareLifecycles(client: Client): Promise<BareLifecycles> {
  let onArmed = ignore;
  const close = await runBareWorker(client, {
    workflowsPath: CODE,
    taskQueue: TASK_QUEUE,
    activities: { enter: async () => undefined, arm: async () => onArmed() },
  });
  return {
    async measure(count) {
      const { promise: allArmed, resolve } = Promise.withResolvers<void>();
      let [armed, left] = [0, count];
      onArmed = () => {
        if ((armed += 1) === count) resolve();
      };
      const startRest = async (): Promise<void> => {
        while ((left -= 1) >= 0) {
          const options = { taskQueue: TASK_QUEUE, workflowId: `bench/${randomUUID()}` };
          await client.workflow.start('bareLifecycle', options);
        }
      };
      const startedAt = performance.now();
      await Promise.all(Array.from({ length: AT_ONCE }, startRest));
      await allArmed;
      return performance.now() - startedAt;
    },
    close,
  };
}

const ignore = (): void => undefined;
