import { once } from 'node:events';
import { Command } from 'commander';
import { payloadKeysOf } from '#config/env.ts';
import { CODEC_PORT } from '#local/codec.ts';
import { startCodecServer } from '#temporal/codec-server.ts';
import { createPayloadCodec } from '#temporal/payload-codec.ts';
import { createOutput } from '#terminal/output.ts';
import { CliError } from '../cli-error.ts';
import { wholeNumber } from '../context.ts';
import { findSystem } from '../find-api.ts';

/** `signalman codec`: opens what Temporal stores for its Web UI and command line, until it is interrupted. */
export const codecCommand = (): Command =>
  new Command('codec')
    .description(
      'open what a Temporal server stores, for its Web UI and command line on this machine, with the keys of ' +
        'SIGNALMAN_PAYLOAD_KEY. `up` does this by itself',
    )
    .option('--port <number>', 'where to listen, on loopback', wholeNumber(0, 65_535), CODEC_PORT)
    .action(async ({ port }: { port: number }) => {
      const [first, ...older] = payloadKeysOf(findSystem(process.env).environment);
      if (!first)
        throw new CliError('SIGNALMAN_PAYLOAD_KEY is not set: there is nothing to open payloads with');
      const server = await startCodecServer({ codec: createPayloadCodec([first, ...older]), port });
      const out = createOutput(process.stdout, process.env);
      out.line(`payloads are opened at ${server.url}: give this as the codec endpoint of the Web UI, or`);
      out.line(`temporal workflow show --codec-endpoint ${server.url} --workflow-id ID`);
      await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
      await server.close();
    });
