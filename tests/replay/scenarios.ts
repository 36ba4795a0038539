import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SCORE_PERIOD_MS } from '#domain/scoring/score-use.ts';
import { SCORE_NAME } from '#prisma/repositories/market-indicators.ts';
import { createChannel } from '#prisma/repositories/notification-channels.ts';
import { ensureSourceAccount } from '#prisma/repositories/source-accounts.ts';
import { recordSystemEvent } from '#prisma/repositories/system-events.ts';
import { parseSourceKey } from '#config/key-lists.ts';
import { TOPICS } from '#domain/notifications/topics.ts';
import { sealTarget } from '#notifiers/secret.ts';
import { startChannelSandbox } from '#sandbox/channels/server.ts';
import { TEST_MASTER_KEY } from '#tests/support/api.ts';
import { TASK_QUEUES, workflowIds } from '#workflows/names.ts';
import { hasEvent, until, type TestTrade, type TradingSystem } from '#tests/support/trading-system.ts';
import { requestIngest } from '#workers/source-watcher.ts';
import { adjustBarriersUpdate, pauseSignal, resumeSignal } from '#workflows/messages.ts';

/** A workflow run whose history is to be kept, and the name of its file. */
export interface Recorded {
  file: string;
  workflowId: string;
  runId?: string;
}

type Scenario = (system: TradingSystem) => Promise<Recorded[]>;

const asTrade = (what: string, { workflowId }: TestTrade): Recorded => ({
  file: `tradeLifecycle.${what}`,
  workflowId,
});

const armed = (trade: TestTrade) => trade.untilArmed();

const told = (trade: TestTrade, type: string) => until(type, hasEvent(trade, type));

/** The workflow's own end comes after the last line of its books. */
const ended = ({ temporal }: TradingSystem, trade: TestTrade) =>
  temporal.workflow.getHandle(trade.workflowId).result();

async function startWorker(system: TradingSystem): Promise<Recorded[]> {
  await system.startWorker();
  const jobs = ['checkVenues', 'refreshInstruments'];
  await Promise.all(jobs.map((job) => system.temporal.workflow.getHandle(`start/${job}`).result()));
  return jobs.map((job) => ({ file: job, workflowId: `start/${job}` }));
}

async function reconciled(system: TradingSystem): Promise<Recorded[]> {
  const { deploymentId } = await system.deploy();
  const { body } = await system.call('POST', '/reconcile', { deploymentId });
  await system.temporal.workflow.getHandle(body.workflowId).result();
  return [{ file: 'reconcile', workflowId: body.workflowId }];
}

async function stopped(system: TradingSystem): Promise<Recorded[]> {
  system.sandbox.setPrice('BTC', 50_000);
  const trade = await system.signal(await system.deploy(), { barriers: { stopLoss: { pct: 2 } } });
  await armed(trade);
  system.sandbox.setPrice('BTC', 48_900);
  await ended(system, trade);
  const fanOut = workflowIds.fanOut(trade.signalId);
  await system.temporal.workflow.getHandle(fanOut).result();
  return [asTrade('stop', trade), { file: 'signalFanOut.trades-started', workflowId: fanOut }];
}

async function laddered(system: TradingSystem): Promise<Recorded[]> {
  system.sandbox.setPrice('AVAX', 40);
  const trade = await system.signal(await system.deploy(), {
    symbol: 'AVAX',
    barriers: {
      stopLoss: { pct: 5 },
      takeProfits: [
        { pct: 2, fraction: 0.5 },
        { pct: 4, fraction: 0.3 },
      ],
      breakEven: { afterTakeProfit: 1, offsetPct: 0.1 },
    },
  });
  await armed(trade);
  system.sandbox.setPrice('AVAX', 40.9);
  await until('break-even', async () => Number((await trade.details())?.stopPrice) > 40);
  system.sandbox.setPrice('AVAX', 39.9);
  await ended(system, trade);
  return [asTrade('ladder', trade)];
}

async function timedOut(system: TradingSystem): Promise<Recorded[]> {
  system.sandbox.setPrice('LINK', 20);
  const barriers = { stopLoss: { pct: 5 }, timeLimitMs: 1_500 };
  const trade = await system.signal(await system.deploy(), { symbol: 'LINK', barriers });
  await ended(system, trade);
  return [asTrade('watcher-exit', trade)];
}

async function filledInPart(system: TradingSystem): Promise<Recorded[]> {
  system.sandbox.setPrice('BNB', 600);
  const deployment = await system.deploy();
  system.sandbox.control({ type: 'fault', fault: { kind: 'partialFill', fraction: 0.4 } });
  const trade = await system.signal(deployment, {
    symbol: 'BNB',
    barriers: { stopLoss: { pct: 3 }, takeProfits: [{ pct: 2, fraction: 1 }] },
  });
  await armed(trade);
  system.sandbox.setPrice('BNB', 615);
  await ended(system, trade);
  return [asTrade('partial-entry', trade)];
}

