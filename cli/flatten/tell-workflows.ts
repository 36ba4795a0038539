import type { Client } from '@temporalio/client';
import { connectClient } from '#temporal/connection.ts';
import { forceCloseSignal } from '#workflows/messages.ts';
import { workflowIds } from '#workflows/names.ts';
import type { LocalSystem } from '../find-api.ts';
import { findTemporal } from '../temporal-settings.ts';

const TIMEOUT_MS = 3_000;

/** Tells the workflows of trades that were closed without them, so that these settle and bill. */
export interface CloseTeller {
  /** Never throws: a workflow that is not told finds out when the account is next compared with its venue. */
  tell(trade: { signalId: string; deploymentId: string }): Promise<void>;
  close(): Promise<void>;
}

/** Connects to Temporal with the first message; while there is no server, nobody is told. */
export function createCloseTeller(system: LocalSystem): CloseTeller {
  let connecting: Promise<Client | null> | null = null;
  const connect = (): Promise<Client | null> => {
    const settings = findTemporal(system);
    return settings ? connectClient(settings, TIMEOUT_MS).catch(() => null) : Promise.resolve(null);
  };
  return {
    async tell({ signalId, deploymentId }) {
      const client = await (connecting ??= connect());
      const handle = client?.workflow.getHandle(workflowIds.trade(signalId, deploymentId));
      await client
        ?.withDeadline(Date.now() + TIMEOUT_MS, async () =>
          handle?.signal(forceCloseSignal, { by: 'flatten' }),
        )
        .catch(() => undefined);
    },
    async close() {
      await (await connecting)?.connection.close();
    },
  };
}
