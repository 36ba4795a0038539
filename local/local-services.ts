import { DEFAULT_NAMESPACE, type Environment } from '#config/env.ts';
import { migrate } from '#prisma/migrate.ts';
import { SEARCH_ATTRIBUTES } from '#workflows/names.ts';
import { provideDatabase, provideTemporal, type ProvidedDatabase, type ProvidedTemporal } from './provide.ts';
import type { StateDir } from './state-dir.ts';

export interface LocalServicesOptions {
  state: StateDir;
  env: NodeJS.ProcessEnv;
  /** The environment, read. */
  given: Environment;
  /** Receives a line of progress of one part. */
  log: (part: string, line: string) => void;
}

/** The database to use, migrated. */
export async function startDatabase({ state, given, log }: LocalServicesOptions): Promise<ProvidedDatabase> {
  const say = (line: string): void => log('postgres', line);
  const database = await provideDatabase(given.DATABASE_URL, state, say);
  try {
    await migrate(database.url, { log: say });
    return database;
  } catch (error) {
    await database.stop();
    throw error;
  }
}

/** The Temporal server to use, with the namespace and its search attributes. */
export const startTemporal = ({ state, env, given, log }: LocalServicesOptions): Promise<ProvidedTemporal> =>
  provideTemporal(
    {
      address: given.TEMPORAL_ADDRESS,
      cliPath: env['TEMPORAL_CLI_PATH'],
      namespace: given.TEMPORAL_NAMESPACE ?? DEFAULT_NAMESPACE,
      searchAttributes: Object.values(SEARCH_ATTRIBUTES),
      env,
    },
    state,
    (line) => log('temporal', line),
  );

/** Rejects when a service of ours ends. */
export async function endOf({ name, exited, logFile }: ProvidedDatabase | ProvidedTemporal): Promise<never> {
  await exited;
  throw new Error(`${name} has ended unasked${logFile === undefined ? '' : `; its log is ${logFile}`}`);
}
