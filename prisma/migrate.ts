import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type {
  DiffTarget,
  HistoryDiagnostic,
  MigrationList,
  SchemaFilter,
} from '@prisma/schema-engine-wasm/schema_engine_bg';
import { Client } from 'pg';
import { MIGRATIONS_FOLDER, readMigrations } from './migrations-folder.ts';
import { isUpToDate } from './migration-history.ts';
import type { SchemaEngine } from './schema-engine.ts';

export interface MigrateOptions {
  /** Default: the project's own migrations. */
  readonly folder?: string;
  /** Names of the migrations to apply, and no others: for a database that a backup of then is read into. */
  readonly only?: readonly string[];
  /** Receives one line when done. */
  readonly log: (line: string) => void;
}

export type MigrationErrorCode =
  | 'database_newer'
  | 'histories_differ'
  | 'migration_edited'
  | 'migration_failed'
  | 'unreachable';

/** The database cannot be brought to this version of the program without a person. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
  readonly code: MigrationErrorCode;

  constructor(code: MigrationErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Nothing in the database is managed by others. */
const WHOLE_DATABASE: SchemaFilter = { externalTables: [], externalEnums: [] };

/** Ours among the advisory locks of a database; Prisma's command line takes 72707369. */
const ADVISORY_LOCK = 7_446_256_001;
const LOCK_WAIT_MS = 120_000;

const SCHEMA_FILE = fileURLToPath(new URL('schema.prisma', import.meta.url));

/**
 * Applies the migrations that the database does not have yet and returns their names: none when it is up to date.
 * The history is kept where and as `prisma migrate deploy` keeps it. Of several callers one migrates, others wait.
 *
 * @throws {MigrationError} that names the migration and what to do.
 */
export function migrate(databaseUrl: string, options: MigrateOptions): Promise<readonly string[]> {
  const migrationsList = readMigrations(options.folder ?? MIGRATIONS_FOLDER, options.only);
  return withAdvisoryLock(databaseUrl, async (client) => {
    const names = (await isUpToDate(client, migrationsList))
      ? []
      : await applyMissing(databaseUrl, migrationsList);
    options.log(describe(names));
    return names;
  });
}

const describe = (names: readonly string[]): string => {
  if (names.length === 0) return 'the database is up to date';
  if (names.length === 1) return `migrated the database: ${names[0]}`;
  return `migrated the database: ${names.length} migrations, ${names[0]} to ${names.at(-1)}`;
};

/**
 * The SQL that would turn the database into what the schema says; empty when it is that already. It compares what
 * Prisma can express, so not check constraints or partial indexes.
 */
export function schemaDrift(databaseUrl: string, schema: string = projectSchema()): Promise<string> {
  const files = [{ path: 'schema.prisma', content: schema }];
  return diff(databaseUrl, { tag: 'schemaDatasource', files, configDir: '.' }, schema);
}

/**
 * The SQL that leads from the migrations of a folder to the schema; empty when they agree. The migrations are
 * replayed in a temporary database beside the given one, whose user must be allowed to create it.
 */
export function diffMigration(
  databaseUrl: string,
  folder: string,
  schema: string = projectSchema(),
): Promise<string> {
  return diff(databaseUrl, { tag: 'migrations', ...readMigrations(folder) }, schema);
}

async function diff(databaseUrl: string, from: DiffTarget, schema: string): Promise<string> {
  const to: DiffTarget = { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: schema }] };
  const params = { from, to, script: true, exitCode: null, filters: WHOLE_DATABASE };
  const { stdout } = await withEngine(databaseUrl, (engine) => engine.diff(params));
  return stdout === null || stdout.trim() === '-- This is an empty migration.' ? '' : stdout;
}

const applyMissing = (databaseUrl: string, migrationsList: MigrationList): Promise<readonly string[]> =>
  withEngine(databaseUrl, async (engine) => {
    await checkHistory(engine, migrationsList);
    return apply(engine, migrationsList);
  });

/** The engine is loaded only where it is needed: that takes half a second and 200 MB. */
async function withEngine<T>(databaseUrl: string, use: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  const { withSchemaEngine } = await import('./schema-engine.ts');
  return withSchemaEngine(databaseUrl, use);
}

async function checkHistory(engine: SchemaEngine, migrationsList: MigrationList): Promise<void> {
  const { editedMigrationNames, failedMigrationNames, history } = await engine.diagnoseMigrationHistory({
    migrationsList,
    optInToShadowDatabase: false,
    filters: WHOLE_DATABASE,
  });
  if (failedMigrationNames.length > 0) {
    throw new MigrationError(
      'migration_failed',
      `${failedMigrationNames.join(', ')} failed in an earlier run and may be half applied; repair the database, ` +
        'then tell it with: npx prisma migrate resolve --applied | --rolled-back NAME',
    );
  }
  if (editedMigrationNames.length > 0) {
    throw new MigrationError(
      'migration_edited',
      `${editedMigrationNames.join(', ')} was changed after it had been applied; restore the file and add a new migration`,
    );
  }
  if (history) refuseForeignHistory(history);
}

function refuseForeignHistory(history: HistoryDiagnostic): void {
  if (history.diagnostic === 'databaseIsBehind') return;
  const unknown = history.unpersistedMigrationNames.join(', ');
  if (history.diagnostic === 'migrationsDirectoryIsBehind') {
    throw new MigrationError(
      'database_newer',
      `the database is newer than this program: it has ${unknown}; update the program or use another database`,
    );
  }
  throw new MigrationError(
    'histories_differ',
    `the database has ${unknown}, which this program does not know, and lacks ` +
      `${history.unappliedMigrationNames.join(', ')}; it belongs to another version, use another database`,
  );
}

async function apply(engine: SchemaEngine, migrationsList: MigrationList): Promise<readonly string[]> {
  try {
    const done = await engine.applyMigrations({ migrationsList, filters: WHOLE_DATABASE });
    return done.appliedMigrationNames;
  } catch (cause) {
    throw new MigrationError('migration_failed', explain(cause), { cause });
  }
}

/** The engine's error is a sentence or two and then its own call stack, which has the migration's name. */
function explain(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  const name = /migration_name="([^"]+)"/.exec(text)?.[1] ?? 'a migration';
  const [reason = text] = text.split(/\n\s+0: /);
  return `${name} failed: ${reason.replaceAll(/\s+/g, ' ').trim()}`;
}

/** Runs work under the migration lock. A killed migrator's connection ends and releases the lock. */
async function withAdvisoryLock<T>(databaseUrl: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  // A lost connection shows in the next query; as an event without a listener it would end the process.
  client.on('error', () => {});
  await connect(client, databaseUrl);
  try {
    await client.query(`SET lock_timeout = ${LOCK_WAIT_MS}`);
    await client.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCK]);
    return await work(client);
  } finally {
    await client.end();
  }
}

async function connect(client: Client, databaseUrl: string): Promise<void> {
  try {
    await client.connect();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new MigrationError('unreachable', `the database at ${new URL(databaseUrl).host}: ${why}`, {
      cause,
    });
  }
}

function projectSchema(): string {
  return readFileSync(SCHEMA_FILE, 'utf8');
}
