import { openDatabase, type Database } from '#prisma/client.ts';
import { CliError } from './cli-error.ts';
import type { LocalSystem } from './find-api.ts';

/**
 * Runs work on the database of the system, and closes it.
 *
 * @throws {CliError} when no database is known, or it does not answer.
 */
export async function withDatabase<Result>(
  { environment, run }: LocalSystem,
  work: (db: Database) => Promise<Result>,
): Promise<Result> {
  const url = environment.DATABASE_URL ?? run?.databaseUrl;
  if (url === undefined) throw new CliError('no database is known: start the system, or set DATABASE_URL');
  const db = openDatabase(url, { poolSize: 4 });
  try {
    await db.$queryRaw`SELECT 1`.catch((error: unknown) => {
      throw new CliError(
        `the database does not answer: ${error instanceof Error ? error.message : String(error)}`,
      );
    });
    return await work(db);
  } finally {
    await db.$disconnect();
  }
}
