import { JsonRpcProvider } from 'ethers';
import type { ExecutionDeps } from '#activities/execution/context.ts';
import { createTradingSessions } from '#activities/execution/trading-session.ts';
import { createOrderSender } from '#activities/execution/order-sending/index.ts';
import { createEntry } from '#activities/entry/activities.ts';
import { createVenueActivities } from '#activities/venue-status/activities.ts';
import type { Barriers } from '#domain/barriers.ts';
import { createLogger } from '#observability/logger.ts';
import { openDatabase, type Database } from '#prisma/client.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import { createTradingKey, createTradingSigner } from '#venues/keys/trading-signer.ts';
import { approveDelegate } from '#venues/ostium/accounts/provisioning.ts';
import { TEST_MASTER_KEY } from './api.ts';
import { OstiumTrader } from './ostium-test-venue.ts';
import { ostiumOptions, startOstiumHarness, type OstiumHarness } from './ostium.ts';
import { startTestDatabase } from './services.ts';
import { writeDeployment, writeSignal, writeTradingKey } from './written-deployment.ts';

/** Trades at Ostium by the activities themselves, in wallets whose owner trades there too. */
export interface OstiumTrades {
  db: Database;
  ostium: OstiumHarness;
  /** The parts that send orders. */
  execution: ExecutionDeps;
  /** Steps at which sending dies, once each. */
  dieAt: Set<string>;
  /**
   * An open trade of 1,000 USD in EUR-USD, or one whose entry died, and the owner of its wallet: a new one unless its
   * private key is given.
   */
  open(
    barriers: Barriers,
    options?: { wallet?: string; symbol?: string },
  ): Promise<{ trade: TradeRecord; owner: OstiumTrader; wallet: string }>;
  stop(): Promise<void>;
}

export async function startOstiumTrades(): Promise<OstiumTrades> {
  const [database, ostium] = await Promise.all([startTestDatabase(), startOstiumHarness()]);
  const db = openDatabase(database.url);
  const provider = new JsonRpcProvider(ostium.sandbox.rpcUrl, ostium.sandbox.chainId, {
    staticNetwork: true,
    cacheTimeout: -1,
    batchMaxCount: 1,
  });
  const dieAt = new Set<string>();
  const logger = createLogger({ level: 'fatal', name: 'test' });
  const base = {
    db,
    venues: new Map([['ostium' as const, ostium.venue]]),
    masterKeys: [TEST_MASTER_KEY],
    logger,
    now: Date.now,
    failpoint: (step: string) => {
      if (dieAt.delete(step)) throw new Error(`died at ${step}`);
    },
  };
  const execution = {
    ...base,
    openSession: createTradingSessions(base),
    orderSender: createOrderSender(base),
  };
  const { activities: entry } = createEntry(execution);
  ostium.sandbox.control.setPrice('EUR-USD', '1.1', '0.0001');
  ostium.sandbox.control.setPrice('GBP-USD', '1.3', '0.0001');
  const maintenance = createVenueActivities({ db, venues: [ostium.venue], logger, now: Date.now });
  await maintenance.checkVenues();
  await maintenance.refreshInstruments();
  return {
    db,
    ostium,
    execution,
    dieAt,
    async open(barriers, { wallet, symbol = 'EUR-USD' } = {}) {
      const { owner, ...deployment } = await deploy(db, ostium, wallet);
      const signalId = await writeSignal(db, deployment.agentId, { barriers, symbol });
      const input = { signalId, deploymentId: deployment.deploymentId, mayOpen: true };
      const entered = await entry.enterTrade(input);
      if (entered.outcome !== 'planned') throw new Error(entered.text);
      const trade = await getTrade(db, entered.tradeId);
      return { trade, owner: new OstiumTrader(owner, provider, ostium.sandbox), wallet: owner };
    },
    async stop() {
      provider.destroy();
      await ostium.stop();
      await db.$disconnect();
      await database.stop();
    },
  };
}

/**
 * A deployment of an agent of its own, in a new wallet unless its private key is given: its trading key then takes the
 * right of the one before. `owner` is the key of the wallet.
 */
async function deploy(db: Database, { sandbox }: OstiumHarness, wallet = createTradingKey().privateKey) {
  const key = createTradingKey();
  const signer = createTradingSigner(wallet);
  await sandbox.control.fund(signer.address, '10000', '10');
  await sandbox.control.fund(key.address, '0', '10');
  const approval = { owner: signer, delegate: key.address, allowanceUsdc: '1000000' };
  await approveDelegate(ostiumOptions(sandbox), approval);
  const written = await writeDeployment(db, { walletAddress: signer.address });
  await writeTradingKey(db, { deploymentId: written.deploymentId, venue: 'ostium' }, key);
  return { ...written, owner: wallet };
}
