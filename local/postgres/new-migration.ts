// Writes the migration that leads from the ones in prisma/migrations to prisma/schema.prisma:
//   node local/postgres/new-migration.ts NAME
// It starts an embedded Postgres of its own in a temporary folder to replay the earlier ones in.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from './embedded.ts';
import { diffMigration } from '#prisma/migrate.ts';
import { MIGRATIONS_FOLDER, writeMigration } from '#prisma/migrations-folder.ts';

const [name] = process.argv.slice(2);
if (name === undefined || !/^[a-z0-9_]+$/.test(name)) {
  console.error(
    'usage: node local/postgres/new-migration.ts NAME, where NAME has lower-case letters, digits and _ only',
  );
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'signalman-migration-'));
const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), log: () => {} });
try {
  const sql = await diffMigration(postgres.url, MIGRATIONS_FOLDER);
  console.log(
    sql === ''
      ? 'schema and migrations agree; nothing written'
      : `wrote ${writeMigration(MIGRATIONS_FOLDER, name, sql, new Date())}`,
  );
} finally {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}
