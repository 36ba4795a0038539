import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '#process/json-file.ts';
import { z } from 'zod';
import { writeArchive } from './archive.ts';
import { dumpTables, readMigrationNames, withDatabase } from './database-copy.ts';
import { dumpTemporal } from './temporal-copy.ts';

export interface BackupRequest {
  readonly file: string;
  readonly databaseUrl: string;
  /** The folder of the embedded Temporal server; null where the server is somebody else's. */
  readonly temporalFolder: string | null;
  /** Of the program. */
  readonly version: string;
  /** Variables that are set, without secrets. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Where the development server keeps its database. */
export const temporalDatabase = (folder: string): string => join(folder, 'temporal.db');

const lastStart = z.object({ serverVersion: z.string() });

/**
 * Writes a backup of a system, which may go on running: Temporal's database first, then ours. Restored, workflows are
 * then at most behind the books, as after the crash of a worker, and never ahead of them.
 *
 * @throws {ArchiveError} when the file exists; errors of the database and of the disk as they come, without a file.
 */
export async function writeBackup(request: BackupRequest): Promise<void> {
  const { file, databaseUrl, temporalFolder, version, settings } = request;
  await withDatabase(databaseUrl, async (client) => {
    const migrations = await readMigrationNames(client);
    const head = { version, takenAt: Date.now(), migrations, settings: { ...settings } };
    await writeArchive(file, head, async (archive) => {
      if (temporalFolder !== null && existsSync(temporalDatabase(temporalFolder))) {
        const last = lastStart.safeParse(readJson(join(temporalFolder, 'last-start.json'))).data;
        const server = last?.serverVersion ?? 'unknown';
        await dumpTemporal(temporalDatabase(temporalFolder), server, temporalFolder, archive);
      }
      await dumpTables(client, archive);
    });
  });
}
