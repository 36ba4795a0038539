import type { Database } from './client.ts';
import { MIGRATIONS_FOLDER, readMigrations } from './migrations-folder.ts';

/** The database lacks migrations of this version. */
export class DatabaseBehindError extends Error {
  override readonly name = 'DatabaseBehindError';
  readonly code = 'database_behind';
}

/** How many migrations this version has, and the names of those that the database lacks. */
export async function findPendingMigrations(
  db: Database,
): Promise<{ count: number; pending: readonly string[] }> {
  const wanted = readMigrations(MIGRATIONS_FOLDER).migrationDirectories.map(({ path }) => path);
  const applied = await appliedMigrations(db);
  return { count: wanted.length, pending: wanted.filter((name) => !applied.includes(name)) };
}

/** @throws {DatabaseBehindError} that says what to run when the database lacks migrations. */
export async function assertMigrated(db: Database): Promise<void> {
  const { count, pending } = await findPendingMigrations(db);
  if (pending.length === 0) return;
  throw new DatabaseBehindError(
    `the database lacks ${pending.length} of ${count} migrations: run npx signalman migrate`,
  );
}

async function appliedMigrations(db: Database): Promise<string[]> {
  const [table] = await db.$queryRaw<{ name: string | null }[]>`
    SELECT to_regclass('_prisma_migrations')::text AS name`;
  if (!table?.name) return [];
  const rows = await db.$queryRaw<{ migration_name: string }[]>`
    SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`;
  return rows.map((row) => row.migration_name);
}
