import type { Client } from '@temporalio/client';
import type { MarketPrices } from '#activities/pipeline/market-prices.ts';
import type { Logger } from '#observability/logger.ts';
import type { Database } from '#prisma/client.ts';
import { markReached } from '#prisma/repositories/held-calls.ts';
import { TASK_QUEUES, workflowIds } from '#workflows/names.ts';

export interface HeldCallWatcherDeps {
  db: Database;
  client: Client;
  prices: MarketPrices;
  logger: Logger;
  now: () => number;
}

/** Interval at which prices are held against the calls that wait; none is asked for while none waits. */
const LOOK_MS = 2_000;

/**
 * Has calls that wait for a price made signals once the price is there, and ended once their time is over. Several
 * watchers do no harm: a call is made once. Returns how to stop.
 */
export function watchHeldCalls(deps: HeldCallWatcherDeps): () => void {
  let timer: NodeJS.Timeout | null = null;
  let isStopped = false;
  const look = () =>
    startReached(deps)
      .catch((err: unknown) => deps.logger.warn({ err }, 'held calls cannot be looked at'))
      .finally(() => {
        if (!isStopped) timer = setTimeout(() => void look(), LOOK_MS);
      });
  void look();
  return () => {
    isStopped = true;
    if (timer) clearTimeout(timer);
  };
}

async function startReached({ db, client, prices, now }: HeldCallWatcherDeps): Promise<void> {
  const reached = await markReached(db, { prices, now: now() });
  await Promise.all(
    reached.map((heldCallId) =>
      client.workflow.start('holdCall', {
        args: [{ heldCallId }],
        workflowId: workflowIds.heldCall(heldCallId),
        taskQueue: TASK_QUEUES.pipeline,
        workflowIdConflictPolicy: 'USE_EXISTING',
      }),
    ),
  );
}
