import { readStanding } from '#activities/flatten/account-standing.ts';
import { closeLiveTrades, type TradeClose } from '#activities/flatten/close-live-trades.ts';
import { createOrderSender } from '#activities/execution/order-sending/index.ts';
import { createTradingSessions } from '#activities/execution/trading-session.ts';
import type { ExecutionDeps } from '#activities/execution/context.ts';
import { venueOf } from '#activities/deps.ts';
import { readHyperliquid } from '#config/hyperliquid.ts';
import { asId, type AccountId } from '#domain/ids.ts';
import { createLogger } from '#observability/logger.ts';
import { openDatabase, type Database } from '#prisma/client.ts';
import { createDatabaseClock } from '#prisma/database-clock.ts';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import { listBrakes } from '#prisma/repositories/entry-brakes.ts';
import { listExposedTrades, listTradedAccounts } from '#prisma/repositories/exposed-trades.ts';
import { setBrake } from '#prisma/repositories/raise-brakes.ts';
import { shortId } from '#terminal/output.ts';
import { createVenues } from '#venues/create-venues.ts';
import { CliError } from '../cli-error.ts';
import { findMasterKeys } from '../doctor/local.ts';
import { findOstium } from '../doctor/services.ts';
import type { LocalSystem } from '../find-api.ts';
import type { FlattenMeans } from './flatten.ts';
import { createCloseTeller } from './tell-workflows.ts';

const ACTOR = 'command line (flatten --direct)';
const MAX_BRAKES = 1_000;

/** The means of a flatten without an API, to be closed after it. */
export interface DirectFlatten extends FlattenMeans {
  close(): Promise<void>;
}

/**
 * Flattens straight from the database and the trading keys in it: no API and no worker is needed, and both may run.
 *
 * @throws {CliError} when there is no database, or no key that opens the trading keys.
 */
export async function flattenFromRecords(system: LocalSystem, reason: string): Promise<DirectFlatten> {
  const deps = await openRecords(system);
  const { db } = deps;
  const teller = createCloseTeller(system);
  return {
    accounts: async () =>
      (await listTradedAccounts(db))
        .filter(({ venue }) => deps.venues.has(venue))
        .map((account) => ({ ...account, deploymentId: '' })),
    standing: ({ venue, accountId }) => readStanding(db, venueOf(deps, venue), asId<AccountId>(accountId)),
    openTrades: async () => (await listExposedTrades(db)).map(describeTrade),
    brake: () => brakeEverything(deps, reason),
    async closeAll(waitMs) {
      await recordChange(db, {
        actor: ACTOR,
        action: 'system.flatten',
        subject: 'system/flatten',
        after: { reason },
      });
      const closes = await closeLiveTrades(deps, { waitMs, onClosed: (close) => teller.tell(close) });
      return closes.flatMap((close) =>
        close.problem === null ? [] : [`${describeTrade(close)}: ${close.problem}`],
      );
    },
    async close() {
      await teller.close();
      deps.clock.stop();
      await Promise.allSettled([...deps.venues.values()].map((venue) => venue.close()));
      await db.$disconnect();
    },
  };
}

async function openRecords(
  system: LocalSystem,
): Promise<ExecutionDeps & { clock: ReturnType<typeof createDatabaseClock> }> {
  const db = await openReachable(system);
  const { keys, finding } = findMasterKeys(system);
  if (keys.length === 0)
    throw new CliError(`no trading key can be opened: ${finding.detail}; ${finding.remedy ?? ''}`);
  const clock = createDatabaseClock(db);
  await clock.compare();
  const logger = createLogger({
    level: system.environment.LOG_LEVEL === 'info' ? 'fatal' : system.environment.LOG_LEVEL,
    name: 'flatten',
  });
  const base = {
    db,
    clock,
    venues: new Map(createVenues(venueSettings(system), logger).map((venue) => [venue.name, venue])),
    masterKeys: keys,
    logger,
    failpoint: () => undefined,
    now: () => clock.now(),
  };
  return { ...base, openSession: createTradingSessions(base), orderSender: createOrderSender(base) };
}

async function openReachable({ environment, run }: LocalSystem): Promise<Database> {
  const url = environment.DATABASE_URL ?? run?.databaseUrl;
  const without = 'without a database only a whole account can be closed: see flatten --key-file';
  if (url === undefined) throw new CliError(`no database is known: set DATABASE_URL; ${without}`);
  const db = openDatabase(url, { poolSize: 10 });
  try {
    await db.$queryRaw`SELECT 1`;
    return db;
  } catch (error) {
    await db.$disconnect();
    throw new CliError(
      `the database does not answer (${error instanceof Error ? error.message : String(error)}); ${without}`,
    );
  }
}

/** Returns how the venues are reached, as a worker of the system would. */
export function venueSettings(system: LocalSystem): Parameters<typeof createVenues>[0] {
  const { environment, run } = system;
  const url = environment.HYPERLIQUID_URL ?? run?.sandboxUrl;
  const ostium = findOstium(system);
  return {
    ...(url !== undefined && { hyperliquid: readHyperliquid(url, environment) }),
    ...(ostium && { ostium: ostium.ostium }),
  };
}

async function brakeEverything({ db, now }: ExecutionDeps, reason: string): Promise<string> {
  const inForce = await listBrakes(db, { limit: MAX_BRAKES, inForceAt: now() });
  const held = inForce.find(({ scope, until }) => scope === 'system' && until === null);
  if (held) return held.id;
  const everything = { venue: null, agentId: null, deploymentId: null };
  const brake = await db.$transaction((tx) =>
    setBrake(tx, { ...everything, code: 'entries_braked', reason, setBy: ACTOR, until: null }),
  );
  if (!brake) throw new Error('the brake of a person is always a new one');
  return brake.id;
}

const describeTrade = ({
  tradeId,
  symbol,
  venue,
}: Pick<TradeClose, 'tradeId' | 'symbol' | 'venue'>): string =>
  `trade ${shortId(tradeId)}: ${symbol} at ${venue}`;
