import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { quietRuntime } from './bare-workflow.ts';

const TASK_QUEUE = 'bench-lifecycles';
const CODE = fileURLToPath(new URL('./bare-lifecycle-code.ts', import.meta.url));
/** Starts under way at once, as many as one posted signal has. */
const AT_ONCE = 20;

/** Starts `count` workflows with empty steps and answers how long, in ms, until all have taken their last one. */
export async function measureBareLifecycles(client: Client, count: number): Promise<number> {
  quietRuntime();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a client of ours always has a real connection
  const { address } = (client.connection as Connection).options;
  const connection = await NativeConnection.connect({ address });
  const { promise: allArmed, resolve } = Promise.withResolvers<void>();
  let armed = 0;
  const worker = await Worker.create({
    connection,
    workflowTaskPollerBehavior: { type: 'autoscaling', minimum: 2, initial: 4, maximum: 16 },
    workflowsPath: CODE,
    taskQueue: TASK_QUEUE,
    activities: {
      enter: async () => undefined,
      arm: async () => {
        if ((armed += 1) === count) resolve();
      },
    },
  });
  const running = worker.run();
  const startedAt = performance.now();
  let left = count;
  const startRest = async (): Promise<void> => {
    while ((left -= 1) >= 0) {
      await client.workflow.start('bareLifecycle', {
        taskQueue: TASK_QUEUE,
        workflowId: `bench/${randomUUID()}`,
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, startRest));
  await allArmed;
  const tookMs = performance.now() - startedAt;
  worker.shutdown();
  await running;
  await connection.close();
  return tookMs;
}
