import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MigrationList } from '@prisma/schema-engine-wasm/schema_engine_bg';

/** Prisma's own layout: `<timestamp>_<name>/migration.sql` and `migration_lock.toml`. */
export const MIGRATIONS_FOLDER = fileURLToPath(new URL('migrations', import.meta.url));

const LOCK_FILE = 'migration_lock.toml';
const LOCK_CONTENT =
  '# Written by Prisma tooling; kept in version control with the migrations.\nprovider = "postgresql"\n';
const SCRIPT = 'migration.sql';

/** The migrations of a folder in the order they apply: all, or those of the given names. */
export function readMigrations(folder: string, only?: readonly string[]): MigrationList {
  const lockFile = join(folder, LOCK_FILE);
  return {
    baseDir: folder,
    lockfile: {
      path: LOCK_FILE,
      content: existsSync(lockFile) ? readFileSync(lockFile, 'utf8') : LOCK_CONTENT,
    },
    shadowDbInitScript: '',
    migrationDirectories: namesToApply(folder, only).map((name) => ({
      path: name,
      migrationFile: {
        path: SCRIPT,
        content: { tag: 'ok', value: readFileSync(join(folder, name, SCRIPT), 'utf8') },
      },
    })),
  };
}

/** Adds a migration to a folder and returns its directory's name. `now` names it; the order of names is that of application. */
export function writeMigration(folder: string, name: string, sql: string, now: Date): string {
  const stamp = now.toISOString().replaceAll(/\D/g, '').slice(0, 14);
  const directory = `${stamp}_${name}`;
  mkdirSync(join(folder, directory), { recursive: true });
  writeFileSync(join(folder, directory, SCRIPT), sql);
  if (!existsSync(join(folder, LOCK_FILE))) writeFileSync(join(folder, LOCK_FILE), LOCK_CONTENT);
  return directory;
}

const namesToApply = (folder: string, only: readonly string[] | undefined): string[] =>
  migrationNames(folder).filter((name) => only === undefined || only.includes(name));

/** The names of the migrations of a folder, in the order they apply. */
export function migrationNames(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, SCRIPT)))
    .map((entry) => entry.name)
    .sort();
}
