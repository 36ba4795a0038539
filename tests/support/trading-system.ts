import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { spawnRole, type RoleProcess } from '#process/role.ts';
import type { Barriers } from '#domain/barriers.ts';
import type { SizeModel } from '#domain/sizing.ts';
import { findTradeDetails, type TradeDetails } from '#prisma/repositories/trade-details.ts';
import type { Prisma } from '#prisma/generated/client.ts';
import type { OstiumSandbox } from '#sandbox/ostium/server.ts';
import { TOGETHER } from '#workers/failpoints.ts';
import { TASK_QUEUES, workflowIds } from '#workflows/names.ts';
import { lastWords, rememberLog } from './worker-logs.ts';
import { startTestApi, TEST_MASTER_KEY, type TestApi, type TestApiOptions } from './api.ts';
import type { SandboxState } from '#sandbox/hyperliquid/control/state.ts';

const WORKER_SCRIPT = fileURLToPath(new URL('../../workers/main.ts', import.meta.url));

export interface TestDeployment {
  agentId: string;
  deploymentId: string;
  walletAddress: string;
}

/** The services under a whole system, and the ways to ask the system. */
export interface TradingBase extends Pick<
  TestApi,
  'db' | 'temporal' | 'services' | 'stateDir' | 'call' | 'stop'
> {
  sandbox: ReadableSandbox & { readonly url: string };
  ostium?: OstiumSandbox;
}

/** A sandbox whose accounts can be read, in this process or another. */
export interface ReadableSandbox {
  state(): SandboxState | Promise<SandboxState>;
}

/** A whole system on real services: each worker is a process of its own; API and sandbox are the base's. */
export type TradingSystem<Base extends TradingBase = TestApi> = Base & TradingActions;

export interface TradingActions {
  startWorker(options?: { roles?: string[]; env?: Record<string, string> }): Promise<RoleProcess>;
  /**
   * The worker that comes to the step next dies there, as by `kill -9`. Of several steps each holds the first trade that
   * comes to it, and the worker dies once every step holds one.
   */
  crashAt(...steps: string[]): void;
  /** An agent with one funded deployment. */
  deploy(options?: {
    minConfidence?: number;
    maxOpenPositions?: number;
    maxNotionalUsd?: string;
    maxLeverage?: number;
    fundUsdc?: string;
  }): Promise<TestDeployment>;
  /** Posts a signal by hand and returns its trade in the deployment. */
  signal(deployment: TestDeployment, signal: TestSignal): Promise<TestTrade>;
  /** The trade that a signal, however posted, becomes in the deployment. */
  tradeOf(signalId: string, deployment: TestDeployment): TestTrade;
}

export interface TestSignal {
  symbol?: string;
  side?: 'long' | 'short';
  barriers: Barriers;
  sizeModel?: SizeModel;
  leverage?: number;
  referencePrice?: string;
}

export interface TestTrade {
  signalId: string;
  deploymentId: string;
  workflowId: string;
  /**
   * Waits until the trade is in one of the phases (`closed` also waits for its bill) and returns it; fails after the
   * time limit with the trade's events.
   */
  reaches(...phases: string[]): Promise<TradeDetails>;
  /** Waits until the watch of the trade has been armed. */
  untilArmed(): Promise<void>;
  details(): Promise<TradeDetails | null>;
}

const PHASE_TIMEOUT_MS = 60_000;

/** Starts a system on the services that all test files share, with API and sandbox in this process. */
export const startTradingSystem = async (options?: TestApiOptions): Promise<TradingSystem> =>
  tradingSystemOn(await startTestApi(options));

