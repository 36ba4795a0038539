import { afterEach, beforeEach, expect, test } from 'vitest';
import { startXSandbox, type XSandbox } from '#sandbox/x/server.ts';
import type { HeardDelivery, ListenedAccount } from '../listening.ts';
import { readActivityLine } from './activity-event.ts';
import type { XOptions } from './options.ts';
import created from './recorded/post-create.json' with { type: 'json' };
import deleted from './recorded/post-delete.json' with { type: 'json' };
import { splitLines } from './stream-lines.ts';
import { createXSource } from './x-source.ts';

const ID = '2244994945';
let x: XSandbox;
let listening: Listener[] = [];

beforeEach(async () => {
  x = await startXSandbox({ keepAliveMs: 20 });
  x.control({ type: 'account', id: ID, username: 'Caller' });
});
afterEach(async () => {
  for (const { stop } of listening) stop.abort();
  await Promise.allSettled(listening.map(({ ended }) => ended));
  listening = [];
  await x.close();
});

interface Listener {
  stop: AbortController;
  ended: Promise<void>;
  heard: HeardDelivery[];
  /** How often the accounts were to be polled. */
  catchUps: number;
  signsOfLife: number;
}

interface Setup {
  options?: XOptions;
  externalId?: string;
  store?: () => Promise<void>;
  silentForMs?: number;
}

const DEFAULTS: XOptions = { reposts: false, replies: 'none' };

/** Listens as the pipeline does, and keeps what is delivered. */
function start({ options = DEFAULTS, externalId = ID, store, silentForMs = 5_000 }: Setup = {}): Listener {
  const source = createXSource({
    access: { baseUrl: x.url, bearerToken: x.token },
    isStreamed: true,
    silentForMs,
    prices: { readUsd: '0.005', lookUpUsd: '0.01' },
  });
  const account: ListenedAccount<XOptions> = {
    id: 'caller',
    handle: 'caller',
    options,
    secret: null,
    externalId,
  };
  const stop = new AbortController();
  const listener: Listener = { stop, ended: Promise.resolve(), heard: [], catchUps: 0, signsOfLife: 0 };
  listener.ended = source.listen({
    accounts: [account],
    async deliver(_id, delivery) {
      await store?.();
      listener.heard.push(delivery);
    },
    refuse: async () => undefined,
    async catchUp() {
      listener.catchUps += 1;
    },
    alive() {
      listener.signsOfLife += 1;
    },
    signal: stop.signal,
  });
  listener.ended.catch(() => undefined);
  listening.push(listener);
  return listener;
}

/** Listens, and resolves once the stream is open. */
async function listen(setup: Setup = {}): Promise<Listener> {
  const listener = start(setup);
  await expect.poll(() => listener.catchUps).toBe(1);
  return listener;
}

const post = (text: string, more: object = {}) =>
  x.control({ type: 'post', author: ID, text, ...more }) as { id: string };
const texts = ({ heard }: Listener) => heard.flatMap(({ messages }) => messages.map(({ text }) => text));

test('posts, edits and deletions are heard as they happen', async () => {
  const listener = await listen();
  const { id } = post('long BTC');
  const edited = x.control({ type: 'edit', id, text: 'short BTC' }) as { id: string };
  x.control({ type: 'delete', id });
  await expect.poll(() => listener.heard.length).toBe(3);
  expect(edited.id).not.toBe(id);
  expect(listener.heard).toMatchObject([
    { messages: [{ externalId: id, text: 'long BTC', author: '@Caller' }], edits: [] },
    { messages: [], edits: [{ externalId: id, text: 'short BTC' }] },
    { deletions: [{ externalId: id }] },
  ]);
});

test('other accounts, and posts that the options leave out, are not heard', async () => {
  x.control({ type: 'account', id: '5', username: 'other' });
  const listener = await listen();
  x.control({ type: 'post', author: '5', text: 'not ours' });
  const { id } = post('ours');
  post('RT', { reference: { type: 'retweeted', id } });
  post('last');
  await expect.poll(() => texts(listener)).toEqual(['ours', 'last']);
});

