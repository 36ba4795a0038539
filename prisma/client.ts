import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from './generated/client.ts';

/** The books. One per process: it holds the connection pool. */
export type Database = PrismaClient;
/** The books inside a transaction. */
export type Transaction = Parameters<Parameters<Database['$transaction']>[0]>[0];
/** Either: what a repository function needs to read or write. */
export type DatabaseOrTransaction = Database | Transaction;

/** Opens the books. Connects at the first query; close with `$disconnect()`. */
export function openDatabase(url: string, options: { poolSize?: number } = {}): Database {
  const adapter = new PrismaPg({
    connectionString: url,
    max: options.poolSize ?? 20,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 15_000,
  });
  return new PrismaClient({ adapter });
}
