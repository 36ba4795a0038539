import type { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';

/**
 * Runs a worker in this process, polling like ours and on the client's server; one per process. Returns how to stop
 * it.
 */
export async function runBareWorker(
  client: Client,
  options: Pick<WorkerOptions, 'taskQueue' | 'workflowsPath' | 'activities'>,
): Promise<() => Promise<void>> {
  Runtime.install({
    logger: { log() {}, trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error },
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a client of ours always has a real connection
  const { address } = (client.connection as Connection).options;
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    ...options,
    connection,
    workflowTaskPollerBehavior: { type: 'autoscaling', minimum: 2, initial: 4, maximum: 16 },
  });
  const running = worker.run();
  return async () => {
    worker.shutdown();
    await running;
    await connection.close();
  };
}
