import { createHash } from 'node:crypto';
import type { MigrationList } from '@prisma/schema-engine-wasm/schema_engine_bg';
import type { Client } from 'pg';

interface Applied {
  migration_name: string;
  checksum: string;
  is_done: boolean;
}

/**
 * Whether the database has been given exactly these migrations, each with this very text. Prisma keeps the SHA-256 of
 * the text in its history. False means only that the engine has to look.
 */
export async function isUpToDate(client: Client, { migrationDirectories }: MigrationList): Promise<boolean> {
  const [table] = (
    await client.query<{ name: string | null }>(`SELECT to_regclass('_prisma_migrations')::text AS name`)
  ).rows;
  if (!table?.name) return false;
  const { rows } = await client.query<Applied>(
    'SELECT migration_name, checksum, finished_at IS NOT NULL AND rolled_back_at IS NULL AS is_done FROM _prisma_migrations',
  );
  const applied = new Map(
    rows.filter(({ is_done }) => is_done).map((row) => [row.migration_name, row.checksum]),
  );
  return (
    rows.length === migrationDirectories.length &&
    migrationDirectories.every(
      ({ path, migrationFile: { content } }) =>
        content.tag === 'ok' && applied.get(path) === sha256(content.value),
    )
  );
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
