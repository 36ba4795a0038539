import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createFanOutActivities } from '#activities/pipeline/fan-out.ts';
import { createHeldCallActivities } from '#activities/pipeline/held-calls.ts';
import { createSignalActivities } from '#activities/pipeline/signals.ts';
import { classifyText, RULES_NAME } from '#classifiers/rules/classifier.ts';
import { asId, type AgentId } from '#domain/ids.ts';
import type { Reactions } from '#domain/reactions.ts';
import { createLogger } from '#observability/logger.ts';
import { openDatabase, type Database } from '#prisma/client.ts';
import { beginDecision, type DecisionFacts } from '#prisma/repositories/begin-decision.ts';
import { endStandingCalls, lockStandingCalls } from '#prisma/repositories/calls-of-author.ts';
import { storeClassification } from '#prisma/repositories/classifications.ts';
import { storeInstruments } from '#prisma/repositories/instruments.ts';
import { markSignalFannedOut } from '#prisma/repositories/signals.ts';
import { ensureSourceAccount } from '#prisma/repositories/source-accounts.ts';
import { storeMessages } from '#prisma/repositories/source-messages.ts';
import { addAgent, addDeployment, TEST_PRICES, toInstrument } from '#tests/support/pipeline-harness.ts';
import { startTestDatabase, type TestDatabase } from '#tests/support/services.ts';

/** Calls that their author takes back while their trades are being started. */
let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await startTestDatabase();
  db = openDatabase(database.url, { poolSize: 8 });
  await storeInstruments(db, 'hyperliquid', ['BTC', 'ETH'].map(toInstrument), Date.now());
});
afterAll(async () => {
  await db?.$disconnect();
  await database?.stop();
});

/** An agent with one deployment, and the channel it listens to. */
interface Channel {
  sourceId: string;
  agentId: AgentId;
  ownerId: string;
  /** Posts a text of the author; returns the id of the message. */
  post(text: string): Promise<string>;
}

async function openChannel(reactions: Partial<Reactions>): Promise<Channel> {
  const handle = `${randomUUID()}.jsonl`;
  const agent = await addAgent(db, {
    name: handle,
    sources: [{ kind: 'file', handle, weight: 100 }],
    ...reactions,
  });
  const { id: sourceId } = await ensureSourceAccount(db, { kind: 'file', handle });
  return {
    sourceId,
    agentId: asId<AgentId>(agent.id),
    ownerId: agent.ownerId,
    async post(text) {
      const draft = { externalId: randomUUID(), author: '@ada', text, postedAt: Date.now() };
      const [stored] = await storeMessages(db, sourceId, [draft]);
      const id = stored?.id ?? '';
      await storeClassification(db, { id, tries: 0 }, RULES_NAME, classifyText(text, TEST_PRICES));
      return id;
    },
  };
}

const { generateSignals } = createSignalActivities({
  get db() {
    return db;
  },
  classifierName: RULES_NAME,
  prices: async () => TEST_PRICES,
  logger: createLogger({ level: 'fatal', name: 'test' }),
  now: Date.now,
});

const generate = () => generateSignals({ limit: 100 });

/** Posts a call and makes it a signal; returns its id and the deployments that are to trade it. */
async function call({ post, agentId }: Channel, text: string) {
  await post(text);
  const { signalIds } = await generate();
  const rows = await db.agentDeployment.findMany({ where: { agentId }, select: { id: true } });
  return { signalId: signalIds[0] ?? '', deploymentIds: rows.map(({ id }) => id) };
}

const isOver = ({ signal }: DecisionFacts): boolean => signal.expiresAt <= Date.now();

/** Waits until a statement waits for another one, or the promise has ended. */
const untilBlocked = (promise: Promise<unknown>): Promise<unknown> =>
  Promise.race([
    promise,
    vi.waitUntil(
      async () => {
        const [row] = await db.$queryRaw<{ waiting: bigint }[]>`
          SELECT count(*) AS waiting FROM pg_locks WHERE NOT granted`;
        return Number(row?.waiting) > 0;
      },
      { timeout: 10_000 },
    ),
  ]);

