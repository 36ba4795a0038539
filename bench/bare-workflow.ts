import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import type { BareOrder, BareTrader } from './bare-trader.ts';
import { runBareWorker } from './bare-worker.ts';
import { preciseNow } from '#sandbox/precise-now.ts';

/** A workflow whose one step sends the bare SDK's order: the least that a durable entry can cost here. */
export interface BareWorkflow {
  /** Starts the workflow and returns when its order is at the venue; `calledAt` is when the start was called. */
  repeat(action: Record<string, unknown>): Promise<BareOrder>;
  close(): Promise<void>;
}

const TASK_QUEUE = 'bench-bare';
const CODE = fileURLToPath(new URL('./bare-workflow-code.ts', import.meta.url));

/** Has a worker of its own in this process. `bare` is to be its own too. */
export async function openBareWorkflow(client: Client, bare: BareTrader): Promise<BareWorkflow> {
  const orders = new Map<string, BareOrder>();
  const close = await runBareWorker(client, {
    workflowsPath: CODE,
    taskQueue: TASK_QUEUE,
    activities: {
      send: async ({ id, ...action }: { id: string } & Record<string, unknown>) => {
        orders.set(id, await bare.repeat(action));
      },
    },
  });

  return {
    async repeat(action) {
      const id = randomUUID();
      const calledAt = preciseNow();
      const options = { taskQueue: TASK_QUEUE, workflowId: `bench/${id}`, args: [{ id, ...action }] };
      await client.workflow.execute('bareEntry', options);
      const order = orders.get(id);
      if (!order) throw new Error('the bare workflow ended without its order');
      return { ...order, calledAt };
    },
    close,
  };
}
