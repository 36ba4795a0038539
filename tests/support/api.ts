import { createNotifiers } from '#notifiers/create-notifiers.ts';
import { createSources } from '#sources/create-sources.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { FastifyInstance } from 'fastify';
import { apiPath } from '#api/api-path.ts';
import { buildApp, type ApiDeps } from '#api/app.ts';
import { ensureFirstApiKey } from '#api/use-cases/first-key.ts';
import { createSandboxProvisioner, type WalletProvisioner } from '#api/wallet-provisioner.ts';
import { readNotifiers } from '#config/notifiers.ts';
import { readClassifier } from '#config/classifier.ts';
import { CLOSED_SIGN_IN } from '#config/sign-in.ts';
import { createLogger } from '#observability/logger.ts';
import { openDatabase, type Database } from '#prisma/client.ts';
import { startHyperliquidSandbox, type HyperliquidSandbox } from '#sandbox/hyperliquid/server.ts';
import type { OstiumSandbox } from '#sandbox/ostium/server.ts';
import { connectClient } from '#temporal/connection.ts';
import { createHyperliquidVenue } from '#venues/hyperliquid/index.ts';
import { parseMasterKey } from '#venues/keys/sealed-key.ts';
import { createOstiumVenue } from '#venues/ostium/index.ts';
import { ostiumOptions } from './ostium.ts';
import { startLocalServices, type LocalServices } from './services.ts';
import { testSourceSettings } from './source-settings.ts';

/** The API on real services of its own, with the sandbox in this process. */
export interface TestApi {
  app: FastifyInstance;
  db: Database;
  temporal: Client;
  sandbox: HyperliquidSandbox;
  /** Ostium's sandbox, for a test that trades there too; the caller stops it. */
  ostium?: OstiumSandbox;
  services: LocalServices;
  deps: ApiDeps;
  stateDir: string;
  key: string;
  /** Every line the API logged. */
  logged: string[];
  call(method: Method, url: string, body?: object): Promise<Answer>;
  stop(): Promise<void>;
}

export interface Answer {
  status: number;
  type: string;
  headers: Record<string, unknown>;
  text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into it
  body: any;
}

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export const TEST_MASTER_KEY = parseMasterKey('test', '5a'.repeat(32));

export interface TestApiOptions {
  ostium?: OstiumSandbox;
  /** Makes the wallets in place of the sandboxes' own provisioner, given the address of Hyperliquid's. */
  provisioner?: (hyperliquidUrl: string) => WalletProvisioner;
}

/** Starts the services that the API needs; nothing polls the task queues. */
export async function startTestApi({ ostium, provisioner }: TestApiOptions = {}): Promise<TestApi> {
  const services = await startLocalServices();
  const db = openDatabase(services.databaseUrl, { poolSize: 5 });
  const temporal = await connectClient({ address: services.temporalAddress, namespace: services.namespace });
  const sandbox = await startHyperliquidSandbox({ enforceLimits: ['addresses', 'connections'] });
  sandbox.setPrice('BTC', 50_000);
  // As for the workers: the venue's real budget would make a file of many short trades wait for it.
  const venue = createHyperliquidVenue({ url: sandbox.url, network: 'testnet', weightPerMinute: 60_000 });
  const venues = [venue, ...(ostium ? [createOstiumVenue(ostiumOptions(ostium))] : [])];
  const stateDir = mkdtempSync(join(tmpdir(), 'signalman-api-'));
  const { madeKey } = await ensureFirstApiKey(db, { stateDir });
  const logged: string[] = [];
  const deps: ApiDeps = {
    db,
    temporal,
    venues,
    masterKeys: [TEST_MASTER_KEY],
    sources: createSources(testSourceSettings(join(stateDir, 'sources'))),
    notifiers: createNotifiers({ ...readNotifiers({}), privateChannels: true, timeoutMs: 1_000 }),
    telegramBot: null,
    classifier: readClassifier({ SIGNALMAN_STATE_DIR: stateDir }),
    sourceKeys: [TEST_MASTER_KEY],
    signIn: CLOSED_SIGN_IN,
    now: Date.now,
    logger: createLogger({
      level: 'info',
      name: 'api',
      destination: { write: (line: string) => void logged.push(line) },
    }),
    walletProvisioner:
      provisioner?.(sandbox.url) ??
      createSandboxProvisioner({
        url: sandbox.url,
        network: 'testnet',
        ...(ostium && { ostium: { ...ostiumOptions(ostium), controlUrl: ostium.controlUrl } }),
      }),
  };
  const app = await buildApp(deps);
  const key = madeKey ?? '';
  return {
    app,
    db,
    temporal,
    sandbox,
    ...(ostium && { ostium }),
    services,
    deps,
    stateDir,
    key,
    logged,
    call: (method, url, body) => callApi(app, key, method, url, body),
    async stop() {
      await app.close();
      await Promise.all(venues.map((each) => each.close()));
      await sandbox.close();
      await temporal.connection.close();
      await db.$disconnect();
      await services.stop();
      if (!process.env['KEEP']) rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

/** Addresses that are not below the prefix of the API. */
const isWellKnown = (url: string): boolean => /^\/(livez|readyz|metrics$|docs|problems|hooks|v1)/.test(url);

/** Returns the whole path of a request; paths may leave the prefix of the API out. */
export const wholePath = (url: string): string => (isWellKnown(url) ? url : apiPath(url));

/** Sends one request with the given key to the app, without a socket; paths may leave the prefix out. */
export async function callApi(
  app: FastifyInstance,
  key: string | null,
  method: Method,
  url: string,
  body?: object,
): Promise<Answer> {
  const answer = await app.inject({
    method,
    url: wholePath(url),
    headers: key === null ? {} : { authorization: `Bearer ${key}` },
    ...(body && { body }),
  });
  const type = answer.headers['content-type'] ?? '';
  return {
    status: answer.statusCode,
    type,
    headers: answer.headers,
    text: answer.body,
    body: type.includes('json') ? answer.json() : null,
  };
}
