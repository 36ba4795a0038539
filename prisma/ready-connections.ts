import { Pool, type ClientBase, type PoolConfig } from 'pg';
import type { Prisma } from './generated/client.ts';

/** Connections of their own for the statements that orders wait for. */
export interface ReadyConnections {
  /** Runs a statement and returns its rows, as the driver reads them; null, with nothing run, when none is to be had. */
  query<Row>(statement: Prisma.Sql): Promise<Row[] | null>;
  /**
   * Opens the connections and has each run the statements once, in a transaction that is rolled back. Connections that
   * come later do so before their first use.
   */
  prepare(statements: readonly Prisma.Sql[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Creates connections on which Postgres keeps the plan of every statement. A connection that meets a statement for the
 * first time takes ten times as long for it, and makes its plan anew up to the fifth time; these run few statements,
 * keep the first plan, and are never closed for idleness. They open at the first use.
 */
export function createReadyConnections(config: PoolConfig, size: number): ReadyConnections {
  const names = new Map<string, string>();
  let prepared: readonly Prisma.Sql[] = [];
  const pool = new Pool({
    ...config,
    max: size,
    idleTimeoutMillis: 0,
    keepAlive: true,
    options: '-c plan_cache_mode=force_generic_plan',
    // oxlint-disable-next-line typescript/no-misused-promises -- the pool waits for it, which its types do not say
    onConnect: (client) => runAll(client, prepared),
  });
  // A connection that ends while nobody uses it is replaced at the next use.
  pool.on('error', () => undefined);

  /** Returns the statement under a name, by which Postgres knows it again. */
  function named({ text, values }: Prisma.Sql) {
    const name = names.get(text) ?? `ready_${names.size + 1}`;
    names.set(text, name);
    return { name, text, values: values.map(toValue) };
  }

  async function runAll(client: ClientBase, statements: readonly Prisma.Sql[]): Promise<void> {
    if (statements.length === 0) return;
    await client.query('BEGIN');
    for (const statement of statements) await client.query(named(statement));
    await client.query('ROLLBACK');
  }

  return {
    async query<Row>(statement: Prisma.Sql) {
      const client = await pool.connect().catch(() => null);
      if (client === null) return null;
      try {
        const { rows } = await client.query<Row & object>(named(statement));
        client.release();
        return rows;
      } catch (error) {
        client.release(isOfStatement(error) ? undefined : true);
        throw error;
      }
    },
    async prepare(statements) {
      prepared = statements;
      const clients = await Promise.all(Array.from({ length: size }, () => pool.connect()));
      for (const client of clients) client.release();
    },
    close: () => pool.end(),
  };
}

/** Returns whether the error is one of the statement alone, after which the connection goes on. */
const isOfStatement = (error: unknown): boolean =>
  error instanceof Error && 'severity' in error && error.severity === 'ERROR';

/** Returns a value as the driver is to send it: times in UTC, whatever the time zone of the process. */
const toValue = (value: unknown): unknown => (value instanceof Date ? value.toISOString() : value);
