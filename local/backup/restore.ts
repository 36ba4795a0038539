import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';
import { apiKeyFile, writeSecretFile } from '#config/secret-files.ts';
import { openDatabase } from '#prisma/client.ts';
import { migrate } from '#prisma/migrate.ts';
import { MIGRATIONS_FOLDER, migrationNames } from '#prisma/migrations-folder.ts';
import { newApiKey, saveApiKey } from '#prisma/repositories/api-keys.ts';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import { ensureOwner } from '#prisma/repositories/users.ts';
import { readArchive, type BackupHeader } from './archive.ts';
import { temporalDatabase } from './backup.ts';
import { isEmpty, loadTables, withDatabase } from './database-copy.ts';
import { loadTemporal } from './temporal-copy.ts';
import { startPostgres } from '../postgres/embedded.ts';
import { openStateDir, type StateDir } from '../state-dir.ts';

/** Something is in the way of a restore; nothing was changed. */
export class RestoreError extends Error {
  override readonly name = 'RestoreError';
  readonly code = 'restore_refused';
}

/** What a backup holds. */
export interface BackupContent extends BackupHeader {
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** The version of the Temporal server whose database is in it. */
  readonly temporalServer: string | null;
}

export interface RestoreRequest {
  readonly file: string;
  /** Path of the state folder, which need not be there. */
  readonly stateDir: string;
  /** A database that has no table yet; null for the embedded one. */
  readonly databaseUrl: string | null;
  /** Whether the database of the embedded Temporal server is wanted. */
  readonly withTemporal: boolean;
  readonly log: (line: string) => void;
}

/** Reads a whole backup. @throws {ArchiveError} where it is cut short or damaged. */
export async function inspectBackup(file: string): Promise<BackupContent> {
  let head: BackupHeader | undefined;
  let temporalServer: string | null = null;
  const rows: Record<string, number> = {};
  await readArchive(file, {
    header: (found) => void (head = found),
    async part(found, lines) {
      let count = 0;
      // oxlint-disable-next-line no-unused-vars -- counted, not used
      for await (const _ of lines) count += 1;
      if ('table' in found) rows[found.table] = count;
      else temporalServer = found.temporalServer;
    },
  });
  if (!head) throw new TypeError('a backup was read without its first line');
  return { ...head, rows, temporalServer };
}

/**
 * Brings a backup into an empty state folder, or an empty database, and stops entries until a person releases them:
 * what happened at the venues since then is not in the books before the next comparison with them.
 *
 * @throws {RestoreError | ArchiveError} before anything is changed. Whatever fails later leaves things empty again.
 */
export async function restoreBackup(request: RestoreRequest): Promise<BackupContent> {
  const { file, databaseUrl, log } = request;
  const content = await inspectBackup(file);
  refuseNewer(content);
  const state = openStateDir(request.stateDir);
  const lock = state.lock();
  try {
    const restore = { ...request, state };
    refuseInTheWay(restore);
    try {
      if (databaseUrl !== null) await restoreInto(databaseUrl, content, restore);
      else await restoreEmbedded(content, restore);
    } catch (error) {
      if (request.withTemporal) rmSync(temporalFile(state), { force: true });
      throw error;
    }
    log('entries are stopped until you release them');
    return content;
  } finally {
    lock.release();
  }
}

const postgresFolder = ({ root }: StateDir): string => join(root, 'postgres');
const temporalFile = ({ root }: StateDir): string => temporalDatabase(join(root, 'temporal'));

function refuseInTheWay({ state, databaseUrl, withTemporal }: Restore): void {
  const inTheWay = [
    ...(databaseUrl === null ? [join(postgresFolder(state), 'data')] : []),
    ...(withTemporal ? [temporalFile(state)] : []),
  ].find(existsSync);
  if (inTheWay === undefined) return;
  throw new RestoreError(`${inTheWay} exists: restore into an empty folder, named by SIGNALMAN_STATE_DIR`);
}

function refuseNewer({ migrations, version }: BackupContent): void {
  const known = new Set(migrationNames(MIGRATIONS_FOLDER));
  const unknown = migrations.filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw new RestoreError(
    `the backup is of a newer program (${version}): this one does not know ${unknown.join(', ')}`,
  );
}

type Restore = RestoreRequest & { state: StateDir };

async function restoreEmbedded(content: BackupContent, request: Restore): Promise<void> {
  const dataDir = postgresFolder(request.state);
  try {
    const postgres = await startPostgres({ dataDir, log: request.log });
    try {
      await restoreInto(postgres.url, content, request);
    } finally {
      await postgres.stop();
    }
  } catch (error) {
    rmSync(dataDir, { recursive: true, force: true });
    throw error;
  }
}

async function restoreInto(url: string, content: BackupContent, request: Restore): Promise<void> {
  const { log } = request;
  await withDatabase(url, async (client) => {
    if (!(await isEmpty(client))) {
      throw new RestoreError('the database has tables already: restore into one that is empty');
    }
    try {
      await migrate(url, { log, only: content.migrations });
      await load(client, content, request);
      await migrate(url, { log });
      await makeApiKey(url, request.state.root);
    } catch (error) {
      await client.query('ROLLBACK');
      await client.query(EMPTY_AGAIN).catch(() => undefined);
      throw error;
    }
  });
}

/** The brake comes with the rows: whatever happens next, no entry goes out by them. */
function load(client: Client, { takenAt }: BackupContent, request: Restore): Promise<void> {
  const { file, state, withTemporal, log } = request;
  return loadTables(client, async (loadTable) => {
    await readArchive(file, {
      header: () => undefined,
      async part(head, lines) {
        if ('table' in head) return loadTable(head.table, head.columns, lines);
        if (withTemporal) {
          state.folder('temporal');
          await loadTemporal(lines, temporalFile(state));
          return log(`wrote the database of Temporal ${head.temporalServer}`);
        }
        // oxlint-disable-next-line no-unused-vars -- passed over
        for await (const _ of lines);
      },
    });
    await client.query(STOP_ENTRIES, [`restored from a backup of ${new Date(takenAt).toISOString()}`]);
  });
}

/** With an id that rises with time, as all of them: UUID version 7 (RFC 9562, section 5.7). */
const STOP_ENTRIES = `
  INSERT INTO entry_brake (id, scope, code, reason, set_by)
  SELECT (lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7' ||
    substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid, 'system', 'entries_braked', $1, 'restore'`;

/** Removes what a failed restore has made of a database that had no table. */
const EMPTY_AGAIN = `
  DO $$
  DECLARE name text := current_schema();
  BEGIN
    EXECUTE format('DROP SCHEMA %I CASCADE', name);
    EXECUTE format('CREATE SCHEMA %I', name);
  END $$`;

/** Makes a key for the API where the state folder has none: of those of then only hashes are kept. */
async function makeApiKey(url: string, stateDir: string): Promise<void> {
  const key = newApiKey();
  if (!writeSecretFile(apiKeyFile(stateDir), key)) return;
  const db = openDatabase(url);
  try {
    await db.$transaction(async (tx) => {
      const { id: userId } = await ensureOwner(tx);
      const { id } = await saveApiKey(tx, { userId, name: 'restored', key });
      await recordChange(tx, { actor: 'restore', action: 'apiKey.create', subject: `apiKey/${id}` });
    });
  } finally {
    await db.$disconnect();
  }
}
