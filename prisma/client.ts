import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client.ts';

/** The books. One per process: it holds the connection pool. */
export type Database = PrismaClient;
/** The books inside a transaction. */
export type Transaction = Parameters<Parameters<Database['$transaction']>[0]>[0];
/** Either: what a repository function needs to read or write. */
export type DatabaseOrTransaction = Database | Transaction;

const DEFAULT_POOL_SIZE = 20;
const poolSizes = new WeakMap<Database, number>();

/** How many connections the books have in this process. */
export const poolSizeOf = (db: Database): number => poolSizes.get(db) ?? DEFAULT_POOL_SIZE;

/** Opens the books. Connects at the first query; close with `$disconnect()`. */
export function openDatabase(url: string, { poolSize = DEFAULT_POOL_SIZE } = {}): Database {
  const adapter = new PrismaPg({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 15_000,
  });
  const db = new PrismaClient({ adapter });
  poolSizes.set(db, poolSize);
  return db;
}
