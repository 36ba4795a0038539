import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { removeFile, writeFileAtomic } from '#process/json-file.ts';
import type { PostgresAccount } from './account.ts';
import { PostgresUnavailableError, type PostgresBinaries } from './binaries.ts';

export const SUPERUSER = 'signalman';

const INITDB_TIMEOUT_MS = 120_000;
const run = promisify(execFile);

/** The random password of the cluster in `home`. @throws {PostgresUnavailableError} when its file is gone. */
export function readPassword(home: string): string {
  const file = passwordFile(home);
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  throw new PostgresUnavailableError(
    `${file} is missing, so nobody can log in; restore it, or remove ${home} to start empty`,
  );
}

/**
 * Creates the data folder `home/data` with its superuser and a random password. It appears under that name only
 * when it is complete: an interrupted attempt is simply done again.
 */
export async function createCluster(
  home: string,
  binaries: PostgresBinaries,
  account: PostgresAccount,
  log: (line: string) => void,
): Promise<void> {
  log('creating the Postgres data folder');
  const draft = join(home, 'data.new');
  const handover = join(home, 'password.new');
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  account.own(draft);
  removeFile(handover);
  const password = randomBytes(24).toString('base64url');
  writeFileAtomic(passwordFile(home), `${password}\n`);
  writeFileSync(handover, `${password}\n`, { mode: 0o600 });
  account.own(handover);
  try {
    await initdb(draft, handover, binaries, account);
  } finally {
    removeFile(handover);
  }
  renameSync(draft, join(home, 'data'));
}

async function initdb(
  data: string,
  password: string,
  binaries: PostgresBinaries,
  account: PostgresAccount,
): Promise<void> {
  const { file, args, ...ids } = account.command(binaries.initdb, [
    `--pgdata=${data}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${password}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // Postgres' own collation sorts text alike on every machine.
    '--no-locale',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ]);
  try {
    await run(file, args, { ...ids, timeout: INITDB_TIMEOUT_MS });
  } catch (cause) {
    throw new PostgresUnavailableError(`initdb failed: ${String(cause)}`, { cause });
  }
}

function passwordFile(home: string): string {
  return join(home, 'password');
}
