import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { Client } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { inPieces, type ArchiveWriter } from './archive.ts';

interface Table {
  name: string;
  columns: string[];
  /** Names of the tables that its rows refer to. */
  needs: string[];
}

/** Kept by the migrations themselves. */
const HISTORY = '_prisma_migrations';
const CONNECT_WITHIN_MS = 10_000;

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Calls with a connection to the database, which is closed after. */
export async function withDatabase<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_WITHIN_MS });
  // A lost connection shows in the next query; as an event without a listener it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** The names of the migrations that a database has had, in their order. */
export async function readMigrationNames(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT migration_name AS name FROM ${HISTORY}
     WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY migration_name`,
  );
  return rows.map(({ name }) => name);
}

/** Whether the database has no table. */
export async function isEmpty(client: Client): Promise<boolean> {
  return (await readTables(client)).length === 0;
}

/** Writes every table as it is at one moment; others go on writing meanwhile. */
export async function dumpTables(client: Client, archive: ArchiveWriter): Promise<void> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  for (const { name, columns } of inOrderOfNeed(await readTables(client))) {
    if (name === HISTORY) continue;
    const list = columns.map(quoted).join(', ');
    // oxlint-disable-next-line no-await-in-loop -- one connection, one moment
    await archive.part(
      { table: name, columns },
      client.query(copyTo(`COPY ${quoted(name)} (${list}) TO STDOUT`)),
    );
  }
  await client.query('COMMIT');
}

/** Takes rows into a table that has none, inside of the transaction of {@link loadTables}. */
export type LoadTable = (
  table: string,
  columns: readonly string[],
  lines: AsyncIterable<Buffer>,
) => Promise<void>;

/** Runs a load as one transaction in which no trigger of ours fires; sequences go on behind what was loaded. */
export async function loadTables(client: Client, run: (load: LoadTable) => Promise<void>): Promise<void> {
  const tables = await readTables(client);
  await client.query('BEGIN');
  // Migrations write rows of their own.
  await client.query(
    `TRUNCATE ${tables
      .filter(({ name }) => name !== HISTORY)
      .map(({ name }) => quoted(name))
      .join(', ')}`,
  );
  // What fires at other times has fired before the backup: the rows it wrote are among those that are loaded.
  for (const { name } of tables) await client.query(`ALTER TABLE ${quoted(name)} DISABLE TRIGGER USER`);
  await run(async (table, columns, lines) => {
    const list = columns.map(quoted).join(', ');
    const copying = client.query(copyFrom(`COPY ${quoted(table)} (${list}) FROM STDIN`));
    await pipeline(Readable.from(inPieces(lines)), copying);
  });
  for (const { name } of tables) await client.query(`ALTER TABLE ${quoted(name)} ENABLE TRIGGER USER`);
  await client.query(SEQUENCES);
  await client.query('COMMIT');
}

/** Sets each sequence of a column to its highest value. */
const SEQUENCES = `
  DO $$
  DECLARE owned record;
  BEGIN
    FOR owned IN
      SELECT c.oid::regclass AS sequence, t.oid::regclass AS owner, a.attname AS owning
      FROM pg_class c
      JOIN pg_depend d ON d.objid = c.oid AND d.deptype IN ('a', 'i') AND d.refclassid = 'pg_class'::regclass
      JOIN pg_class t ON t.oid = d.refobjid
      JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
      WHERE c.relkind = 'S' AND c.relnamespace = current_schema()::regnamespace
    LOOP
      EXECUTE format('SELECT setval(%L, (SELECT max(%I) FROM %s))', owned.sequence, owned.owning, owned.owner);
    END LOOP;
  END $$`;

async function readTables(client: Client): Promise<Table[]> {
  const { rows } = await client.query<Table>(`
    SELECT c.relname AS name,
      (SELECT coalesce(array_agg(a.attname::text ORDER BY a.attnum), '{}') FROM pg_attribute a
       WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns,
      (SELECT coalesce(array_agg(DISTINCT r.relname::text), '{}') FROM pg_constraint k
       JOIN pg_class r ON r.oid = k.confrelid
       WHERE k.conrelid = c.oid AND k.contype = 'f' AND r.oid <> c.oid) AS needs
    FROM pg_class c
    WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
    ORDER BY c.relname`);
  return rows;
}

/** Tables behind those that their rows refer to. @throws when two need each other: no order serves then. */
function inOrderOfNeed(tables: readonly Table[]): Table[] {
  const placed = new Set<string>();
  const order: Table[] = [];
  while (order.length < tables.length) {
    const next = tables.filter(
      ({ name, needs }) => !placed.has(name) && needs.every((need) => placed.has(need)),
    );
    if (next.length === 0) throw new Error('tables refer to each other in a circle');
    for (const table of next) placed.add(table.name);
    order.push(...next);
  }
  return order;
}
