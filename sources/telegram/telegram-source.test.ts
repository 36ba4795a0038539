import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TelegramCommand } from '#sandbox/telegram/control.ts';
import { startTelegramSandbox, type TelegramSandbox } from '#sandbox/telegram/server.ts';
import type { SourceError } from '../errors.ts';
import type { HeardDelivery, ListenedAccount } from '../listening.ts';
import type { TelegramOptions } from './options.ts';
import { createTelegramSource } from './telegram-source.ts';

const CALLS = -1001234567890;
const OTHER = -1009876543210;
const SECOND_TOKEN = '7000000002:AAE-another_bot_of_the_test_0000000000';
let telegram: TelegramSandbox;
let listening: Listener[] = [];

beforeEach(async () => {
  telegram = await startTelegramSandbox({
    channels: [
      { id: CALLS, title: 'Calls', username: 'Calls' },
      { id: OTHER, title: 'Private room' },
    ],
  });
});
afterEach(async () => {
  for (const each of listening) each.stop.abort();
  await Promise.allSettled(listening.map(({ ended }) => ended));
  listening = [];
  await telegram.close();
});

const command = async (each: TelegramCommand) => {
  const answer = await fetch(`${telegram.url}/control`, { method: 'POST', body: JSON.stringify(each) });
  return (await answer.json()) as { message_id: number };
};
const post = (text: string, chat = CALLS) => command({ type: 'post', chat, text });

const account = (id: string, change: object = {}): ListenedAccount<TelegramOptions> => ({
  id,
  handle: '@calls',
  options: { forwards: true },
  secret: telegram.token,
  externalId: null,
  ...change,
});

interface Listener {
  stop: AbortController;
  ended: Promise<void>;
  heard: [accountId: string, delivery: HeardDelivery][];
  refused: [accountId: string, error: SourceError][];
}

interface Setup {
  accounts?: ListenedAccount<TelegramOptions>[];
  store?: (accountId: string) => void;
  botToken?: string | null;
}

/** Listens as the pipeline does, and keeps what is delivered. */
function listen({
  accounts = [account('calls')],
  store = () => undefined,
  botToken = null,
}: Setup = {}): Listener {
  const stop = new AbortController();
  const heard: Listener['heard'] = [];
  const refused: Listener['refused'] = [];
  const source = createTelegramSource({ baseUrl: telegram.url, botToken, webhook: null });
  const ended = source.listen({
    accounts,
    async deliver(accountId, delivery) {
      store(accountId);
      heard.push([accountId, delivery]);
    },
    async refuse(accountId, error) {
      refused.push([accountId, error]);
    },
    catchUp: async () => undefined,
    alive: () => undefined,
    signal: stop.signal,
  });
  ended.catch(() => undefined);
  const listener = { stop, ended, heard, refused };
  listening.push(listener);
  return listener;
}

const texts = ({ heard }: Listener, id = 'calls') =>
  heard.flatMap(([to, { messages }]) => (to === id ? messages.map(({ text }) => text) : []));
const edits = ({ heard }: Listener) =>
  heard.flatMap(([, delivery]) => delivery.edits.map(({ externalId, text }) => [externalId, text]));

test('posts are heard as they come, each once, and confirmed after they are stored', async () => {
  await post('before');
  const listener = listen();
  await expect.poll(() => texts(listener)).toEqual(['before']);
  await post('long BTC');
  await expect.poll(() => texts(listener)).toEqual(['before', 'long BTC']);
  await expect.poll(() => telegram.bot.pending.length).toBe(0);
  expect(listener.heard[0]).toEqual([
    'calls',
    expect.objectContaining({ identity: { externalId: String(CALLS), title: 'Calls' } }),
  ]);
});

test('a post that could not be stored comes again to the next listener', async () => {
  let isDown = true;
  await post('long BTC');
  const failing = listen({
    accounts: [account('calls', { externalId: String(CALLS) })],
    store() {
      if (isDown) throw new Error('no database');
    },
  });
  await expect(failing.ended).rejects.toThrow('no database');
  expect(telegram.bot.pending.length).toBe(1);
  isDown = false;
  const next = listen();
  await expect.poll(() => texts(next)).toEqual(['long BTC']);
});

test('edits come as edits of the first post', async () => {
  const listener = listen();
  const { message_id: message } = await post('long BTC');
  await command({ type: 'edit', chat: CALLS, message, text: 'short BTC' });
  await expect.poll(() => edits(listener)).toEqual([[String(message), 'short BTC']]);
  expect(texts(listener)).toEqual(['long BTC']);
});

test('many channels come through one bot, each to its source, and others are passed over', async () => {
  const listener = listen({
    accounts: [account('calls'), account('other', { handle: String(OTHER) })],
  });
  await command({ type: 'channel', id: -1005, title: 'Not ours' });
  await post('not ours', -1005);
  await post('to other', OTHER);
  await post('to calls');
  await expect.poll(() => texts(listener)).toEqual(['to calls']);
  expect(texts(listener, 'other')).toEqual(['to other']);
});

