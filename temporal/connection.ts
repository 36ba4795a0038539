import { Client, Connection } from '@temporalio/client';
import type { NativeConnectionOptions } from '@temporalio/worker';

/** Where the Temporal server is and how to speak to it; the same for clients and workers. */
export interface TemporalSettings {
  address: string;
  namespace: string;
  /** For Temporal Cloud or a server behind TLS. */
  apiKey?: string;
  tls?: boolean;
}

/** Connection options shared by client and worker. */
export function connectionOptions(settings: TemporalSettings): NativeConnectionOptions {
  return {
    address: settings.address,
    ...(settings.tls ? { tls: true } : {}),
    ...(settings.apiKey ? { apiKey: settings.apiKey } : {}),
  };
}

/** gRPC's own limit is two minutes, for which a server that is back would not be asked. */
const MAX_RECONNECT_WAIT_MS = 2_000;

/**
 * Connects a client; throws when the server does not answer within `timeoutMs`. The caller closes
 * `client.connection`.
 */
export async function connectClient(settings: TemporalSettings, timeoutMs = 10_000): Promise<Client> {
  const connection = await Connection.connect({
    ...connectionOptions(settings),
    connectTimeout: timeoutMs,
    channelArgs: { 'grpc.max_reconnect_backoff_ms': MAX_RECONNECT_WAIT_MS },
  });
  return new Client({ connection, namespace: settings.namespace });
}