/** Starts a system on a base; stopping the system stops the base too. */
export function tradingSystemOn<Base extends TradingBase>(api: Base): TradingSystem<Base> {
  const workers: RoleProcess[] = [];
  const crashDir = join(api.stateDir, 'crash-at');
  mkdirSync(crashDir, { recursive: true });
  let agents = 0;
  return {
    ...api,
    crashAt(...steps) {
      for (const step of steps) writeFileSync(join(crashDir, step), steps.length > 1 ? TOGETHER : '');
    },
    async startWorker({ roles = [], env = {} } = {}) {
      const logFile = join(api.stateDir, `worker-${workers.length}.log`);
      rememberLog(logFile);
      const worker = await spawnRole({
        name: 'worker',
        script: WORKER_SCRIPT,
        args: roles,
        logFile,
        env: {
          ...process.env,
          ...workerEnv(api),
          SIGNALMAN_FILE_SOURCES: join(api.stateDir, 'sources'),
          SIGNALMAN_CRASH_DIR: crashDir,
          ...env,
        },
      });
      workers.push(worker);
      return worker;
    },
    async deploy({ minConfidence = 0.5, ...limits } = {}) {
      const agent = await created(api, '/agents', {
        name: `agent-${(agents += 1)}`,
        minConfidence,
        barriers: { stopLoss: { pct: 5 }, breakEven: null, trailing: null, timeLimitMs: null },
        sizeModel: { mode: 'fixedNotional', notionalUsd: '1000' },
        maxDriftPct: 50,
        profitShare: 'per_trade',
      });
      const deployment = await created(api, `/agents/${agent.id}/deployments`, {
        venue: 'hyperliquid',
        maxNotionalUsd: '5000',
        fundUsdc: '10000',
        ...limits,
      });
      return { agentId: agent.id, deploymentId: deployment.id, walletAddress: deployment.walletAddress };
    },
    async signal(deployment, { symbol = 'BTC', side = 'long', ...rest }) {
      const body = { agentId: deployment.agentId, instrument: symbol, side, ...rest };
      const answer = await api.call('POST', '/signals', body);
      if (answer.status !== 202) throw new Error(`signal not taken: ${answer.text}`);
      return tradeHandle(api, answer.body.signalId, deployment.deploymentId);
    },
    tradeOf: (signalId, { deploymentId }) => tradeHandle(api, signalId, deploymentId),
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()));
      await api.stop();
    },
  };
}

export const workerEnv = (
  api: Pick<TradingBase, 'services' | 'sandbox' | 'ostium'>,
): Record<string, string> => ({
  ...(api.ostium && ostiumEnv(api.ostium)),
  DATABASE_URL: api.services.databaseUrl,
  TEMPORAL_ADDRESS: api.services.temporalAddress,
  TEMPORAL_NAMESPACE: api.services.namespace,
  HYPERLIQUID_URL: api.sandbox.url,
  HYPERLIQUID_NETWORK: 'testnet',
  // The venue's real budget would make a file of many short trades wait for it.
  HYPERLIQUID_WEIGHT_PER_MINUTE: '60000',
  SIGNALMAN_MASTER_KEY: TEST_MASTER_KEY.key.toString('hex'),
  SIGNALMAN_MASTER_KEY_ID: TEST_MASTER_KEY.id,
  SIGNALMAN_SOURCE_KEY: TEST_MASTER_KEY.key.toString('hex'),
  // Channels of tests are on this machine.
  SIGNALMAN_PRIVATE_CHANNELS: 'true',
});

const ostiumEnv = ({ rpcUrl, graphUrl, priceUrl, contracts }: OstiumSandbox): Record<string, string> => ({
  OSTIUM_RPC_URLS: rpcUrl,
  OSTIUM_GRAPH_URL: graphUrl,
  OSTIUM_PRICE_URL: priceUrl,
  OSTIUM_CONTRACTS: [contracts.usdc, contracts.trading, contracts.tradingStorage].join(','),
});

async function created(api: Pick<TradingBase, 'call'>, url: string, body: object) {
  const answer = await api.call('POST', url, body);
  if (answer.status !== 201) throw new Error(`POST ${url} answered ${answer.status}: ${answer.text}`);
  return answer.body;
}

