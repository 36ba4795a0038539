import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client.ts';
import { StorableClient } from './storable-client.ts';

/** The database client. One per process: it holds the connection pool. */
export type Database = PrismaClient;
/** The database client inside a transaction. */
export type Transaction = Parameters<Parameters<Database['$transaction']>[0]>[0];
/** Either: what a repository function needs to read or write. */
export type DatabaseOrTransaction = Database | Transaction;

/** How long one transaction may take, in ms. */
const TRANSACTION_TIMEOUT_MS = 20_000;

/** Runs work in the given transaction or in a transaction of its own, so that all of it is committed or nothing. */
export const inTransaction = <Result>(
  db: DatabaseOrTransaction,
  work: (tx: DatabaseOrTransaction) => Promise<Result>,
): Promise<Result> =>
  isDatabase(db) ? db.$transaction(work, { timeout: TRANSACTION_TIMEOUT_MS }) : work(db);

const isDatabase = (db: DatabaseOrTransaction): db is Database => '$transaction' in db && '$connect' in db;

const DEFAULT_POOL_SIZE = 20;
const poolSizes = new WeakMap<Database, number>();

/** Returns the number of connections that the pool of this process may open. */
export const poolSizeOf = (db: Database): number => poolSizes.get(db) ?? DEFAULT_POOL_SIZE;

/** Creates the database client. It connects at the first query; close it with `$disconnect()`. */
export function openDatabase(url: string, { poolSize = DEFAULT_POOL_SIZE } = {}): Database {
  const adapter = new PrismaPg(
    {
      connectionString: url,
      max: poolSize,
      connectionTimeoutMillis: 5_000,
      idleTimeoutMillis: 30_000,
      statement_timeout: 15_000,
      Client: StorableClient,
    },
    { statementNameGenerator: nameStatements() },
  );
  const db = new PrismaClient({ adapter });
  poolSizes.set(db, poolSize);
  return db;
}

/** Statements beyond these are read anew each time: lists of values of every length make statements without end. */
const MAX_NAMED_STATEMENTS = 300;

/** Postgres reads and plans a statement that has a name once per connection, which takes longer than to run most of ours. */
function nameStatements(): ({ sql }: { sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined || names.size >= MAX_NAMED_STATEMENTS) return known ?? '';
    const name = `signalman_${names.size + 1}`;
    names.set(sql, name);
    return name;
  };
}
