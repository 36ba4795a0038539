import { text } from 'node:stream/consumers';
import { CliError } from './cli-error.ts';

/**
 * Returns a secret from the environment, else from standard input: never from the command line, which other users of
 * the machine can read. Throws `CliError` where there is none.
 */
export async function readSecret(stdin: NodeJS.ReadStream, env: NodeJS.ProcessEnv): Promise<string> {
  const given = env['SIGNALMAN_SOURCE_SECRET'] ?? '';
  if (given !== '') return given;
  if (stdin.isTTY) process.stderr.write('secret, then Enter and Ctrl-D: ');
  const secret = (await text(stdin)).trim();
  if (secret === '') throw new CliError('--secret: standard input is empty', 2);
  return secret;
}
