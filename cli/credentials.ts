import { rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { readJson, writeJson } from '#process/json-file.ts';
import { makePrivateFolder } from '#process/private-files.ts';

const credentials = z.object({ url: z.string(), key: z.string() });

/** The server that commands talk to when the environment names none, and the key that opens it. */
export type Credentials = z.output<typeof credentials>;

/** Returns where they are kept; no other user may read the file. */
export const credentialsFile = (env: NodeJS.ProcessEnv): string =>
  join(env['XDG_CONFIG_HOME'] ?? join(env['HOME'] ?? homedir(), '.config'), 'signalman', 'login.json');

/** Returns what `signalman login` has kept, or null. */
export function readCredentials(env: NodeJS.ProcessEnv): Credentials | null {
  const read = credentials.safeParse(readJson(credentialsFile(env)));
  return read.success ? read.data : null;
}

export function keepCredentials(env: NodeJS.ProcessEnv, kept: Credentials): void {
  const file = credentialsFile(env);
  makePrivateFolder(dirname(file));
  writeJson(file, kept);
}

export const forgetCredentials = (env: NodeJS.ProcessEnv): void =>
  rmSync(credentialsFile(env), { force: true });
