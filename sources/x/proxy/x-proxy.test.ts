import { afterEach, beforeEach, expect, test } from 'vitest';
import { startXSandbox, type XSandbox } from '#sandbox/x/server.ts';
import type { PollRequest } from '../../source.ts';
import { createXSource } from '../x-source.ts';
import { startXProxy, type XProxy } from './x-proxy.ts';

const ID = '2244994945';
const SECRET = 'the-secret-of-the-workers-0123456789';
let x: XSandbox;
let proxy: XProxy;
let logged: string[];

beforeEach(async () => {
  x = await startXSandbox({ keepAliveMs: 20 });
  x.control({ type: 'account', id: ID, username: 'Caller' });
  logged = [];
  proxy = await startProxy(x.url);
});
afterEach(async () => {
  await proxy.close();
  await x.close();
});

const startProxy = (baseUrl: string) =>
  startXProxy({
    upstream: { baseUrl, bearerToken: x.token },
    secret: SECRET,
    port: 0,
    host: '127.0.0.1',
    log: (line) => logged.push(line),
  });

const ask = (path: string, init: RequestInit & { secret?: string } = {}) =>
  fetch(`${proxy.url}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${init.secret ?? SECRET}` },
  });

const request: PollRequest = {
  handle: 'caller',
  options: {},
  secret: null,
  externalId: null,
  cursor: null,
  limit: 100,
  readsLeft: null,
  now: Date.now(),
  signal: AbortSignal.timeout(10_000),
};

const newSource = (url: string) =>
  createXSource({
    access: { baseUrl: url, bearerToken: SECRET },
    isStreamed: true,
    prices: { readUsd: '0.005', lookUpUsd: '0.01' },
  });

test('a source reads and hears through it as from X', async () => {
  const source = newSource(proxy.url);
  const options = source.options.parse({});
  const first = await source.poll({ ...request, options });
  x.control({ type: 'post', author: ID, text: 'long BTC' });
  const second = await source.poll({ ...request, options, externalId: ID, cursor: first.cursor });
  expect(second.messages).toMatchObject([{ text: 'long BTC', author: '@Caller' }]);
  const stop = new AbortController();
  const heard: string[] = [];
  const listening = source.listen({
    accounts: [{ id: 'a', handle: 'caller', options, secret: null, externalId: ID }],
    deliver: async (_id, { messages }) => void heard.push(...messages.map(({ text }) => text)),
    refuse: async () => undefined,
    catchUp: async () => void x.control({ type: 'post', author: ID, text: 'short ETH' }),
    alive: () => undefined,
    signal: stop.signal,
  });
  await expect.poll(() => heard).toEqual(['short ETH']);
  stop.abort();
  await listening;
  // A worker that leaves takes its connection to X with it.
  await expect.poll(() => x.stream.connections).toBe(0);
});

test('another secret, the token of X or none open nothing', async () => {
  for (const secret of ['', 'wrong', x.token])
    expect((await ask(`/2/users/${ID}/tweets`, { secret })).status).toBe(401);
  expect(x.requests).toEqual([]);
});

test.each([
  ['POST', '/2/tweets'],
  ['DELETE', '/2/tweets/1'],
  ['GET', '/2/dm_events'],
  ['GET', '/2/users/me'],
  ['POST', `/2/users/${ID}/likes`],
  ['GET', `/2/users/${ID}/tweets?tweet.fields=id&user_auth=1`],
  ['GET', '/2/users/by/username/a/../../me'],
  ['GET', '/2/activity/stream?backfill_minutes=5'],
  ['PUT', '/2/activity/subscriptions/1'],
  ['GET', '/control'],
  ['GET', '//127.0.0.1:1/2/users/1/tweets'],
])('%s %s does not pass', async (method, path) => {
  const answer = await ask(path, { method });
  expect(answer.status).toBe(403);
  expect(x.requests).toEqual([]);
});

test('a limit that is used up is not asked again before its window ends', async () => {
  x.control({ type: 'fail', as: 'rateLimited', resetInS: 600 });
  const first = await ask(`/2/users/${ID}/tweets?max_results=5`);
  const second = await ask('/2/users/77/tweets?max_results=5');
  expect([first.status, second.status]).toEqual([429, 429]);
  expect(second.headers.get('x-rate-limit-reset')).toBe(first.headers.get('x-rate-limit-reset'));
  expect(x.requests).toHaveLength(1);
  // Each endpoint has a limit of its own.
  expect((await ask('/2/users/by/username/Caller')).status).toBe(200);
});

test('refusals of X pass as they are, and no answer or line holds a token', async () => {
  x.control({ type: 'fail', as: 'usageCapped' });
  const answer = await ask(`/2/users/${ID}/tweets?max_results=5`);
  const body = await answer.text();
  expect(answer.status).toBe(429);
  expect(JSON.parse(body)).toMatchObject({ title: 'UsageCapExceeded' });
  await expect.poll(() => logged).toEqual([`GET /2/users/${ID}/tweets 429`]);
  expect(`${body}${logged.join()}`).not.toContain(x.token);
});

test('X that cannot be reached, or cuts its answer, is down', async () => {
  x.faults.add({ kind: 'cut' });
  expect((await ask('/2/users/by/username/Caller')).status).toBe(502);
  x.faults.add({ kind: 'halfAnswer' });
  await expect(ask('/2/users/by/username/Caller').then((answer) => answer.text())).rejects.toThrow(
    'terminated',
  );
});

test('a body that is too large does not pass', async () => {
  const answer = await ask('/2/activity/subscriptions', { method: 'POST', body: 'x'.repeat(20_000) });
  expect(answer.status).toBe(413);
});