describe('a close that comes while its call is being started', () => {
  test('is told the trade that is just being decided', async () => {
    const channel = await openChannel({ followUps: 'follow' });
    const { signalId, deploymentIds } = await call(channel, 'LONG BTC 60000 SL 58000 TP 65000');
    await channel.post('BTC long: close now');
    const { closing, facts } = await db.$transaction(async (tx) => {
      const decided = await beginDecision(tx, { signalId, deploymentId: deploymentIds[0] ?? '' });
      const evaluated = generate();
      await untilBlocked(evaluated);
      return { facts: decided, closing: evaluated };
    });
    expect(isOver(facts)).toBe(false);
    expect((await closing).instructions).toMatchObject([{ signalId, closes: true }]);
  });

  test('is seen by a decision that has begun before it was written', async () => {
    const channel = await openChannel({ followUps: 'follow' });
    const { signalId, deploymentIds } = await call(channel, 'LONG BTC 60000 SL 58000 TP 65000');
    const messageId = await channel.post('BTC long: close now');
    const deciding = await db.$transaction(async (tx) => {
      const now = Date.now();
      const calls = await lockStandingCalls(tx, messageId, { agentIds: [channel.agentId], now });
      const begun = beginDecision(db, { signalId, deploymentId: deploymentIds[0] ?? '' });
      await untilBlocked(begun);
      await endStandingCalls(tx, calls, now);
      return { begun };
    });
    expect(isOver(await deciding.begun)).toBe(true);
    await generate();
  });

  test('closes what is open, and has the other deployments open nothing', async () => {
    const channel = await openChannel({ followUps: 'follow' });
    await addDeployment(db, channel.agentId, channel.ownerId);
    const { signalId, deploymentIds } = await call(channel, 'LONG BTC 60000 SL 58000 TP 65000');
    const [first = '', second = ''] = deploymentIds;
    await beginDecision(db, { signalId, deploymentId: first });
    await channel.post('BTC long: close now');
    expect((await generate()).instructions).toMatchObject([{ deploymentId: first, closes: true }]);
    expect(isOver(await beginDecision(db, { signalId, deploymentId: second }))).toBe(true);
  });

  test.each(['BTC long: close now', 'close it now'])(
    'ends a call that is sent and not begun: %s',
    async (text) => {
      const channel = await openChannel({ followUps: 'follow' });
      const { signalId, deploymentIds } = await call(channel, 'LONG BTC 60000 SL 58000 TP 65000');
      await markSignalFannedOut(db, signalId, Date.now());
      await channel.post(text);
      await generate();
      expect(isOver(await beginDecision(db, { signalId, deploymentId: deploymentIds[0] ?? '' }))).toBe(true);
    },
  );

  test.each([
    ['of another instrument', 'ETH long: close now', {}],
    ['that may be about either of two calls', 'close it now', { other: 'LONG ETH 3000 SL 2900 TP 3300' }],
    ['where the agent ignores such posts', 'BTC long: close now', { followUps: 'ignore' as const }],
  ])(
    'changes nothing %s',
    async (
      _what,
      text,
      { other, followUps = 'follow' as const }: { other?: string; followUps?: 'ignore' | 'follow' },
    ) => {
      const channel = await openChannel({ followUps });
      const { signalId, deploymentIds } = await call(channel, 'LONG BTC 60000 SL 58000 TP 65000');
      if (other !== undefined) await call(channel, other);
      await channel.post(text);
      await generate();
      expect(isOver(await beginDecision(db, { signalId, deploymentId: deploymentIds[0] ?? '' }))).toBe(false);
    },
  );
});

