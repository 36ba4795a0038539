import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClassificationActivities } from '#activities/pipeline/classification.ts';
import { createFanOutActivities } from '#activities/pipeline/fan-out.ts';
import { createIntakeActivities } from '#activities/intake/activities.ts';
import { createSignalActivities } from '#activities/pipeline/signals.ts';
import type { Classifier } from '#classifiers/classifier.ts';
import { createRulesClassifier } from '#classifiers/rules/classifier.ts';
import type { Instrument } from '#domain/instrument.ts';
import { createLogger } from '#observability/logger.ts';
import { openDatabase, type Database } from '#prisma/client.ts';
import { createAgent, type AgentDraft, type AgentRecord } from '#prisma/repositories/agents.ts';
import { storeInstruments } from '#prisma/repositories/instruments.ts';
import { ensureSourceAccount } from '#prisma/repositories/source-accounts.ts';
import { createSources } from '#sources/create-sources.ts';
import { connectClient } from '#temporal/connection.ts';
import { TASK_QUEUES } from '#workflows/names.ts';
import type { Client } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { startLocalServices } from './services.ts';
import { testSourceSettings } from './source-settings.ts';

export interface Post {
  id?: string;
  author?: string;
  text: string;
  postedAt?: number | string;
}

/** The whole pipeline on a database and a namespace of its own; its trades wait and do nothing. */
export interface PipelineHarness {
  db: Database;
  databaseUrl: string;
  client: Client;
  sourceAccountId: string;
  /** Path of the posts file. */
  path: string;
  agent: AgentRecord;
  /** Appends posts to the file; text is appended as it is. */
  post(...posts: (Post | string)[]): void;
  activities: ReturnType<typeof buildActivities>;
  stop(): Promise<void>;
}

export const TEST_PRICES = new Map([
  ['BTC', '60000'],
  ['ETH', '3000'],
]);

// Steps fail on purpose here; logging each would bury a real failure.
Runtime.install({ logger: new DefaultLogger('ERROR') });

export async function startPipelineHarness(
  openClassifier: (db: Database) => Classifier = createRulesClassifier,
): Promise<PipelineHarness> {
  const services = await startLocalServices();
  const db = openDatabase(services.databaseUrl);
  const client = await connectClient({ address: services.temporalAddress, namespace: services.namespace });
  const folder = mkdtempSync(join(tmpdir(), 'signalman-posts-'));
  const path = join(folder, 'posts.jsonl');
  const activities = buildActivities(db, folder, openClassifier(db));
  const workers = await startWorkers(services, activities);
  const { id: sourceAccountId } = await ensureSourceAccount(db, { kind: 'file', handle: path });
  await storeInstruments(
    db,
    'hyperliquid',
    ['BTC', 'ETH', 'SOL', 'HYPE', 'kPEPE'].map(toInstrument),
    Date.now(),
  );
  const agent = await addAgent(db, { sources: [{ kind: 'file', handle: path, weight: 100 }] });
  return {
    db,
    databaseUrl: services.databaseUrl,
    client,
    sourceAccountId,
    path,
    agent,
    activities,
    post: (...posts) => appendFileSync(path, posts.map(toLine).join('')),
    async stop() {
      await workers.stop();
      await client.connection.close();
      await db.$disconnect();
      await services.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

const toLine = (post: Post | string): string =>
  typeof post === 'string' ? post : `${JSON.stringify({ author: '@desk', postedAt: Date.now(), ...post })}\n`;

export const toInstrument = (symbol: string, venueAssetId: number): Instrument => ({
  venue: 'hyperliquid',
  symbol,
  venueSymbol: symbol,
  venueAssetId,
  priceRule: { kind: 'significant', figures: 5, decimals: 2 },
  lot: '0.0001',
  minNotionalUsd: '10',
  maxLeverage: 20,
  onlyIsolated: false,
  tradable: true,
});

/** An agent with one user's deployment. */
export async function addAgent(db: Database, draft: Partial<AgentDraft>): Promise<AgentRecord> {
  const name = draft.name ?? 'momentum';
  const user = await db.user.create({ data: { name: `owner of ${name}` } });
  const agent = await createAgent(db, {
    name,
    ownerId: user.id,
    venuePreference: ['hyperliquid'],
    minConfidence: 0.5,
    barriers: { stopLoss: { pct: 5 }, timeLimitMs: 86_400_000 },
    sizeModel: { mode: 'equityPercent', percent: 5 },
    signalTtlMs: 300_000,
    maxDriftPct: 1,
    sources: [],
    ...draft,
  });
  if (!agent) throw new Error(`agent ${name} exists already`);
  await addDeployment(db, agent.id, user.id);
  return agent;
}

let wallets = 0;

export async function addDeployment(db: Database, agentId: string, userId: string): Promise<string> {
  wallets += 1;
  const row = await db.agentDeployment.create({
    data: {
      agentId,
      userId,
      walletAddress: `0x${wallets.toString(16).padStart(40, '0')}`,
      maxNotionalUsd: '1000',
      trialEndsAt: new Date(Date.now() + 86_400_000),
    },
    select: { id: true },
  });
  return row.id;
}

function buildActivities(db: Database, folder: string, classifier: Classifier) {
  const logger = createLogger({ level: 'fatal', name: 'test' });
  const now = Date.now;
  return {
    ...createIntakeActivities({
      db,
      logger,
      now,
      sources: createSources(testSourceSettings(folder)),
      sourceKeys: [],
    }),
    ...createClassificationActivities({ db, classifier, prices: async () => TEST_PRICES, logger, now }),
    ...createSignalActivities({
      db,
      logger,
      now,
      classifierName: classifier.name,
      prices: async () => TEST_PRICES,
    }),
    ...createFanOutActivities({ db, now }),
  };
}

async function startWorkers(
  { temporalAddress, namespace }: { temporalAddress: string; namespace: string },
  activities: object,
): Promise<{ stop(): Promise<void> }> {
  const connection = await NativeConnection.connect({ address: temporalAddress });
  const workflowsPath = fileURLToPath(new URL('pipeline-workflows.ts', import.meta.url));
  const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  const workers = await Promise.all(
    [TASK_QUEUES.pipeline, TASK_QUEUES.trading].map((taskQueue) =>
      Worker.create({ connection, namespace, taskQueue, workflowBundle, activities }),
    ),
  );
  const runs = workers.map((worker) => worker.run());
  return {
    async stop() {
      for (const worker of workers) worker.shutdown();
      await Promise.all(runs);
      await connection.close();
    },
  };
}
