import type { Client } from '@temporalio/client';
import { createApiClient, type ApiClient } from '#api/client.ts';
import { loadConfig } from '#config/env.ts';
import { apiKeyFile, readSecretFile } from '#config/secret-files.ts';
import { openDatabase, type Database } from '#prisma/client.ts';
import { connectClient } from '#temporal/connection.ts';
import { ROLE_NAMES } from './own-roles.ts';
import type { SandboxRoleOptions } from './roles/hyperliquid-sandbox.ts';
import { startSystem, type LocalSystem, type SystemOptions } from './system.ts';

/** Folder of the posts of all runs, in the state folder. */
export const DEMO_FOLDER = 'demo';

/** A whole system on local venues, with clients of its parts. */
export interface DemoSystem extends Pick<
  LocalSystem,
  'state' | 'ostium' | 'startWorkers' | 'broken' | 'restarts' | 'kill' | 'stop'
> {
  db: Database;
  temporal: Client;
  api: ApiClient;
  logsFolder: string;
  sandboxUrl: string;
  apiUrl: string;
  temporalUiUrl: string | null;
}

export type DemoSystemOptions = Omit<SystemOptions, 'sandbox' | 'roles' | 'sourceFolders' | 'withWorkers'> & {
  sandbox: SandboxRoleOptions;
};

/** Starts everything but the workers. Prices wait at their first. Nothing is left running when it throws. */
export async function startDemoSystem(options: DemoSystemOptions): Promise<DemoSystem> {
  const system = await startSystem({
    ...options,
    roles: ROLE_NAMES,
    withWorkers: false,
    sandbox: { ...options.sandbox, startPaused: true },
    sourceFolders: [options.state.folder(DEMO_FOLDER)],
  });
  try {
    return await connect(system, options);
  } catch (error) {
    await system.stop().catch(() => undefined);
    throw error;
  }
}

async function connect(system: LocalSystem, { env, signal }: DemoSystemOptions): Promise<DemoSystem> {
  const { state, sandboxUrl, apiUrl } = system;
  if (sandboxUrl === null || apiUrl === null) throw new Error('a demo has a sandbox and an API');
  const temporal = await connectClient(loadConfig(system.env).temporal);
  const db = openDatabase(system.databaseUrl, { poolSize: 2 });
  signal.throwIfAborted();
  const key = env['SIGNALMAN_API_KEY'] ?? readSecretFile(apiKeyFile(state.root));
  return {
    ...system,
    sandboxUrl,
    apiUrl,
    db,
    temporal,
    api: createApiClient({ url: apiUrl, key }),
    logsFolder: state.folder('logs'),
    temporalUiUrl: system.temporal.uiUrl,
    async stop() {
      await Promise.allSettled([temporal.connection.close(), db.$disconnect()]);
      await system.stop();
    },
  };
}
