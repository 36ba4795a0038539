import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTelegramSandbox, type TelegramSandbox } from '#sandbox/telegram/server.ts';
import { sealSecret } from '#sources/secret.ts';
import { createTelegramSource } from '#sources/telegram/telegram-source.ts';
import { webhookSecretOf } from '#sources/telegram/webhook-address.ts';
import { startTestApi, type TestApi } from '#tests/support/api.ts';
import { postHook } from '#tests/support/post-hook.ts';
import { until } from '#tests/support/trading-system.ts';

const CHANNEL = -1001234567890;
let api: TestApi;
let telegram: TelegramSandbox;
let sourceId: string;
let door: string;

beforeAll(async () => {
  api = await startTestApi();
  telegram = await startTelegramSandbox({ channels: [{ id: CHANNEL, title: 'Calls', username: 'Calls' }] });
  sourceId = randomUUID();
  const { sealKeyId, sealed } = sealSecret(api.deps.sourceKeys, sourceId, telegram.token);
  await api.db.sourceAccount.create({
    data: { id: sourceId, kind: 'telegram', handle: '@calls', sealKeyId, sealedSecret: sealed },
  });
  door = `${await api.app.listen({ port: 0, host: '127.0.0.1' })}/hooks/telegram`;
});
afterAll(async () => {
  await telegram.close();
  await api.stop();
});

const path = () => `/hooks/telegram/${telegram.token.split(':')[0]}`;
const texts = async () => {
  const where = { sourceAccountId: sourceId };
  const rows = await api.db.sourceMessage.findMany({ where, orderBy: { externalId: 'asc' } });
  return rows.map(({ text }) => text);
};

test('a listener registers the webhook, and Telegram delivers each post once, in order', async () => {
  const source = createTelegramSource({ baseUrl: telegram.url, botToken: null, webhook: { url: door } });
  const stop = new AbortController();
  const listening = source.listen({
    accounts: [
      {
        id: sourceId,
        handle: '@calls',
        options: { forwards: true },
        secret: telegram.token,
        externalId: '1',
      },
    ],
    deliver: async () => undefined,
    refuse: async () => undefined,
    catchUp: async () => undefined,
    alive: () => undefined,
    signal: stop.signal,
  });
  await until('the webhook', async () => telegram.requests.some((each) => each.includes('setWebhook')));
  const { message_id: message } = telegram.bot.post(CHANNEL, { text: 'long BTC' });
  telegram.bot.post(CHANNEL, { text: 'short ETH' });
  telegram.bot.edit(CHANNEL, message, { text: 'no' });
  await until('every update', async () => telegram.bot.pending.length === 0);
  expect(await texts()).toEqual(['long BTC', 'short ETH']);
  expect((await api.db.messageRevision.findMany()).map(({ text }) => text)).toEqual(['no']);
  const row = await api.db.sourceAccount.findUniqueOrThrow({ where: { id: sourceId } });
  expect(row).toMatchObject({ externalId: String(CHANNEL), title: 'Calls' });
  stop.abort();
  await listening;
});

test('a delivery that comes again, in whatever order, changes nothing', async () => {
  const chat = { id: CHANNEL, type: 'channel', title: 'Calls', username: 'Calls' };
  const update = (id: number, text: string) =>
    JSON.stringify({ update_id: id, channel_post: { message_id: id, chat, date: 1_767_225_600, text } });
  const before = await texts();
  const secret = { 'x-telegram-bot-api-secret-token': webhookSecretOf(telegram.token) };
  for (const id of [902, 901, 902, 901])
    expect((await postHook(api.app, path(), update(id, `post ${id}`), secret)).status).toBe(200);
  expect(await texts()).toEqual([...before, 'post 901', 'post 902']);
  // What says nothing of a channel is taken, or nothing else would come.
  for (const body of ['{"update_id":1}', 'nonsense', '{"update_id":2,"message":{"text":"hi"}}'])
    expect((await postHook(api.app, path(), body, secret)).status).toBe(200);
});

test('another secret, another bot or none opens nothing', async () => {
  const right = webhookSecretOf(telegram.token);
  const body = '{"update_id":1}';
  for (const headers of [{}, { 'x-telegram-bot-api-secret-token': `${right.slice(0, -1)}x` }])
    expect(await postHook(api.app, path(), body, headers)).toMatchObject({
      status: 401,
      body: { code: 'hook_refused' },
    });
  const headers = { 'x-telegram-bot-api-secret-token': right };
  expect((await postHook(api.app, '/hooks/telegram/7000000009', body, headers)).status).toBe(401);
  expect(JSON.stringify(api.logged)).not.toContain(telegram.token);
});
