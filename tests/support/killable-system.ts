import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiKeyFile, readSecretFile } from '#config/secret-files.ts';
import { openDatabase } from '#prisma/client.ts';
import { connectClient } from '#temporal/connection.ts';
import { wholePath, type Answer, type TestApi } from './api.ts';
import {
  killableApi,
  killablePostgres,
  killableSandbox,
  killableTemporal,
  type Killable,
  type KillableSandbox,
} from './killable-parts.ts';
import { tradingSystemOn, workerEnv, type TradingBase, type TradingSystem } from './trading-system.ts';

/** The parts under a {@link KillableSystem}, each a process of its own. */
export interface KillableBase extends TradingBase {
  sandbox: KillableSandbox;
  postgres: Killable;
  temporalServer: Killable;
  api: Killable;
}

/** A whole system that shares no part with other test files, so that a test may kill each part. */
export type KillableSystem = TradingSystem<KillableBase>;

const NAMESPACE = 'default';

export async function startKillableSystem(): Promise<KillableSystem> {
  const folder = mkdtempSync(join(tmpdir(), 'signalman-killable-'));
  // Root runs Postgres under another user, who must get through to its folder.
  if (process.getuid?.() === 0) chmodSync(folder, 0o711);
  const [postgres, temporalServer, sandbox] = await Promise.all([
    killablePostgres(join(folder, 'postgres')),
    killableTemporal(join(folder, 'temporal')),
    killableSandbox(folder),
  ]);
  const services: TestApi['services'] = {
    databaseUrl: postgres.address,
    temporalAddress: temporalServer.address,
    namespace: NAMESPACE,
    stop: async () => void (await Promise.all([postgres.stop(), temporalServer.stop()])),
  };
  const api = await killableApi(folder, {
    ...workerEnv({ services, sandbox }),
    SIGNALMAN_STATE_DIR: folder,
  });
  const db = openDatabase(postgres.address, { poolSize: 5 });
  const temporal = await connectClient({ address: temporalServer.address, namespace: NAMESPACE });
  const key = readSecretFile(apiKeyFile(folder));
  return tradingSystemOn<KillableBase>({
    db,
    temporal,
    sandbox,
    services,
    postgres,
    temporalServer,
    api,
    stateDir: folder,
    call: (method, url, body) => request(new URL(wholePath(url), api.address), `Bearer ${key}`, method, body),
    async stop() {
      await Promise.all([temporal.connection.close(), db.$disconnect(), api.stop(), sandbox.stop()]);
      await services.stop();
      if (!process.env['KEEP']) rmSync(folder, { recursive: true, force: true });
    },
  });
}

async function request(url: URL, authorization: string, method: string, body?: object): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { authorization, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const type = response.headers.get('content-type') ?? '';
  const text = await response.text();
  return {
    status: response.status,
    type,
    headers: Object.fromEntries(response.headers),
    text,
    body: type.includes('json') ? JSON.parse(text) : null,
  };
}