function tradeHandle(api: Pick<TradingBase, 'db'>, signalId: string, deploymentId: string): TestTrade {
  const details = async () => {
    const where = { signalId_deploymentId: { signalId, deploymentId } };
    const row = await api.db.trade.findUnique({ where, select: { id: true } });
    return row && findTradeDetails(api.db, row.id);
  };
  return {
    signalId,
    deploymentId,
    workflowId: workflowIds.trade(signalId, deploymentId),
    details,
    async untilArmed() {
      const isArmed = async () => (await details())?.events.some(({ type }) => type === 'armed');
      await until('the watch to be armed', isArmed);
    },
    async reaches(...phases) {
      const end = Date.now() + PHASE_TIMEOUT_MS;
      for (;;) {
        const now = await details();
        if (now && phases.includes(now.phase) && (now.phase !== 'closed' || now.bills.length > 0)) return now;
        if (Date.now() > end)
          throw new Error(`trade not ${phases.join('/')}: ${JSON.stringify(now, null, 1)}${lastWords()}`);
        await delay(25);
      }
    },
  };
}

/** Returns a condition for {@link until}: the trade has an event of this type. */
export const hasEvent = (trade: TestTrade, type: string) => async (): Promise<boolean | undefined> =>
  (await trade.details())?.events.some((event) => event.type === type);

/** Waits until a condition on the system holds. */
export async function until<Value>(
  what: string,
  read: () => Promise<Value | null | undefined | false>,
  timeoutMs = PHASE_TIMEOUT_MS,
): Promise<Value> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}${lastWords()}`);
    await delay(25);
  }
}

/** Returns the sandbox's account of an address. */
export function accountOf(state: SandboxState, address: string) {
  const account = state.accounts.find((each) => each.address === address);
  if (!account) throw new Error(`the sandbox has no account ${address}`);
  return account;
}

/**
 * Expects of an ended trade: one entry, nothing left at the venue, and the venue's own account value explained to the
 * cent by the database.
 */
export async function expectClean(
  system: Pick<TradingBase, 'db'> & { sandbox: ReadableSandbox },
  deployment: TestDeployment,
): Promise<void> {
  const { deploymentId, walletAddress } = deployment;
  const trades = await system.db.trade.findMany({
    where: { deploymentId },
    include: { fills: true, orders: true },
  });
  for (const trade of trades) {
    const entries = trade.orders.filter(({ leg }) => leg === 'entry');
    const bought = trade.fills.filter(({ orderId }) => entries.some(({ id }) => id === orderId));
    const size = bought.reduce((total, fill) => total + Number(fill.size), 0);
    expect(size).toBeCloseTo(Number(trade.entrySize ?? 0), 9);
    expect(trade.orders.filter(({ status }) => !['filled', 'canceled', 'rejected'].includes(status))).toEqual(
      [],
    );
  }
  const account = accountOf(await system.sandbox.state(), walletAddress);
  expect(account.openOrders).toBe(0);
  expect(Number(account.unrealisedPnl)).toBe(0);
  expect(account.fills).toBe(trades.reduce((total, trade) => total + trade.fills.length, 0));
  const worth = trades.reduce((total, trade) => total + worthOf(trade), 0);
  expect(Number(account.accountValue) - Number(account.deposited)).toBeCloseTo(worth, 6);
}

/** Returns the profit of a trade, with the profit that the owner made in its instrument at the time. */
function worthOf({ netPnlUsd, fundingUsd, fills, isAdopted }: SettledTrade): number {
  if (isAdopted || fills.every(({ orderId }) => orderId !== null)) return Number(netPnlUsd ?? 0);
  const closed = fills.map(({ closedPnlUsd, feeUsd }) => Number(closedPnlUsd) - Number(feeUsd));
  return closed.reduce((total, each) => total + each, Number(fundingUsd ?? 0));
}

type SettledTrade = Prisma.TradeGetPayload<{ include: { fills: true } }>;

/** Runs the fan-out of a signal again, as a retry or a second client would, and waits for its end. */
export async function signalFanOutAgain(system: TradingSystem, signalId: string): Promise<void> {
  await system.temporal.workflow.execute('signalFanOut', {
    args: [{ signalId }],
    taskQueue: TASK_QUEUES.trading,
    workflowId: `${workflowIds.fanOut(signalId)}/again`,
  });
}
