import { Command } from 'commander';
import { ConfigError } from '#config/config-error.ts';
import { readEnvironment } from '#config/env.ts';
import { readX } from '#config/x.ts';
import { startXProxy } from '#sources/x/proxy/x-proxy.ts';
import { createOutput } from '#terminal/output.ts';
import { wholeNumber } from '../context.ts';
import { untilInterrupted } from './sandbox/until-interrupted.ts';

interface Options {
  port: number;
  host: string;
}

const DEFAULT_PORT = 7080;

/** `signalman x-proxy`: asks X for workers that do not have its token, until interrupted. */
export const xProxyCommand = (): Command =>
  new Command('x-proxy')
    .description('keep the token of X in one place, for workers that have none, until interrupted')
    .option('--port <port>', 'port to listen on; 0 takes a free one', wholeNumber(0, 65_535), DEFAULT_PORT)
    .option('--host <host>', 'address to listen at', '127.0.0.1')
    .addHelpText(
      'after',
      '\nIt reads X_BEARER_TOKEN, the token of X, and X_PROXY_SECRET, which workers send in its place.',
    )
    .action(run);

async function run({ port, host }: Options): Promise<void> {
  const out = createOutput(process.stdout, process.env);
  const environment = readEnvironment(process.env);
  const { access } = readX(environment);
  const { X_PROXY_SECRET: secret } = environment;
  if (!access) throw missing('X_BEARER_TOKEN', 'give the bearer token of an app at X');
  if (secret === undefined) throw missing('X_PROXY_SECRET', 'make one with `openssl rand -hex 32`');
  const proxy = await startXProxy({
    upstream: access,
    secret,
    port,
    host,
    log: (line) => out.line(`${new Date().toISOString()} ${line}`),
  });
  out.line(`proxy for ${access.baseUrl} at ${proxy.url}`);
  out.line(`workers: X_API_BASE_URL=${proxy.url}, X_BEARER_TOKEN as X_PROXY_SECRET here`);
  await untilInterrupted();
  await proxy.close();
}

const missing = (variable: string, hint: string): ConfigError =>
  new ConfigError([{ variable, problem: `is not set; ${hint}` }]);
