import type { Planned, Refused } from '#activities/contract.ts';
import type { ExecutionDeps } from '#activities/execution/context.ts';
import { createTradingSessions } from '#activities/execution/trading-session.ts';
import { createOrderSender } from '#activities/execution/order-sending/index.ts';
import { createEntry } from '#activities/entry/activities.ts';
import { createVenueActivities } from '#activities/venue-status/activities.ts';
import type { Symbol, VenueName } from '#domain/ids.ts';
import { createLogger } from '#observability/logger.ts';
import { openDatabase, type Database } from '#prisma/client.ts';
import { listRoutingDecisions, type RoutingDecisionView } from '#prisma/repositories/routing-decisions.ts';
import type { SignalDraft } from '#prisma/repositories/signals.ts';
import { startHyperliquidSandbox, type HyperliquidSandbox } from '#sandbox/hyperliquid/server.ts';
import { createHyperliquidVenue } from '#venues/hyperliquid/index.ts';
import { approveTradingKey } from '#venues/hyperliquid/accounts/provisioning.ts';
import { createTradingKey, createTradingSigner } from '#venues/keys/trading-signer.ts';
import type { TradingSigner, Venue } from '#venues/venue.ts';
import { TEST_MASTER_KEY } from './api.ts';
import { startTestDatabase } from './services.ts';
import {
  writeDeployment,
  writeSignal,
  writeTradingKey,
  type DeploymentLimits,
} from './written-deployment.ts';

/**
 * Two venues to choose from, each a sandbox of its own that speaks Hyperliquid's protocol, because routing does not
 * depend on the protocol. The activities make the decisions and send the entries.
 */
export interface RoutingHarness {
  db: Database;
  sandboxes: Record<VenueName, HyperliquidSandbox>;
  /** The questions that venues were asked for decisions, in order. */
  asked: { venue: VenueName; what: 'prices' | 'quote' | 'account' }[];
  /** Steps at which sending dies, once each. */
  dieAt: Set<string>;
  /** Has a venue list these and nothing else, after the next refresh. */
  list(venue: VenueName, ...symbols: Symbol[]): void;
  close(venue: VenueName, ...symbols: Symbol[]): void;
  /** Reads health and instruments of the venues, as the schedules would. */
  refresh(): Promise<void>;
  /** A deployment of an agent of its own, with a key and funds at these venues; of a new wallet unless one is given. */
  deploy(funds: Partial<Record<VenueName, string>>, options?: DeployOptions): Promise<HarnessDeployment>;
  signal(deployment: HarnessDeployment, draft: Partial<SignalDraft>): Promise<HarnessSignal>;
  /** Routes a signal, and sends its entry, as the workflow would. */
  enter(signal: HarnessSignal): Promise<Planned | Refused>;
  decision(signal: HarnessSignal): Promise<RoutingDecisionView | undefined>;
  /** The parts that send orders. */
  execution: ExecutionDeps;
  stop(): Promise<void>;
}

export interface HarnessDeployment {
  agentId: string;
  deploymentId: string;
  walletAddress: string;
  /** Signs for the wallet itself. */
  owner: TradingSigner;
}

export interface DeployOptions extends DeploymentLimits {
  owner?: TradingSigner;
  /** The name that the trading key has at the venue: one of the same name takes its place. */
  keyName?: string;
}

export interface HarnessSignal extends HarnessDeployment {
  signalId: string;
}

