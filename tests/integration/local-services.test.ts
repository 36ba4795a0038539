import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LockHeldError } from '#process/lock.ts';
import { findProcesses, identifyProcess } from '#process/identity.ts';
import { endedWithin } from '#process/stop-process.ts';
import { startPostgres, type RunningPostgres } from '#local/postgres/embedded.ts';
import { diffMigration, migrate, MigrationError, schemaDrift } from '#prisma/migrate.ts';
import { MIGRATIONS_FOLDER, writeMigration } from '#prisma/migrations-folder.ts';
import { freePorts } from '#process/free-port.ts';
import { startTemporal, type RunningTemporal } from '#local/temporal/dev-server.ts';
import { SEARCH_ATTRIBUTES } from '#workflows/names.ts';
import { openFiles } from '#tests/support/open-files.ts';
import { startTestDatabase } from '#tests/support/services.ts';
import { Client as TemporalClient, Connection } from '@temporalio/client';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const OWNER_SCRIPT = fileURLToPath(new URL('../support/service-owner.ts', import.meta.url));
const silent = (): void => {};

let folder: string;
let running: { stop(): Promise<void> }[];

beforeEach(() => {
  // Closed to all but its owner, as temporary folders and home folders are.
  folder = mkdtempSync(join(tmpdir(), 'signalman-services-'));
  running = [];
});

