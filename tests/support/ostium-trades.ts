import { randomUUID } from 'node:crypto';
import { JsonRpcProvider } from 'ethers';
import type { ExecutionDeps } from '#activities/execution/context.ts';
import { createTradingSessions } from '#activities/execution/trading-session.ts';
import { createOrderSender } from '#activities/execution/order-sending/index.ts';
import { createEntry } from '#activities/entry/activities.ts';
import { createVenueActivities } from '#activities/venue-status/activities.ts';
import type { Barriers } from '#domain/barriers.ts';
import { createLogger } from '#observability/logger.ts';
import { openDatabase, type Database } from '#prisma/client.ts';
import { createAgent } from '#prisma/repositories/agents.ts';
import { createSignal } from '#prisma/repositories/signals.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import { sealKey } from '#venues/keys/sealed-key.ts';
import { createTradingKey, createTradingSigner } from '#venues/keys/trading-signer.ts';
import { approveDelegate } from '#venues/ostium/accounts/provisioning.ts';
import { TEST_MASTER_KEY } from './api.ts';
import { OstiumTrader } from './ostium-test-venue.ts';
import { ostiumOptions, startOstiumHarness, type OstiumHarness } from './ostium.ts';
import { startTestDatabase } from './services.ts';

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
      const signalId = await call(db, deployment, { barriers, symbol });
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
  const user = await db.user.create({ data: { name: randomUUID() } });
  const agent = await createAgent(db, {
    name: randomUUID(),
    ownerId: user.id,
    venuePreference: [],
    minConfidence: 0.5,
    barriers: { stopLoss: { pct: 5 } },
    sizeModel: { mode: 'fixedNotional', notionalUsd: '1000' },
    signalTtlMs: 300_000,
    maxDriftPct: 1,
    sources: [],
  });
  if (!agent) throw new Error('the name of the agent is taken');
  const { id: deploymentId } = await db.agentDeployment.create({
    data: {
      agentId: agent.id,
      userId: user.id,
      walletAddress: signer.address,
      maxNotionalUsd: '5000',
      trialEndsAt: new Date(Date.now() + 86_400_000),
    },
  });
  const bound = { deploymentId, venue: 'ostium' as const, address: key.address };
  const sealed = sealKey(TEST_MASTER_KEY, bound, key.privateKey);
  await db.tradingKey.create({ data: { ...sealed, ...bound, status: 'approved' } });
  return { agentId: agent.id, deploymentId, owner: wallet };
}

async function call(
  db: Database,
  { agentId }: { agentId: string },
  wanted: { barriers: Barriers; symbol: string },
): Promise<string> {
  const now = Date.now();
  const created = await createSignal(db, {
    agentId,
    ...wanted,
    side: 'long',
    origin: 'manual',
    messageId: null,
    confidence: 1,
    sizeModel: { mode: 'fixedNotional', notionalUsd: '1000' },
    requestedVenue: 'MULTI',
    leverage: null,
    referencePrice: null,
    maxDriftPct: 50,
    calledAt: now,
    expiresAt: now + 300_000,
  });
  if (!created.created) throw new Error('the agent has made this call already');
  return created.signalId;
}
