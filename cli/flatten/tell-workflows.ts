import type { Client } from '@temporalio/client';
import { DEFAULT_NAMESPACE } from '#config/env.ts';
import { connectClient } from '#temporal/connection.ts';
import { forceCloseSignal } from '#workflows/messages.ts';
import { workflowIds } from '#workflows/names.ts';
import type { LocalSystem } from '../find-api.ts';

const TIMEOUT_MS = 3_000;

/** Tells the workflows of trades that were closed without them, so that these settle and bill. */
export interface CloseTeller {
  /** Never throws: a workflow that is not told finds out when the account is next compared with its venue. */
  tell(trade: { signalId: string; deploymentId: string }): Promise<void>;
  close(): Promise<void>;
}

/** Connects to Temporal with the first message; while there is no server, nobody is told. */
export function createCloseTeller({ environment, run }: LocalSystem): CloseTeller {
  let connecting: Promise<Client | null> | null = null;
  const connect = (): Promise<Client | null> => {
    const address = environment.TEMPORAL_ADDRESS ?? run?.temporalAddress;
    if (address === undefined) return Promise.resolve(null);
    const namespace = environment.TEMPORAL_NAMESPACE ?? run?.temporalNamespace ?? DEFAULT_NAMESPACE;
    const apiKey = environment.TEMPORAL_API_KEY;
    const tls = environment.TEMPORAL_TLS ?? apiKey !== undefined;
    return connectClient(
      { address, namespace, tls, ...(apiKey !== undefined && { apiKey }) },
      TIMEOUT_MS,
    ).catch(() => null);
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
