import { join } from 'node:path';
import { startPostgres } from './postgres/embedded.ts';
import { startTemporal } from './temporal/dev-server.ts';
import { ensureNamespace, type SearchAttribute } from '#temporal/namespace.ts';
import { Client } from 'pg';
import { ServiceStartError } from '#process/service-process.ts';
import type { StateDir } from './state-dir.ts';
import type { Stoppable } from '#process/stop-all.ts';

/** A service in use: one that the user named, which is left alone, or one of our own. */
export interface Provided extends Stoppable {
  /** The log of our own one. */
  readonly logFile?: string;
  /** Settles when our own one ends, wanted or not; never for one that the user named. */
  readonly exited: Promise<void>;
}

export interface ProvidedDatabase extends Provided {
  readonly url: string;
}

export interface ProvidedTemporal extends Provided {
  readonly address: string;
  readonly namespace: string;
  /** Unknown for a server that the user named. */
  readonly uiUrl?: string;
}

type Log = (line: string) => void;

const NEVER = new Promise<void>(() => {});
const CONNECT_WITHIN_MS = 10_000;

/**
 * The database to use: the one at `givenUrl` (DATABASE_URL), else an embedded one in the state folder.
 *
 * @throws {ServiceStartError} when the given one does not answer; otherwise as {@link startPostgres}.
 */
export async function provideDatabase(
  givenUrl: string | undefined,
  state: StateDir,
  log: Log,
): Promise<ProvidedDatabase> {
  if (givenUrl === undefined) {
    const postgres = await startPostgres({ dataDir: join(state.root, 'postgres'), log });
    return { name: 'Postgres', ...postgres };
  }
  const { host } = new URL(givenUrl);
  await reach(`the database at ${host} (DATABASE_URL)`, () => connectOnce(givenUrl));
  log(`using the database at ${host} (DATABASE_URL)`);
  return { name: 'the given database', url: givenUrl, exited: NEVER, stop: async () => {} };
}

export interface TemporalWish {
  /** TEMPORAL_ADDRESS: a running server to use. */
  readonly address?: string | undefined;
  /** TEMPORAL_CLI_PATH: the binary to start one with. */
  readonly cliPath?: string | undefined;
  readonly namespace: string;
  readonly searchAttributes: readonly SearchAttribute[];
  /** The environment of the programs that are run. */
  readonly env: NodeJS.ProcessEnv;
}

/**
 * The Temporal server to use: the one at the given address, else a development server in the state folder. Either
 * way the namespace is there with its search attributes.
 *
 * @throws {ServiceStartError} when the given one does not answer; otherwise as {@link startTemporal}.
 */
export async function provideTemporal(
  wish: TemporalWish,
  state: StateDir,
  log: Log,
): Promise<ProvidedTemporal> {
  const { address, namespace, searchAttributes } = wish;
  if (address === undefined) {
    const temporal = await startTemporal({ ...wish, stateDir: state.folder('temporal'), log });
    return { name: 'Temporal', ...temporal };
  }
  await reach(`Temporal at ${address} (TEMPORAL_ADDRESS)`, () =>
    ensureNamespace(address, namespace, searchAttributes),
  );
  log(`using Temporal at ${address} (TEMPORAL_ADDRESS)`);
  return { name: 'the given Temporal', address, namespace, exited: NEVER, stop: async () => {} };
}

async function reach(what: string, connect: () => Promise<void>): Promise<void> {
  try {
    await connect();
  } catch (error) {
    throw new ServiceStartError(
      `${what} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
      '',
    );
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
