import { Client, Connection } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import type { NativeConnectionOptions } from '@temporalio/worker';
import type { SealingKey } from '#process/sealed-text.ts';
import { createPayloadCodec } from './payload-codec.ts';

/** Where the Temporal server is and how to speak to it; the same for clients and workers. */
export interface TemporalSettings {
  address: string;
  namespace: string;
  /** For Temporal Cloud or a server behind TLS. */
  apiKey?: string;
  tls?: boolean;
  /** Seal and open what the server stores: the first one seals. None: it is stored as it is. */
  payloadKeys?: readonly SealingKey[];
}

/** How client and workers write what the server stores. */
export function dataConverterOf({ payloadKeys = [] }: Pick<TemporalSettings, 'payloadKeys'>): DataConverter {
  const [first, ...older] = payloadKeys;
  return first ? { payloadCodecs: [createPayloadCodec([first, ...older])] } : {};
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
  return new Client({
    connection,
    namespace: settings.namespace,
    dataConverter: dataConverterOf(settings),
  });
}
