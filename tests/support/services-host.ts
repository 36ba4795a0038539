// Runs one real service for all test files of a vitest run and ends with that run:
//   node tests/support/services-host.ts postgres|temporal FOLDER OWNER_PID
// It writes FOLDER/host.json once the service is ready and removes FOLDER at the end.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { writeJson } from '#process/json-file.ts';
import { identifyProcess, isRunning, ownIdentity } from '#process/identity.ts';
import { startPostgres } from '#local/postgres/embedded.ts';
import { migrate } from '#prisma/migrate.ts';
import { startTemporal } from '#local/temporal/dev-server.ts';
import { SEARCH_ATTRIBUTES } from '#workflows/names.ts';

interface Hosted {
  readonly address: string;
  stop(): Promise<void>;
}

async function hostPostgres(folder: string): Promise<Hosted> {
  const postgres = await startPostgres({ dataDir: join(folder, 'service'), log: console.log });
  await migrate(postgres.url, { log: console.log });
  return { address: postgres.url, stop: () => postgres.stop() };
}

async function hostTemporal(folder: string): Promise<Hosted> {
  const temporal = await startTemporal({
    stateDir: join(folder, 'service'),
    searchAttributes: Object.values(SEARCH_ATTRIBUTES),
    env: process.env,
    preferredPorts: {},
    log: console.log,
  });
  return { address: temporal.address, stop: () => temporal.stop() };
}

const [kind, folder, ownerPid] = process.argv.slice(2);
const owner = identifyProcess(Number(ownerPid));
if (folder === undefined || owner === undefined)
  throw new Error('usage: services-host.ts KIND FOLDER OWNER_PID');
try {
  const hosted = kind === 'postgres' ? await hostPostgres(folder) : await hostTemporal(folder);
  writeJson(join(folder, 'host.json'), { identity: ownIdentity(), address: hosted.address });
  while (isRunning(owner)) await delay(100);
  await hosted.stop();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
