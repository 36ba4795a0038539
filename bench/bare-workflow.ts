import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { preciseNow } from '#sandbox/hyperliquid/order-log.ts';
import type { BareOrder, BareTrader } from './bare-trader.ts';

/** A workflow whose one step sends the bare SDK's order: the least that a durable entry can cost here. */
export interface BareWorkflow {
  /** Starts the workflow and answers once the order is; `calledAt` is when the start was called. */
  repeat(action: Record<string, unknown>): Promise<BareOrder>;
  close(): Promise<void>;
}

const TASK_QUEUE = 'bench-bare';
const CODE = fileURLToPath(new URL('./bare-workflow-code.ts', import.meta.url));

/** Runs a worker in this process, polling like ours and on the same Temporal server. `bare` is to be its own. */
export async function openBareWorkflow(client: Client, bare: BareTrader): Promise<BareWorkflow> {
  quietRuntime();
  const orders = new Map<string, BareOrder>();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a client of ours always has a real connection
  const { address } = (client.connection as Connection).options;
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    workflowTaskPollerBehavior: { type: 'autoscaling', minimum: 2, initial: 4, maximum: 16 },
    workflowsPath: CODE,
    taskQueue: TASK_QUEUE,
    activities: {
      send: async ({ id, ...action }: { id: string } & Record<string, unknown>) => {
        orders.set(id, await bare.repeat(action));
      },
    },
  });
  const running = worker.run();

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
    async close() {
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
}

/** Once per process: only what goes wrong is said. */
export function quietRuntime(): void {
  if (isQuiet) return;
  isQuiet = true;
  Runtime.install({
    logger: { log() {}, trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error },
  });
}

let isQuiet = false;
