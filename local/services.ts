import { join } from 'node:path';
import { Client } from 'pg';
import { DEFAULT_NAMESPACE, type Environment } from '#config/env.ts';
import { migrate } from '#prisma/migrate.ts';
import { ServiceStartError } from '#process/service-process.ts';
import type { Stoppable } from '#process/stop-all.ts';
import { ensureNamespace } from '#temporal/namespace.ts';
import { SEARCH_ATTRIBUTES } from '#workflows/names.ts';
import type { Parts } from './parts.ts';
import { postgresLog, startPostgres } from './postgres/embedded.ts';
import type { StateDir } from './state-dir.ts';
import { startTemporal, temporalLog, type RunningTemporal } from './temporal/dev-server.ts';

export interface ServicesOptions {
  readonly state: StateDir;
  /** The environment of the programs that are run. */
  readonly env: NodeJS.ProcessEnv;
  /** The environment, read. */
  readonly given: Environment;
  /** Where the Web UI of an embedded Temporal server has payloads opened. */
  readonly codecUrl?: string | undefined;
  /** Receives a line of progress of one part. */
  readonly log: (part: string, line: string) => void;
}

/** A service in use: one that the user named, which is left alone, or an embedded one. */
export interface ProvidedDatabase extends Stoppable {
  readonly url: string;
}

export interface ProvidedTemporal extends Stoppable {
  readonly address: string;
  readonly namespace: string;
  /** Null for a server that the user named. */
  readonly uiUrl: string | null;
}

const CONNECT_WITHIN_MS = 10_000;

/**
 * Returns the database to use, migrated: the one of DATABASE_URL, else an embedded one in the state folder.
 *
 * @throws {ServiceStartError} when the given one does not answer; otherwise as {@link startPostgres} and migrate.
 */
export async function provideDatabase(options: ServicesOptions, parts: Parts): Promise<ProvidedDatabase> {
  const { DATABASE_URL: url } = options.given;
  const log = (line: string): void => options.log('postgres', line);
  const database = url === undefined ? await startDatabase(options, parts) : await reachDatabase(url, log);
  try {
    await migrate(database.url, { log });
    return database;
  } catch (error) {
    await database.stop();
    throw error;
  }
}

async function reachDatabase(url: string, log: (line: string) => void): Promise<ProvidedDatabase> {
  const { host } = new URL(url);
  await reach(`the database at ${host} (DATABASE_URL)`, () => connectOnce(url));
  log(`using the database at ${host} (DATABASE_URL)`);
  return { name: 'the given database', url, stop: async () => {} };
}

async function startDatabase({ state, log }: ServicesOptions, parts: Parts): Promise<ProvidedDatabase> {
  const dataDir = join(state.root, 'postgres');
  const part = await parts.start<{ url: string; port: number }>({
    name: 'postgres',
    kind: 'service',
    logFile: postgresLog(dataDir),
    async start(before) {
      const { port, url, ...process } = await startPostgres({
        dataDir,
        log: (line) => log('postgres', line),
        ...(before && { port: before.port }),
      });
      return { ...process, ready: { url, port } };
    },
  });
  return { name: 'Postgres', url: part.ready.url, stop: () => part.stop() };
}

/**
 * Returns the Temporal server to use: the one of TEMPORAL_ADDRESS, else a development server in the state folder.
 * Either way the namespace is there with its search attributes.
 *
 * @throws {ServiceStartError} when the given one does not answer; otherwise as {@link startTemporal}.
 */
export async function provideTemporal(options: ServicesOptions, parts: Parts): Promise<ProvidedTemporal> {
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace = DEFAULT_NAMESPACE } = options.given;
  if (address === undefined) return startServer(options, namespace, parts);
  await reach(`Temporal at ${address} (TEMPORAL_ADDRESS)`, () =>
    ensureNamespace(address, namespace, Object.values(SEARCH_ATTRIBUTES)),
  );
  options.log('temporal', `using Temporal at ${address} (TEMPORAL_ADDRESS)`);
  return { name: 'the given Temporal', address, namespace, uiUrl: null, stop: async () => {} };
}

type TemporalPlace = Pick<RunningTemporal, 'address' | 'uiUrl' | 'ports'>;

async function startServer(
  { state, env, log, codecUrl }: ServicesOptions,
  namespace: string,
  parts: Parts,
): Promise<ProvidedTemporal> {
  const stateDir = state.folder('temporal');
  const part = await parts.start<TemporalPlace>({
    name: 'temporal',
    kind: 'service',
    logFile: temporalLog(stateDir),
    async start(before) {
      const { address, uiUrl, ports, ...process } = await startTemporal({
        stateDir,
        namespace,
        cliPath: env['TEMPORAL_CLI_PATH'],
        searchAttributes: Object.values(SEARCH_ATTRIBUTES),
        env,
        codecUrl,
        log: (line) => log('temporal', line),
        ...(before && { fixedPorts: before.ports }),
      });
      return { ...process, ready: { address, uiUrl, ports } };
    },
  });
  const { address, uiUrl } = part.ready;
  return { name: 'Temporal', address, namespace, uiUrl, stop: () => part.stop() };
}

async function reach(what: string, connect: () => Promise<void>): Promise<void> {
  try {
    await connect();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ServiceStartError(`${what} cannot be used: ${why}`, '');
  }
}

async function connectOnce(connectionString: string): Promise<void> {
  const client = new Client({ connectionString, connectionTimeoutMillis: CONNECT_WITHIN_MS });
  try {
    await client.connect();
    await client.query('SELECT 1');
  } finally {
    await client.end().catch(() => {});
  }
}
