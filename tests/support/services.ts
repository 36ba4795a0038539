import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { readJson } from '#process/json-file.ts';
import { waitForLock } from '#process/lock.ts';
import { isRunning, processIdentity } from '#process/identity.ts';
import { startService, whenReady } from '#process/service-process.ts';
import { ensureNamespace } from '#temporal/namespace.ts';
import { SEARCH_ATTRIBUTES } from '#workflows/names.ts';
import { Client } from 'pg';
import { z } from 'zod';

export interface TestDatabase {
  readonly url: string;
  /** Drops the database with its open connections. */
  stop(): Promise<void>;
}

export interface TestNamespace {
  readonly address: string;
  readonly namespace: string;
}

export interface LocalServices {
  /** A migrated, empty database of this caller's own; empty text when not asked for. */
  readonly databaseUrl: string;
  /** Empty text when not asked for. */
  readonly temporalAddress: string;
  /** A namespace of this caller's own with the project's search attributes. */
  readonly namespace: string;
  stop(): Promise<void>;
}

/**
 * A database and a Temporal namespace of the caller's own on one real Postgres and one real Temporal server, which
 * all test files of a vitest run share. The servers start with the first call and end, with all they stored, soon
 * after the run.
 */
export async function startLocalServices(
  wanted: { readonly postgres?: boolean; readonly temporal?: boolean } = {},
): Promise<LocalServices> {
  const { postgres = true, temporal = true } = wanted;
  const [database, namespace] = await Promise.all([
    postgres ? startTestDatabase() : undefined,
    temporal ? startTestNamespace() : undefined,
  ]);
  return {
    databaseUrl: database?.url ?? '',
    temporalAddress: namespace?.address ?? '',
    namespace: namespace?.namespace ?? '',
    stop: async () => database?.stop(),
  };
}

/** An empty database with all migrations applied. */
export async function startTestDatabase(): Promise<TestDatabase> {
  const template = await hostOf('postgres');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await execute(template, `CREATE DATABASE ${name} TEMPLATE signalman`);
  const url = new URL(template);
  url.pathname = name;
  return { url: url.href, stop: () => execute(template, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

/** A namespace with the project's search attributes. */
export async function startTestNamespace(): Promise<TestNamespace> {
  const address = await hostOf('temporal');
  const namespace = `test-${randomUUID().slice(0, 8)}`;
  await ensureNamespace(address, namespace, Object.values(SEARCH_ATTRIBUTES));
  return { address, namespace };
}

const HOST_SCRIPT = fileURLToPath(new URL('services-host.ts', import.meta.url));
// Longer than a first build of the Temporal server with Go takes.
const HOST_TIMEOUT_MS = 280_000;
const hostRecord = z.object({ identity: processIdentity, address: z.string() });

/** Returns the address of the run's shared service; the first caller starts it. */
async function hostOf(kind: 'postgres' | 'temporal'): Promise<string> {
  const owner = runPid();
  const folder = join(tmpdir(), `signalman-test-${owner}-${kind}`);
  mkdirSync(folder, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const lock = await waitForLock(join(folder, 'lock'), HOST_TIMEOUT_MS);
  try {
    return liveHost(folder) ?? (await startHost(kind, folder, owner));
  } finally {
    lock.release();
  }
}

async function startHost(kind: string, folder: string, owner: number): Promise<string> {
  const args = [HOST_SCRIPT, kind, folder, String(owner)];
  const service = await startService({ file: process.execPath, args, logFile: join(folder, 'host.log') });
  return whenReady(
    service,
    { name: `the test ${kind}`, timeoutMs: HOST_TIMEOUT_MS, pollMs: 50 },
    async () => {
      const address = liveHost(folder);
      if (address === undefined) throw new Error('it is still starting');
      return address;
    },
  );
}

function liveHost(folder: string): string | undefined {
  const host = hostRecord.safeParse(readJson(join(folder, 'host.json'))).data;
  return host && isRunning(host.identity) ? host.address : undefined;
}

/** The process that lasts as long as the test run: vitest itself, whether it runs files in processes or threads. */
function runPid(): number {
  return process.env['VITEST'] !== undefined && isMainThread ? process.ppid : process.pid;
}

/** Commands run from the `postgres` database, because `template` can be copied only while nobody is connected to it. */
async function execute(template: string, sql: string): Promise<void> {
  const url = new URL(template);
  url.pathname = 'postgres';
  const client = new Client({ connectionString: url.href, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