test('subscriptions are made once, and ended with their account', async () => {
  const count = (method: string) =>
    x.requests.filter((each) => each.startsWith(`${method} /2/activity/subscriptions`)).length;
  const first = await listen();
  first.stop.abort();
  await first.ended;
  const second = await listen();
  expect([count('POST'), count('DELETE')]).toEqual([2, 0]);
  second.stop.abort();
  await second.ended;
  x.control({ type: 'account', id: '5', username: 'other' });
  await listen({ externalId: '5' });
  expect([count('POST'), count('DELETE')]).toEqual([4, 2]);
});

test('a post that comes twice is delivered twice, under one id', async () => {
  const listener = await listen();
  x.control({ type: 'stream', fault: 'duplicate' });
  const { id } = post('long BTC');
  await expect.poll(() => listener.heard.length).toBe(2);
  expect(new Set(listener.heard.map(({ messages }) => messages[0]?.externalId))).toEqual(new Set([id]));
});

test('posts that come in the wrong order are all delivered', async () => {
  const listener = await listen();
  x.control({ type: 'stream', fault: 'swap' });
  post('first');
  post('second');
  await expect.poll(() => texts(listener)).toEqual(['second', 'first']);
});

test('a line that is cut ends the stream, and the next one has the accounts polled', async () => {
  const listener = await listen();
  x.control({ type: 'stream', fault: 'cutLine' });
  post('long BTC');
  await expect(listener.ended).rejects.toMatchObject({ name: 'SourceDown' });
  expect(listener.heard).toEqual([]);
  expect((await listen()).catchUps).toBe(1);
});

test('a stream without a sign of life counts as cut', async () => {
  const listener = await listen({ silentForMs: 200 });
  x.control({ type: 'stream', fault: 'silence' });
  await expect(listener.ended).rejects.toMatchObject({ name: 'SourceDown', message: /silent/ });
});

test('signs of life keep a stream without posts', async () => {
  const listener = await listen({ silentForMs: 200 });
  const seen = x.requests.length;
  // One each 20 ms: for longer than the stream may be silent.
  await expect.poll(() => listener.signsOfLife).toBeGreaterThan(20);
  post('long BTC');
  await expect.poll(() => texts(listener)).toEqual(['long BTC']);
  expect(x.requests.length).toBe(seen);
});

test('a failure to store ends the listening with its own error', async () => {
  const listener = await listen({ store: () => Promise.reject(new Error('no database')) });
  post('long BTC');
  await expect(listener.ended).rejects.toThrow('no database');
  await expect.poll(() => x.stream.connections).toBe(0);
});

test.each([
  ['unauthorized', 'SourceBlocked'],
  ['forbidden', 'SourceBlocked'],
  ['rateLimited', 'SourceBusy'],
  ['overloaded', 'SourceDown'],
] as const)('%s of the stream ends as %s', async (as, name) => {
  x.control({ type: 'fail', as, path: '/2/activity/stream' });
  await expect(start().ended).rejects.toMatchObject({ name });
});

test('an end that is asked for is no failure, and closes the connection', async () => {
  const listener = await listen();
  listener.stop.abort();
  await listener.ended;
  await expect.poll(() => x.stream.connections).toBe(0);
});

test('the samples of the documentation are read', () => {
  expect(readActivityLine(JSON.stringify(created))).toMatchObject({
    type: 'created',
    userId: '1111111111111111111',
    username: 'ExampleUser',
    post: { id: '2080761390344937796', kind: 'post', text: 'Hello from the Activity API' },
  });
  expect(readActivityLine(JSON.stringify(deleted))).toEqual({
    type: 'deleted',
    userId: '1111111111111111111',
    postId: '2080761269309813134',
  });
  for (const line of ['', '{', '{"data":{}}', '{"errors":[{"title":"operational-disconnect"}]}'])
    expect(readActivityLine(line)).toBeNull();
});

test('lines are put together from any chunks', async () => {
  const bytes = Buffer.from('{"a":"é€"}\r\n\r\n{"b":1}\r\nhalf');
  for (let size = 1; size <= 7; size += 1) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
      bytes.subarray(n * size, (n + 1) * size),
    );
    expect(await collect(chunks)).toEqual(['{"a":"é€"}', '', '{"b":1}']);
  }
});

test('a line without an end is given up, and the next is read', async () => {
  const chunks = [...Array.from({ length: 3 }, () => Buffer.alloc(600_000, 'x')), Buffer.from('x\nnext\n')];
  expect(await collect(chunks)).toEqual(['next']);
});

async function collect(chunks: Uint8Array[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of splitLines(chunks)) lines.push(line);
  return lines;
}