describe('a call that is held until the trade against it is flat', () => {
  /** A long that is open, and the short that waits for its end. */
  async function turn() {
    const channel = await openChannel({ followUps: 'follow', oppositeCalls: 'flip' });
    const { signalId, deploymentIds } = await call(channel, 'LONG BTC 60000 SL 58000 TP 65000');
    const { trade } = await beginDecision(db, { signalId, deploymentId: deploymentIds[0] ?? '' });
    await db.trade.update({ where: { id: trade.id }, data: { phase: 'open' } });
    await channel.post('SHORT BTC 60000 SL 62000 TP 55000');
    const { heldCallIds = [] } = await generate();
    expect(heldCallIds).toHaveLength(1);
    return { ...channel, tradeId: trade.id, heldCallId: heldCallIds[0] ?? '' };
  }

  const { tryHeldCall } = createHeldCallActivities({
    get db() {
      return db;
    },
    now: Date.now,
  });

  test.each(['BTC: close everything now', 'LONG BTC 60000 SL 58000 TP 65000'])(
    'opens nothing after its author has said: %s',
    async (text) => {
      const { post, tradeId, heldCallId, agentId } = await turn();
      await post(text);
      await generate();
      await db.trade.update({ where: { id: tradeId }, data: { phase: 'settling' } });
      expect(await tryHeldCall({ heldCallId })).toEqual({ is: 'ended', signalIds: [] });
      expect(await db.signal.count({ where: { agentId, side: 'short' } })).toBe(0);
      const skip = {
        code: 'call_withdrawn',
        message: { text: { startsWith: 'SHORT BTC' } },
        subject: { contains: agentId },
      };
      expect(await db.skippedSignal.count({ where: skip })).toBe(1);
    },
  );
});

test('a close in fields of what is not open says so', async () => {
  const { sourceId } = await openChannel({ followUps: 'follow' });
  const fields = { action: 'close', instrument: 'BTC', side: null } as const;
  const draft = { externalId: randomUUID(), author: 'desk', text: '{}', postedAt: Date.now(), call: fields };
  const [stored] = await storeMessages(db, sourceId, [draft]);
  const id = stored?.id ?? '';
  await storeClassification(db, { id, tries: 0 }, RULES_NAME, classifyText('gm'));
  await generate();
  expect(await db.skippedSignal.findMany({ where: { messageId: id } })).toMatchObject([
    { code: 'no_open_trade' },
  ]);
});

test('a call that is turned before its trade is begun opens only the later side', async () => {
  const channel = await openChannel({ oppositeCalls: 'flip' });
  const { signalId, deploymentIds } = await call(channel, 'LONG BTC 60000 SL 58000 TP 65000');
  const turned = await call(channel, 'SHORT BTC 60000 SL 62000 TP 55000');
  const deploymentId = deploymentIds[0] ?? '';
  expect(isOver(await beginDecision(db, { signalId, deploymentId }))).toBe(true);
  expect(isOver(await beginDecision(db, { signalId: turned.signalId, deploymentId }))).toBe(false);
});

test('what a post tells a trade that a person pauses then is not done later, and the trade says so', async () => {
  const channel = await openChannel({ followUps: 'follow' });
  const { signalId, deploymentIds } = await call(channel, 'LONG BTC 60000 SL 58000 TP 65000');
  const { trade } = await beginDecision(db, { signalId, deploymentId: deploymentIds[0] ?? '' });
  await db.trade.update({ where: { id: trade.id }, data: { phase: 'open' } });
  await channel.post('BTC long: close now');
  expect((await generate()).instructions).toHaveLength(1);
  const { listUnsentSignals } = createFanOutActivities({ db, now: () => Date.now() + 90_000 });
  const told = async () => {
    const { instructions = [] } = await listUnsentSignals({ limit: 100 });
    return instructions.filter((each) => each.signalId === signalId).length;
  };
  expect(await told()).toBe(1);
  await db.trade.update({ where: { id: trade.id }, data: { pausedAt: new Date() } });
  expect(await told()).toBe(0);
  await db.trade.update({ where: { id: trade.id }, data: { pausedAt: null } });
  expect(await told()).toBe(0);
  const events = await db.tradeEvent.findMany({ where: { tradeId: trade.id, type: 'post_ignored' } });
  expect(events.map(({ text }) => text)).toEqual([
    'A post of its author was not followed: the trade is paused',
  ]);
});
