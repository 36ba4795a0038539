import { text } from 'node:stream/consumers';
import { CliError } from './cli-error.ts';

/** Where a secret comes from, and what it is called. */
interface WantedSecret {
  /** Variable of the environment that may hold it. */
  variable: string;
  /** The word of the prompt. */
  prompt: string;
}

const OF_A_SOURCE: WantedSecret = { variable: 'SIGNALMAN_SOURCE_SECRET', prompt: 'secret' };

/**
 * Returns a secret from the environment, else from standard input: never from the command line, which other users of
 * the machine can read. Throws `CliError` where there is none.
 */
export async function readSecret(
  stdin: NodeJS.ReadStream,
  env: NodeJS.ProcessEnv,
  { variable, prompt }: WantedSecret = OF_A_SOURCE,
): Promise<string> {
  const given = env[variable] ?? '';
  if (given !== '') return given;
  if (stdin.isTTY) process.stderr.write(`${prompt}, then Enter and Ctrl-D: `);
  const secret = (await text(stdin)).trim();
  if (secret === '') throw new CliError(`no ${prompt}: standard input is empty`, 2);
  return secret;
}
