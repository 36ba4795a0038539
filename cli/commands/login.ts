import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { createApiClient } from '#api/client.ts';
import type { ApiKey } from '#api/schemas/api-key.ts';
import { createOutput } from '#terminal/output.ts';
import { CliError } from '../cli-error.ts';
import { credentialsFile, keepCredentials } from '../credentials.ts';
import { findSystem } from '../find-api.ts';

/** `signalman login [url]`: tries a key and keeps it with the address of its server. */
export const loginCommand = (): Command =>
  new Command('login')
    .description(
      'keep the address of a server and a key that opens it for the commands of this user; the key comes from standard input, never from the command line. SIGNALMAN_URL and SIGNALMAN_API_KEY go before what is kept',
    )
    .argument('[url]', 'address of the API (default: SIGNALMAN_URL, else the one found here)')
    .option('--json', 'print JSON')
    .action(login);

async function login(given: string | undefined, { json }: { json?: boolean }): Promise<void> {
  const out = createOutput(process.stdout, process.env);
  const url = readUrl(given ?? findSystem(process.env).apiUrl.value);
  if (process.stdin.isTTY) process.stderr.write(`key of ${url}, then Enter and Ctrl-D: `);
  const key = (await text(process.stdin)).trim();
  if (!/^[\w-]{20,200}$/.test(key)) throw new CliError('standard input holds no API key', 2);
  const keys = await createApiClient({ url, key }).list<ApiKey>('/api-keys', 100);
  keepCredentials(process.env, { url, key });
  const file = credentialsFile(process.env);
  const name = keys.find(({ current }) => current)?.name ?? 'unnamed';
  if (json) return out.json({ url, key: name, file });
  out.line(`signed in to ${url} with the key ${name}, kept in ${file}`);
}

function readUrl(given: string): string {
  if (!URL.canParse(given) || !/^https?:/.test(given)) throw new CliError(`${given} is no address`, 2);
  const { protocol, hostname, origin } = new URL(given);
  const isNear = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
  if (protocol === 'http:' && !isNear)
    throw new CliError(`${given} would carry the key in the clear: use https`, 2);
  return origin;
}
