import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTelegramSandbox, type TelegramSandbox } from '#sandbox/telegram/server.ts';
import { startXSandbox, type XSandbox } from '#sandbox/x/server.ts';
import {
  hasEvent,
  startTradingSystem,
  until,
  type TestTrade,
  type TradingSystem,
} from '#tests/support/trading-system.ts';

/** Sources that are listened to, on real services and a worker of its own: from a post to an open trade, and after it. */
let system: TradingSystem;
let telegram: TelegramSandbox;
let x: XSandbox;

const CHANNEL = -1001234567890;
const CALLER = '2244994945';

beforeAll(async () => {
  telegram = await startTelegramSandbox({ channels: [{ id: CHANNEL, title: 'Calls', username: 'Calls' }] });
  x = await startXSandbox({ keepAliveMs: 100 });
  x.control({ type: 'account', id: CALLER, username: 'Caller' });
  system = await startTradingSystem();
  await system.startWorker({
    env: {
      TELEGRAM_API_BASE_URL: telegram.url,
      TELEGRAM_BOT_TOKEN: telegram.token,
      X_API_BASE_URL: x.url,
      X_BEARER_TOKEN: x.token,
    },
  });
});

afterAll(async () => {
  await system.stop();
  await telegram.close();
  await x.close();
});

/** Has a new agent with one deployment listen to a source. */
async function listenTo(kind: 'telegram' | 'x', handle: string) {
  const deployment = await system.deploy();
  const { id } = await system.db.sourceAccount.create({ data: { kind, handle } });
  await system.db.agentSource.create({
    data: { agentId: deployment.agentId, sourceAccountId: id, weight: 100 },
  });
  return { deployment, sourceId: id };
}

type Listening = Awaited<ReturnType<typeof listenTo>>;

/** The trade that was taken on a message of the source. */
async function tradeOn({ deployment, sourceId }: Listening, externalId: string): Promise<TestTrade> {
  const where = { agentId: deployment.agentId, message: { sourceAccountId: sourceId, externalId } };
  await until('a signal', async () => (await system.db.signal.count({ where })) > 0);
  const { id } = await system.db.signal.findFirstOrThrow({ where });
  return system.tradeOf(id, deployment);
}

const skipCodes = async (externalId: string) =>
  (await system.db.skippedSignal.findMany({ where: { message: { externalId } } })).map(({ code }) => code);

test('a post of a channel is traded; its edit opens and closes nothing, and the story says so', async () => {
  const listening = await listenTo('telegram', '@calls');
  await until('the channel to be known', async () => {
    const row = await system.db.sourceAccount.findUniqueOrThrow({ where: { id: listening.sourceId } });
    return row.externalId === String(CHANNEL) && row.title === 'Calls';
  });
  const { message_id: message } = telegram.bot.post(CHANNEL, { text: 'BTC long, stop 48000, target 56000' });
  const trade = await tradeOn(listening, String(message));
  await trade.reaches('open');
  telegram.bot.edit(CHANNEL, message, { text: 'BTC short, stop 52000, target 46000' });
  await until('message_edited', hasEvent(trade, 'message_edited'));
  expect((await trade.details())?.phase).toBe('open');
  expect(await skipCodes(String(message))).toEqual(['message_edited']);
  expect(await system.db.signal.count({ where: { agentId: listening.deployment.agentId } })).toBe(1);
});

test('a post of X is heard over the stream and traded once, whatever the poll brings again', async () => {
  x.control({ type: 'post', author: CALLER, text: 'ETH long, stop 1, target 99999 before we listened' });
  const listening = await listenTo('x', 'caller');
  await until('the stream', async () => x.stream.connections === 1);
  system.sandbox.setPrice('SOL', 150);
  const { id } = x.control({
    type: 'post',
    author: CALLER,
    text: 'SOL long, stop 140, target 170',
  }) as { id: string };
  const trade = await tradeOn(listening, id);
  await trade.reaches('open');
  x.stream.cut();
  await until('the cut to be seen', async () => x.stream.connections === 0);
  await until('the poll after the gap', async () => {
    const row = await system.db.sourceAccount.findUniqueOrThrow({ where: { id: listening.sourceId } });
    return (row.cursor as { sinceId?: string } | null)?.sinceId === id;
  });
  // What is deleted while nobody listens is told by no timeline.
  await until('the stream again', async () => x.stream.connections === 1);
  x.control({ type: 'delete', id });
  await until('message_deleted', hasEvent(trade, 'message_deleted'));
  expect((await trade.details())?.phase).toBe('open');
  expect(await system.db.signal.count({ where: { agentId: listening.deployment.agentId } })).toBe(1);
  expect(await system.db.sourceMessage.count({ where: { sourceAccountId: listening.sourceId } })).toBe(2);
});

test('a bot whose token is refused is stopped with the reason, and others go on', async () => {
  const { id } = await system.db.sourceAccount.create({
    data: { kind: 'telegram', handle: `@gone_${randomUUID().slice(0, 8)}` },
  });
  await until('the refusal', async () => {
    const row = await system.db.sourceAccount.findUniqueOrThrow({ where: { id } });
    return row.stopCode === 'telegram_chat_unknown' && /administrator/.test(row.lastError ?? '');
  });
  const others = await system.db.sourceAccount.findMany({ where: { kind: 'telegram', id: { not: id } } });
  expect(others.map(({ stopCode }) => stopCode)).toEqual([null]);
});