test('numbers of updates that begin lower after a silent week are heard all the same', async () => {
  const listener = listen();
  await post('before');
  await expect.poll(() => telegram.bot.pending.length).toBe(0);
  await command({ type: 'renumber', updateId: 5 });
  await post('after');
  await expect.poll(() => texts(listener)).toEqual(['before', 'after']);
});

test('a channel without the bot is refused alone', async () => {
  const listener = listen({ accounts: [account('gone', { handle: '@gone' }), account('calls')] });
  await post('long BTC');
  await expect.poll(() => texts(listener)).toEqual(['long BTC']);
  expect(listener.refused).toEqual([['gone', expect.objectContaining({ code: 'telegram_chat_unknown' })]]);
});

test('a second poller ends the first, and says so', async () => {
  const first = listen();
  await expect.poll(() => telegram.requests.filter((each) => each.includes('getUpdates')).length).toBe(1);
  const second = listen();
  await expect(first.ended).rejects.toMatchObject({ name: 'SourceDown', message: /Conflict/ });
  await post('long BTC');
  await expect.poll(() => texts(second)).toEqual(['long BTC']);
});

test.each([
  [{ kind: 'answer', status: 200, body: '<html>no</html>' }, { name: 'SourceDown' }],
  [{ kind: 'answer', status: 502, body: {} }, { name: 'SourceDown' }],
  [{ kind: 'cut' }, { name: 'SourceDown' }],
  [{ kind: 'halfAnswer' }, { name: 'SourceDown' }],
] as const)('%o ends the listening as down, and loses nothing', async (fault, error) => {
  await post('long BTC');
  telegram.faults.add({ ...fault, path: `/bot${telegram.token}/getUpdates` });
  await expect(listen().ended).rejects.toMatchObject(error);
  const next = listen();
  await expect.poll(() => texts(next)).toEqual(['long BTC']);
});

test('too many requests end it as busy for as long as Telegram says', async () => {
  await command({ type: 'tooMany', retryAfterS: 30 });
  const error: unknown = await listen().ended.catch((each: unknown) => each);
  expect(error).toMatchObject({ name: 'SourceBusy' });
  expect((error as { retryAt: number }).retryAt).toBeGreaterThan(Date.now() + 25_000);
});

test('a token that is not taken stops the bot, and no error tells the token', async () => {
  const error: unknown = await listen({ accounts: [account('calls', { secret: SECOND_TOKEN })] }).ended.catch(
    (each: unknown) => each,
  );
  expect(error).toMatchObject({ name: 'SourceBlocked', code: 'telegram_unauthorized' });
  await telegram.close();
  const unreached: unknown = await listen().ended.catch((each: unknown) => each);
  expect(unreached).toMatchObject({ name: 'SourceDown' });
  for (const each of [error, unreached]) {
    expect(JSON.stringify([each, (each as Error).message, (each as Error).stack])).not.toMatch(/:AAE-/);
  }
});

test('a webhook that is set elsewhere is named', async () => {
  await fetch(`${telegram.url}/bot${telegram.token}/setWebhook?url=http://127.0.0.1:9/`);
  await expect(listen().ended).rejects.toMatchObject({ message: /webhook is active/ });
});

test('without a token it says which one is missing; the bot of all is used where there is one', async () => {
  const accounts = [account('calls', { secret: null })];
  await expect(listen({ accounts }).ended).rejects.toMatchObject({ code: 'telegram_not_configured' });
  await post('long BTC');
  const listener = listen({ accounts, botToken: telegram.token });
  await expect.poll(() => texts(listener)).toEqual(['long BTC']);
});

test('accounts of one bot share a connection, whose name tells no token', () => {
  const source = createTelegramSource({
    baseUrl: telegram.url,
    botToken: telegram.token,
    webhook: null,
  });
  const names = [telegram.token, null, SECOND_TOKEN].map((secret) =>
    source.connectionOf(account('calls', { secret })),
  );
  expect(names).toEqual(['bot 7000000001', 'bot 7000000001', 'bot 7000000002']);
});

test.each([
  ['@Calls', '@calls'],
  ['https://t.me/Calls', '@calls'],
  ['t.me/Calls', '@calls'],
  ['-1001234567890', '-1001234567890'],
])('%s is the channel %s', (handle, name) => {
  const source = createTelegramSource({ baseUrl: telegram.url, botToken: null, webhook: null });
  expect(source.parseHandle(handle)).toBe(name);
});

test.each(['', 'calls', '@a', '12', 't.me/joinchat/abc', '-100 1'])('%s is no channel', (handle) => {
  const source = createTelegramSource({ baseUrl: telegram.url, botToken: null, webhook: null });
  expect(() => source.parseHandle(handle)).toThrow(expect.objectContaining({ pointer: '/handle' }));
});
