import { payloadKeysOf, type Environment } from '#config/env.ts';
import { freePort } from '#process/free-port.ts';
import type { Stoppable } from '#process/stop-all.ts';
import { startCodecServer } from '#temporal/codec-server.ts';
import { createPayloadCodec } from '#temporal/payload-codec.ts';
import { ensurePayloadKey } from './payload-key.ts';
import { masterKeysFor } from './run-environment.ts';
import type { StateDir } from './state-dir.ts';

/** Wished for, and what the pages say. */
export const CODEC_PORT = 8234;

/** Opens payloads for the Web UI and the command line of the embedded Temporal server, as long as this process runs. */
export async function startCodec(given: Environment, state: StateDir): Promise<Stoppable & { url: string }> {
  const { current } = masterKeysFor(given, state.root);
  const text = given.SIGNALMAN_PAYLOAD_KEY ?? ensurePayloadKey(state.root, current.key);
  const [first, ...older] = payloadKeysOf({ SIGNALMAN_PAYLOAD_KEY: text });
  if (!first) throw new TypeError('a list of keys has none');
  const codec = createPayloadCodec([first, ...older]);
  const server = await startCodecServer({ codec, port: await freePort(CODEC_PORT) });
  return { name: 'the codec', url: server.url, stop: () => server.close() };
}