async function forceClosed(system: TradingSystem): Promise<Recorded[]> {
  system.sandbox.setPrice('HYPE', 40);
  const deployment = await system.deploy();
  const open = await system.signal(deployment, { symbol: 'HYPE', barriers: { stopLoss: { pct: 5 } } });
  await armed(open);
  const busy = await system.signal(deployment, {
    symbol: 'HYPE',
    side: 'short',
    barriers: { stopLoss: { pct: 5 } },
  });
  await ended(system, busy);
  const { id } = await open.reaches('open');
  await system.call('POST', `/trades/${id}/close`, {});
  await ended(system, open);
  return [asTrade('force-close', open), asTrade('skipped', busy)];
}

async function paused(system: TradingSystem): Promise<Recorded[]> {
  system.sandbox.setPrice('XRP', 2);
  const trade = await system.signal(await system.deploy(), {
    symbol: 'XRP',
    barriers: { stopLoss: { pct: 2 } },
  });
  await armed(trade);
  const handle = system.temporal.workflow.getHandle(trade.workflowId);
  await handle.signal(pauseSignal);
  await told(trade, 'paused');
  await handle.signal(resumeSignal);
  await told(trade, 'resumed');
  system.sandbox.setPrice('XRP', 1.9);
  await ended(system, trade);
  return [asTrade('paused', trade)];
}

async function adjusted(system: TradingSystem): Promise<Recorded[]> {
  system.sandbox.setPrice('SUI', 4);
  const trade = await system.signal(await system.deploy(), {
    symbol: 'SUI',
    barriers: { stopLoss: { pct: 5 } },
  });
  await armed(trade);
  const barriers = { stopLoss: { pct: 8 }, takeProfits: [{ pct: 3, fraction: 1 }] };
  await system.temporal.workflow
    .getHandle(trade.workflowId)
    .executeUpdate(adjustBarriersUpdate, { args: [{ barriers, by: 'recorder' }] });
  system.sandbox.setPrice('SUI', 4.15);
  await ended(system, trade);
  return [asTrade('adjusted', trade)];
}

/** From a post to a trade, and the scheduled jobs of the way. */
async function pipeline({ db, temporal, stateDir, call }: TradingSystem): Promise<Recorded[]> {
  mkdirSync(join(stateDir, 'sources'));
  const handle = join(stateDir, 'sources', 'posts.jsonl');
  const post = { id: '1', author: '@desk', text: 'Long ETH here, stop 5%', postedAt: Date.now() };
  writeFileSync(handle, `${JSON.stringify(post)}\n`);
  const { id: sourceAccountId } = await ensureSourceAccount(db, { kind: 'file', handle });
  const sources = [{ kind: 'file', handle, weight: 100 }];
  await call('POST', '/agents', { name: 'reader', minConfidence: 0.1, maxDriftPct: 50, sources });
  await requestIngest(temporal, sourceAccountId);
  const ingest = workflowIds.ingest(sourceAccountId);
  await temporal.workflow.getHandle(ingest).result();
  const { id: signalId } = await until('the signal of the post', () =>
    db.signal.findFirst({ where: { symbol: 'ETH' } }),
  );
  const fanOut = workflowIds.fanOut(signalId);
  await temporal.workflow.getHandle(fanOut).result();
  const jobs = [
    { file: 'pollSources', args: [{ kind: 'rss' }] },
    ...['evaluateMessages', 'classify', 'generateSignals'].map((file) => ({ file, args: [] })),
  ].map((job) => ({ ...job, workflowId: `${job.file}/${randomUUID()}` }));
  for (const { file, args, workflowId } of jobs)
    await temporal.workflow.execute(file, { workflowId, args, taskQueue: TASK_QUEUES.pipeline });
  return [
    { file: 'ingest', workflowId: ingest },
    { file: 'signalFanOut.from-post', workflowId: fanOut },
    ...jobs,
  ];
}

/** A post moves the stop of a trade, and a call against it turns the position. */
async function turned(system: TradingSystem): Promise<Recorded[]> {
  const { db, temporal, stateDir, call } = system;
  mkdirSync(join(stateDir, 'sources'), { recursive: true });
  const handle = join(stateDir, 'sources', 'turns.jsonl');
  const post = (id: string, text: string): void =>
    appendFileSync(handle, `${JSON.stringify({ id, author: '@ada', text, postedAt: Date.now() })}\n`);
  system.sandbox.setPrice('SOL', 150);
  const { id: sourceAccountId } = await ensureSourceAccount(db, { kind: 'file', handle });
  const sources = [{ kind: 'file', handle, weight: 100 }];
  const reactions = { followUps: 'follow', oppositeCalls: 'flip' };
  const agent = await call('POST', '/agents', { name: 'turner', maxDriftPct: 50, sources, ...reactions });
  const funded = { venue: 'hyperliquid', maxNotionalUsd: '5000', fundUsdc: '10000' };
  const { body } = await call('POST', `/agents/${agent.body.id}/deployments`, funded);
  const deployment = { agentId: agent.body.id, deploymentId: body.id, walletAddress: body.walletAddress };
  const read = () => requestIngest(temporal, sourceAccountId);
  const tradeOf = async (side: 'long' | 'short') => {
    const of = { agentId: agent.body.id, side };
    const signal = await until(`the ${side} signal`, () => db.signal.findFirst({ where: of }));
    return system.tradeOf(signal.id, deployment);
  };
  post('1', 'LONG SOL 150 SL 140 TP 200');
  await read();
  const long = await tradeOf('long');
  await armed(long);
  post('2', 'SOL long: SL raised to 145');
  await read();
  await told(long, 'post_followed');
  post('3', 'SHORT SOL 150 SL 160 TP 100');
  await read();
  await ended(system, long);
  const { id } = await until('the held call', () =>
    db.heldCall.findFirst({ where: { agentId: agent.body.id } }),
  );
  const heldCall = workflowIds.heldCall(id);
  await temporal.workflow.getHandle(heldCall).result();
  const short = await tradeOf('short');
  await armed(short);
  return [asTrade('turned', long), { file: 'holdCall', workflowId: heldCall }];
}

