import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient, type Prisma } from './generated/client.ts';
import { createReadyConnections, type ReadyConnections } from './ready-connections.ts';
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

const DEFAULT_POOL_SIZE = 16;
/** A process that sends or posts orders has one ready connection more for each of this many in its pool. */
const POOLED_PER_READY = 4;
const poolSizes = new WeakMap<Database, number>();
const readyConnections = new WeakMap<DatabaseOrTransaction, ReadyConnections>();

/** Returns the number of connections that the pool of this process may open. */
export const poolSizeOf = (db: Database): number => poolSizes.get(db) ?? DEFAULT_POOL_SIZE;

/** Creates the database client. It connects at the first query; close it with `$disconnect()`. */
export function openDatabase(url: string, { poolSize = DEFAULT_POOL_SIZE } = {}): Database {
  const config = {
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 15_000,
    Client: StorableClient,
  };
  const adapter = new PrismaPg(
    { ...config, max: poolSize, idleTimeoutMillis: 30_000 },
    { statementNameGenerator: nameStatements() },
  );
  const db = new PrismaClient({ adapter });
  const ready = createReadyConnections(config, Math.max(1, Math.floor(poolSize / POOLED_PER_READY)));
  closeWith(db, ready);
  poolSizes.set(db, poolSize);
  readyConnections.set(db, ready);
  return db;
}

/** Has `$disconnect` close the ready connections too. */
function closeWith(db: Database, ready: ReadyConnections): void {
  const disconnect = db.$disconnect.bind(db);
  db.$disconnect = async () => void (await Promise.all([disconnect(), ready.close()]));
}

/**
 * Runs a statement that an order waits for, on a connection that is ready for it, or in the given transaction. Integers
 * of 64 bits in its rows come as text or bigint.
 */
export async function queryReady<Row>(db: DatabaseOrTransaction, statement: Prisma.Sql): Promise<Row[]> {
  const rows = await readyConnections.get(db)?.query<Row>(statement);
  return rows ?? db.$queryRaw<Row[]>(statement);
}

/** Opens the ready connections and has each run these statements once, in a transaction that is rolled back. */
export async function prepareReady(db: Database, statements: readonly Prisma.Sql[]): Promise<void> {
  await readyConnections.get(db)?.prepare(statements);
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