afterEach(async () => {
  for (const service of running) await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

function keep<T extends { stop(): Promise<void> }>(service: T): T {
  running.push(service);
  return service;
}

async function postgresIn(dataDir: string, log: (line: string) => void = silent): Promise<RunningPostgres> {
  return keep(await startPostgres({ dataDir, log }));
}

async function temporalIn(stateDir: string, log: (line: string) => void = silent): Promise<RunningTemporal> {
  const searchAttributes = Object.values(SEARCH_ATTRIBUTES);
  return keep(await startTemporal({ stateDir, searchAttributes, env: process.env, preferredPorts: {}, log }));
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function withTemporal<T>(address: string, use: (client: TemporalClient) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  try {
    return await use(new TemporalClient({ connection }));
  } finally {
    await connection.close();
  }
}

/** Starts a service from another process and kills that process with its guard, so that the service is left alone. */
async function orphan(kind: string, home: string): Promise<{ pid: number; address: string }> {
  const owner = spawn(process.execPath, [OWNER_SCRIPT, kind, home], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(owner.stdout, 'data');
  const left = JSON.parse(String(line));
  for (const guard of findProcesses(`signalman-guard ${left.pid} `)) process.kill(guard.pid, 'SIGKILL');
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  return left;
}

async function killed(service: { pid: number; exited: Promise<unknown> }): Promise<void> {
  process.kill(service.pid, 'SIGKILL');
  await service.exited;
}

function script(name: string, at: string, sql: string): string {
  return writeMigration(join(folder, 'migrations'), name, sql, new Date(at));
}

function migrateHere(url: string): Promise<readonly string[]> {
  return migrate(url, { folder: join(folder, 'migrations'), log: silent });
}

function startWorkflow(address: string, workflowId: string): Promise<unknown> {
  return withTemporal(address, (client) =>
    client.workflow.start('tradeLifecycle', {
      workflowId,
      taskQueue: 'nobody',
      typedSearchAttributes: [{ key: SEARCH_ATTRIBUTES.venue, value: 'hyperliquid' }],
    }),
  );
}

function statusOf(address: string, workflowId: string): Promise<string> {
  return withTemporal(
    address,
    async (client) => (await client.workflow.getHandle(workflowId).describe()).status.name,
  );
}

test('what Postgres and Temporal store and log is for their user alone', async () => {
  const [dataDir, stateDir] = [join(folder, 'postgres'), join(folder, 'temporal')];
  await Promise.all([postgresIn(dataDir), temporalIn(stateDir)]);
  expect(existsSync(join(stateDir, 'temporal.db'))).toBe(true);
  expect(openFiles(folder)).toEqual([]);
});

describe('Postgres', () => {
  test('keeps its rows and its address over a restart and over kill -9', async () => {
    const first = await postgresIn(folder);
    await query(first.url, 'CREATE TABLE fills (id int); INSERT INTO fills VALUES (1)');
    await first.stop();
    const second = await postgresIn(folder);
    expect(second.url).toBe(first.url);
    await query(second.url, 'INSERT INTO fills VALUES (2)');
    await killed(second);
    const third = await postgresIn(folder);
    expect(await query(third.url, 'SELECT id FROM fills ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }]);
  });

  test('is set up as a ledger that only this machine and only with the password can reach', async () => {
    const { url, port } = await postgresIn(folder);
    const settings = await query(
      url,
      `SELECT name, setting FROM pg_settings WHERE name IN
       ('fsync', 'synchronous_commit', 'max_connections', 'jit', 'listen_addresses', 'unix_socket_directories')
       ORDER BY name`,
    );
    expect(settings).toEqual([
      { name: 'fsync', setting: 'on' },
      { name: 'jit', setting: 'off' },
      { name: 'listen_addresses', setting: '127.0.0.1' },
      { name: 'max_connections', setting: '200' },
      { name: 'synchronous_commit', setting: 'on' },
      { name: 'unix_socket_directories', setting: '' },
    ]);
    expect(statSync(join(folder, 'password')).mode & 0o777).toBe(0o600);
    const guess = `postgresql://signalman:password@127.0.0.1:${port}/signalman`;
    await expect(query(guess, 'SELECT 1')).rejects.toThrow('password authentication failed');
  });

  test('one process at a time runs it', async () => {
    await postgresIn(folder);
    await expect(startPostgres({ dataDir: folder, log: silent })).rejects.toThrow(LockHeldError);
  });

  test('an orphan of a killed run is stopped, and its rows are there', async () => {
    const left = await orphan('postgres', folder);
    await query(left.address, 'CREATE TABLE fills (id int); INSERT INTO fills VALUES (7)');
    const log: string[] = [];
    const next = await postgresIn(folder, (line) => log.push(line));
    expect(log).toContain(`stopping Postgres (pid ${left.pid}) that an earlier run left behind`);
    expect(await query(next.url, 'SELECT id FROM fills')).toEqual([{ id: 7 }]);
  });

  test('starts although the pid in its stale pid file now belongs to another program', async () => {
    const first = await postgresIn(folder);
    await killed(first);
    const pidFile = join(folder, 'data', 'postmaster.pid');
    const [, ...rest] = readFileSync(pidFile, 'utf8').split('\n');
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    try {
      writeFileSync(pidFile, [String(other.pid), ...rest].join('\n'));
      expect(await query((await postgresIn(folder)).url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      expect(other.exitCode).toBeNull();
    } finally {
      other.kill('SIGKILL');
    }
  });

  test('an interrupted first start is done again', async () => {
    const home = join(folder, 'postgres');
    const first = await postgresIn(home);
    await first.stop();
    rmSync(join(home, 'data', 'PG_VERSION'));
    renameSync(join(home, 'data'), join(home, 'data.new'));
    const again = await postgresIn(home);
    expect(await query(again.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describe('migrations', () => {
  test('apply once, in order, also when two processes start at the same time', async () => {
    const { url } = await postgresIn(folder);
    script('one', '2026-01-01T00:00:00Z', 'CREATE TABLE a (id int);');
    script('two', '2026-01-02T00:00:00Z', 'ALTER TABLE a ADD COLUMN b int;');
    const both = await Promise.all([migrateHere(url), migrateHere(url)]);
    expect(both.flat()).toEqual(['20260101000000_one', '20260102000000_two']);
    expect(await migrateHere(url)).toEqual([]);
    const history = await query(url, 'SELECT migration_name, applied_steps_count FROM _prisma_migrations');
    expect(history).toHaveLength(2);
  });

  test('a database that is ahead, changed or broken is refused with the reason', async () => {
    const { url } = await postgresIn(folder);
    const first = script('one', '2026-01-01T00:00:00Z', 'CREATE TABLE a (id int);');
    const second = script('two', '2026-01-02T00:00:00Z', 'CREATE TABLE b (id int);');
    await migrateHere(url);
    rmSync(join(folder, 'migrations', second), { recursive: true });
    await expect(migrateHere(url)).rejects.toMatchObject({ code: 'database_newer' });
    script('two', '2026-01-02T00:00:00Z', 'CREATE TABLE b (id int);');
    writeFileSync(join(folder, 'migrations', first, 'migration.sql'), 'CREATE TABLE a (id bigint);');
    await expect(migrateHere(url)).rejects.toMatchObject({ code: 'migration_edited' });
    script('one', '2026-01-01T00:00:00Z', 'CREATE TABLE a (id int);');
    script('three', '2026-01-03T00:00:00Z', 'CREATE TABLE a (id int);');
    await expect(migrateHere(url)).rejects.toThrow(/three[^]*already exists/);
    await expect(migrateHere(url)).rejects.toThrow(MigrationError);
    await expect(migrateHere(url)).rejects.toThrow('prisma migrate resolve');
  });

  test("the project's own lead to its schema", async () => {
    const database = keep(await startTestDatabase());
    expect(await schemaDrift(database.url)).toBe('');
    expect(await diffMigration(database.url, MIGRATIONS_FOLDER)).toBe('');
    await query(database.url, 'CREATE TABLE stray (id int PRIMARY KEY)');
    expect(await schemaDrift(database.url)).toContain('DROP TABLE "stray"');
  });
});

describe('Temporal', () => {
  test('keeps its workflows and its address over a restart and over kill -9', async () => {
    const first = await temporalIn(folder);
    await startWorkflow(first.address, 'one');
    await first.stop();
    const second = await temporalIn(folder);
    expect(second.address).toBe(first.address);
    await startWorkflow(second.address, 'two');
    await killed(second);
    const third = await temporalIn(folder);
    expect(await statusOf(third.address, 'one')).toBe('RUNNING');
    expect(await statusOf(third.address, 'two')).toBe('RUNNING');
  });

  test('serves its Web UI, and one process at a time runs it', async () => {
    const { uiUrl } = await temporalIn(folder);
    expect((await fetch(uiUrl)).status).toBe(200);
    await expect(temporalIn(folder)).rejects.toThrow(LockHeldError);
  });

  test('three that start at once with the same wish have a server of their own each', async () => {
    const [grpc, ui] = await freePorts([undefined, undefined]);
    const start = async (name: string) =>
      keep(
        await startTemporal({
          stateDir: join(folder, name),
          searchAttributes: Object.values(SEARCH_ATTRIBUTES),
          env: process.env,
          preferredPorts: { grpc, ui },
          log: silent,
        }),
      );
    const started = await Promise.all(['one', 'two', 'three'].map(start));
    for (const { address } of started) await startWorkflow(address, 'same');
    expect(new Set(started.map(({ address }) => address)).size).toBe(3);
  });

  test('an orphan of a killed run is stopped, its workflows go on, and new search attributes are added', async () => {
    const left = await orphan('temporal', folder);
    const identity = identifyProcess(left.pid);
    if (!identity) throw new Error('the orphan runs');
    await withTemporal(left.address, (client) =>
      client.workflow.start('tradeLifecycle', { workflowId: 'orphaned', taskQueue: 'nobody' }),
    );
    const next = await temporalIn(folder);
    expect(await endedWithin(identity, 0)).toBe(true);
    expect(await statusOf(next.address, 'orphaned')).toBe('RUNNING');
    await startWorkflow(next.address, 'with attributes');
  });
});