/** Asked to end, a watcher hands over to the next run of its workflow: the run that ended is kept. */
async function watched({ temporal }: TradingSystem): Promise<Recorded[]> {
  const workflowId = workflowIds.priceWatch('hyperliquid', 0);
  const { runId } = await temporal.workflow.getHandle(workflowId).describe();
  const run = temporal.workflow.getHandle(workflowId, runId, { followRuns: false });
  await run.cancel();
  await run.result().catch(() => undefined);
  return [{ file: 'priceWatch', workflowId, runId }];
}

/** Scores of more markets than one step computes: between steps the workflow waits. */
async function scored({ db, temporal }: TradingSystem): Promise<Recorded[]> {
  const listed = await db.instrument.findMany({ where: { venue: 'hyperliquid' }, skip: 7 });
  const at = new Date(Date.now() - (Date.now() % SCORE_PERIOD_MS));
  await db.marketIndicator.createMany({
    data: listed.map(({ symbol }) => ({ name: SCORE_NAME, symbol, at, value: 0 })),
  });
  const workflowId = `scoreMarkets/${randomUUID()}`;
  await temporal.workflow.execute('scoreMarkets', { workflowId, taskQueue: TASK_QUEUES.pipeline });
  return [{ file: 'scoreMarkets', workflowId }];
}

/** Asked to end, a listener hands over to the next run of its workflow: the run that ended is kept. */
async function listened({ temporal }: TradingSystem): Promise<Recorded[]> {
  const workflowId = workflowIds.listening('telegram');
  const { runId } = await temporal.workflow.getHandle(workflowId).describe();
  const run = temporal.workflow.getHandle(workflowId, runId, { followRuns: false });
  await run.cancel();
  await run.result().catch(() => undefined);
  return [{ file: 'listenToSources', workflowId, runId }];
}

/** The hours of the trades of the scenarios before, and the numbers of their agents. */
async function measured({ temporal }: TradingSystem): Promise<Recorded[]> {
  const workflowId = `hourlyMetrics/${randomUUID()}`;
  await temporal.workflow.execute('hourlyMetrics', { workflowId, taskQueue: TASK_QUEUES.pipeline });
  return [{ file: 'hourlyMetrics', workflowId }];
}

/** Nothing is due: the trial of the deployment lasts. */
async function monthsBilled({ temporal, deploy }: TradingSystem): Promise<Recorded[]> {
  await deploy();
  const workflowId = `billMonths/${randomUUID()}`;
  await temporal.workflow.execute('billMonths', { workflowId, taskQueue: TASK_QUEUES.pipeline });
  return [{ file: 'billMonths', workflowId }];
}

async function notified({ db, temporal, deploy }: TradingSystem): Promise<Recorded[]> {
  await deploy();
  const channels = await startChannelSandbox();
  const { id: userId } = await db.user.findFirstOrThrow();
  const id = randomUUID();
  const sourceKey = parseSourceKey(TEST_MASTER_KEY.key.toString('hex'));
  await createChannel(db, {
    id,
    userId,
    kind: 'slack',
    name: 'desk',
    label: 'desk',
    target: sealTarget([sourceKey], id, { url: `${channels.url}/slack/desk` }),
    link: null,
    topics: TOPICS,
    minSeverity: 'info',
    digest: 'none',
    quiet: null,
    timeZone: 'UTC',
  });
  const about = { type: 'brake_set', text: 'news', userId };
  await recordSystemEvent(db, { ...about, key: randomUUID() }, { ...about, key: randomUUID() });
  await until('two messages to the channel', async () => channels.taken.length === 2);
  const workflowId = workflowIds.notifications(id);
  await temporal.workflow.getHandle(workflowId).result();
  await channels.close();
  return [{ file: 'deliverNotifications', workflowId }];
}

export const SCENARIOS: readonly Scenario[] = [
  startWorker,
  reconciled,
  stopped,
  laddered,
  timedOut,
  filledInPart,
  forceClosed,
  paused,
  adjusted,
  pipeline,
  scored,
  turned,
  measured,
  monthsBilled,
  watched,
  listened,
  notified,
];