export async function startRoutingHarness(): Promise<RoutingHarness> {
  const database = await startTestDatabase();
  const db = openDatabase(database.url);
  const sandboxes = { hyperliquid: await startHyperliquidSandbox(), ostium: await startHyperliquidSandbox() };
  const listed: Record<VenueName, readonly Symbol[]> = { hyperliquid: ['BTC'], ostium: ['BTC'] };
  const closed: Record<VenueName, readonly Symbol[]> = { hyperliquid: [], ostium: [] };
  const asked: RoutingHarness['asked'] = [];
  const venues = new Map(
    (['hyperliquid', 'ostium'] as const).map((name) => [
      name,
      named(
        name,
        createHyperliquidVenue({ url: sandboxes[name].url, network: 'testnet', weightPerMinute: 60_000 }),
        {
          isListed: (symbol) => listed[name].includes(symbol),
          isClosed: (symbol) => closed[name].includes(symbol),
          onAsked: (what) => void asked.push({ venue: name, what }),
        },
      ),
    ]),
  );
  const dieAt = new Set<string>();
  const logger = createLogger({ level: 'fatal', name: 'test' });
  const base = {
    db,
    venues,
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
  const maintenance = createVenueActivities({ db, venues: [...venues.values()], logger, now: Date.now });
  return {
    db,
    sandboxes,
    asked,
    execution,
    dieAt,
    list: (venue, ...symbols) => void (listed[venue] = symbols),
    close: (venue, ...symbols) => void (closed[venue] = symbols),
    async refresh() {
      await maintenance.checkVenues();
      await maintenance.refreshInstruments();
    },
    deploy: (funds, options) => deploy(db, sandboxes, funds, options),
    signal: async (deployment, draft) => ({
      ...deployment,
      signalId: await writeSignal(db, deployment.agentId, draft),
    }),
    enter: ({ signalId, deploymentId }) => entry.enterTrade({ signalId, deploymentId, mayOpen: true }),
    decision: async ({ signalId, agentId }) =>
      (await listRoutingDecisions(db, { limit: 100, agentId })).find((each) => each.signalId === signalId),
    async stop() {
      await Promise.all([...venues.values()].map((venue) => venue.close()));
      await Promise.all(Object.values(sandboxes).map((sandbox) => sandbox.close()));
      await db.$disconnect();
      await database.stop();
    },
  };
}

interface Ways {
  isListed(symbol: Symbol): boolean;
  isClosed(symbol: Symbol): boolean;
  onAsked(what: RoutingHarness['asked'][number]['what']): void;
}

/** The venue under another name, with a list and hours of its own, that tells what it is asked. */
function named(name: VenueName, venue: Venue, { isListed, isClosed, onAsked }: Ways): Venue {
  return {
    ...venue,
    name,
    market: {
      ...venue.market,
      instruments: async () =>
        (await venue.market.instruments())
          .filter(({ symbol }) => isListed(symbol))
          .map((instrument) => ({ ...instrument, venue: name })),
      async prices() {
        onAsked('prices');
        const ticks = await venue.market.prices();
        return ticks.map((tick) => ({ ...tick, open: !isClosed(tick.symbol) }));
      },
      quote(symbol) {
        onAsked('quote');
        return venue.market.quote(symbol);
      },
    },
    accounts: {
      ...venue.accounts,
      account(accountId) {
        onAsked('account');
        return venue.accounts.account(accountId);
      },
    },
  };
}

async function deploy(
  db: Database,
  sandboxes: RoutingHarness['sandboxes'],
  funds: Partial<Record<VenueName, string>>,
  {
    owner = createTradingSigner(createTradingKey().privateKey),
    keyName = 'signalman',
    ...limits
  }: DeployOptions = {},
): Promise<HarnessDeployment> {
  const { agentId, deploymentId } = await writeDeployment(db, { walletAddress: owner.address, ...limits });
  for (const venue of ['hyperliquid', 'ostium'] as const) {
    const usdc = funds[venue];
    if (usdc === undefined) continue;
    const key = createTradingKey();
    sandboxes[venue].fund(owner.address, usdc);
    await approveTradingKey({
      url: sandboxes[venue].url,
      network: 'testnet',
      masterSigner: owner,
      agentAddress: key.address,
      agentName: keyName,
    });
    await writeTradingKey(db, { deploymentId, venue }, key);
  }
  return { agentId, deploymentId, walletAddress: owner.address, owner };
}
