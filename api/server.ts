import type { AddressInfo } from 'node:net';
import closeWithGrace from 'close-with-grace';
import { followSupervisor, reportReady } from '#process/role.ts';
import { failStart } from '#process/start-failure.ts';
import { forgetMasterKeys, loadSigningConfig, type SigningConfig } from '#config/env.ts';
import { createLogger, type Logger } from '#observability/logger.ts';
import { openDatabase } from '#prisma/client.ts';
import { createDatabaseClock } from '#prisma/database-clock.ts';
import { assertMigrated } from '#prisma/pending-migrations.ts';
import { createNotifiers } from '#notifiers/create-notifiers.ts';
import { createSoleHolder } from '#prisma/sole-holder.ts';
import { createSources } from '#sources/create-sources.ts';
import { connectClient } from '#temporal/connection.ts';
import { createVenues } from '#venues/create-venues.ts';
import { createInsideCallers } from './plugins/inside-callers.ts';
import { createBotName } from './telegram/bot-name.ts';
import { Confirmations } from './telegram/confirmations.ts';
import { listenToChats } from './telegram/listen-to-chats.ts';
import { buildApp } from './app.ts';
import { ensureFirstApiKey } from './use-cases/first-key.ts';
import { createSandboxProvisioner, isSandboxUrl } from './wallet-provisioner.ts';

/** A listening API. */
export interface RunningApi {
  /** `http://host:port`; for port 0 the port that the system chose. */
  url: string;
  /** The bearer key when this start made it; null on later starts. */
  madeKey: string | null;
  /** Answers what is under way, then closes everything. */
  close(): Promise<void>;
}

export type ApiOptions = Pick<
  SigningConfig,
  | 'databaseUrl'
  | 'temporal'
  | 'hyperliquid'
  | 'ostium'
  | 'stateDir'
  | 'sources'
  | 'notifiers'
  | 'classifier'
  | 'sourceKeys'
  | 'masterKeys'
  | 'api'
  | 'signIn'
> & { logger: Logger };

const CLOSE_TIMEOUT_MS = 10_000;

/** Connects to everything and listens. Throws when a part cannot be reached; nothing is left open then. */
export async function startApi(options: ApiOptions): Promise<RunningApi> {
  const { logger, hyperliquid, ostium } = options;
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const each of closers.toReversed()) await each();
  };
  try {
    const db = openDatabase(options.databaseUrl);
    closers.push(() => db.$disconnect());
    await assertMigrated(db);
    const clock = createDatabaseClock(db);
    closers.push(async () => clock.stop());
    await clock.compare();
    const { madeKey, isGivenRevoked } = await ensureFirstApiKey(db, {
      stateDir: options.stateDir,
      ...(options.api.key !== undefined && { given: options.api.key }),
    });
    if (isGivenRevoked) logger.error('SIGNALMAN_API_KEY is a key that was revoked: choose another one');
    const temporal = await connectClient(options.temporal);
    closers.push(() => temporal.connection.close());
    const venues = createVenues(options, logger);
    closers.push(() => Promise.all(venues.map((venue) => venue.close())));
    const { token, baseUrl } = options.notifiers.telegram;
    const access = token === null ? null : { token, baseUrl };
    const telegramBot = access && createBotName(access);
    const inside = createInsideCallers();
    const app = await buildApp({
      db,
      temporal,
      venues,
      masterKeys: options.masterKeys,
      sources: createSources(options.sources),
      notifiers: createNotifiers(options.notifiers),
      telegramBot,
      authenticators: [inside.authenticator],
      classifier: options.classifier,
      sourceKeys: options.sourceKeys,
      signIn: options.signIn,
      logger,
      now: () => clock.now(),
      ...(hyperliquid &&
        isSandboxUrl(hyperliquid.url) && {
          walletProvisioner: createSandboxProvisioner({ ...hyperliquid, ...(ostium && { ostium }) }),
        }),
    });
    closers.push(() => app.close());
    if (access && telegramBot)
      closers.push(
        listenToChats({
          db,
          app,
          inside,
          access,
          logger,
          botName: telegramBot,
          channelKeys: options.sourceKeys,
          now: () => clock.now(),
          confirmations: new Confirmations(() => clock.now()),
          holder: createSoleHolder(options.databaseUrl, `telegram bot ${access.token.split(':')[0] ?? ''}`),
        }),
      );
    await app.listen({ host: options.api.host, port: options.api.port });
    return { url: urlOf(app.server.address()), madeKey, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function urlOf(address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') throw new Error('the API listens on no port');
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}

/**
 * Runs the API in this process until SIGTERM or SIGINT. Settings come from the environment; what keeps it from starting
 * is told in a line, and ends the process with status 1.
 */
export async function main(): Promise<void> {
  followSupervisor();
  await serve().catch((error: unknown) => failStart('api', error, process.env));
}

async function serve(): Promise<void> {
  const config = loadSigningConfig(process.env);
  forgetMasterKeys(process.env);
  const logger = createLogger({ level: config.logLevel, name: 'api' });
  const api = await startApi({ ...config, logger });
  closeWithGrace({ delay: CLOSE_TIMEOUT_MS, logger }, async ({ err }) => {
    if (err) logger.error({ err }, 'ending after an error');
    await api.close();
  });
  logger.info({ url: api.url }, 'API listens');
  if (api.madeKey !== null) logger.info(`the first API key is in ${config.stateDir}/api-key`);
  reportReady({ url: api.url });
}

if (import.meta.main) await main();
