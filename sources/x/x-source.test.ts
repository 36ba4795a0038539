import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startXSandbox, type XSandbox, type XSandboxOptions } from '#sandbox/x/server.ts';
import type { FailureName } from '#sandbox/x/problems.ts';
import type { SourceError } from '../errors.ts';
import type { PollRequest, PollResult } from '../source.ts';
import { createXSource } from './x-source.ts';

const ID = '2244994945';
let x: XSandbox;

beforeEach(() => start());
afterEach(() => x.close());

async function start(options: XSandboxOptions = {}): Promise<void> {
  x = await startXSandbox(options);
  x.control({ type: 'account', id: ID, username: 'Caller' });
}

const newSource = (access = { baseUrl: x.url, bearerToken: x.token }) =>
  createXSource({ access, isStreamed: false, prices: { readUsd: '0.005', lookUpUsd: '0.01' } });

type Asked = Partial<PollRequest> & { options?: object };

/** Polls with what the poll before returned. */
const poll = (asked: Asked = {}, after?: PollResult, source = newSource()): Promise<PollResult> =>
  source.poll({
    handle: 'caller',
    secret: null,
    externalId: after?.identity?.externalId ?? null,
    cursor: after?.cursor ?? null,
    limit: 200,
    readsLeft: null,
    now: Date.now(),
    signal: AbortSignal.timeout(5_000),
    ...asked,
    options: source.options.parse(asked.options ?? {}),
  });

const post = (text: string, more: object = {}): string =>
  (x.control({ type: 'post', author: ID, text, ...more }) as { id: string }).id;
const texts = ({ messages }: PollResult): string[] => messages.map(({ text }) => text);

/** Polls until nothing is left. */
async function pollAll(after: PollResult, asked: Asked = {}): Promise<PollResult[]> {
  const pages = [await poll(asked, after)];
  while (pages.at(-1)?.more) pages.push(await poll(asked, pages.at(-1)));
  return pages;
}

test('each poll delivers what was posted since, oldest first, and says what it cost', async () => {
  post('before');
  const first = await poll();
  expect(first).toMatchObject({
    messages: [{ text: 'before', author: '@Caller', authorId: ID }],
    identity: { externalId: ID, title: '@Caller' },
    more: false,
    spent: { reads: 1, usd: '0.015' },
  });
  const id = post('long BTC');
  post('short ETH');
  const second = await poll({}, first);
  expect(second).toMatchObject({
    messages: [
      { externalId: id, text: 'long BTC', url: `https://x.com/Caller/status/${id}` },
      { text: 'short ETH' },
    ],
    spent: { reads: 2, usd: '0.01' },
  });
  expect(await poll({}, second)).toMatchObject({ messages: [], spent: { reads: 0, usd: '0' } });
  expect(texts(await poll({}, first))).toEqual(['long BTC', 'short ETH']);
});

test('an account without posts is marked too', async () => {
  const first = await poll();
  post('the first');
  expect(texts(await poll({}, first))).toEqual(['the first']);
});

test('a first poll reads five posts, one whose cursor was lost a page', async () => {
  for (let n = 0; n < 12; n += 1) post(`post ${n}`);
  const first = await poll();
  expect(texts(first)).toHaveLength(5);
  expect(texts(await poll({ cursor: null }, first))).toHaveLength(12);
  expect(texts(await poll({ cursor: { sinceId: 'nonsense' } }, first))).toHaveLength(12);
});

test('pages are read to the end, also after each poll was cut short', async () => {
  const first = await poll();
  for (let n = 0; n < 23; n += 1) post(`post ${n}`);
  const pages = await pollAll(first, { limit: 10 });
  expect(pages.map(({ messages }) => messages.length)).toEqual([10, 10, 3]);
  expect(pages.toReversed().flatMap(texts)).toEqual(Array.from({ length: 23 }, (_, n) => `post ${n}`));
  post('after');
  expect(texts(await poll({}, pages.at(-1)))).toEqual(['after']);
});

test('pages whose token has expired are read from their beginning', async () => {
  const first = await poll();
  for (let n = 0; n < 15; n += 1) post(`post ${n}`);
  const page = await poll({ limit: 10 }, first);
  x.faults.add({ kind: 'answer', status: 400, body: { title: 'Invalid Request', detail: 'token' } });
  const again = await poll({ limit: 10 }, page);
  expect(texts(again)).toContain('post 14');
  expect(again.more).toBe(true);
});

test('an edit is an edit of the first version, and its first text is not delivered anew', async () => {
  const first = await poll();
  const id = post('long BTC 60000');
  const second = await poll({}, first);
  x.control({ type: 'edit', id, text: 'long BTC 61000' });
  x.control({ type: 'edit', id, text: 'short BTC' });
  expect(await poll({}, second)).toMatchObject({
    messages: [],
    edits: [{ externalId: id, text: 'short BTC' }],
  });
});

test('options let reposts and replies through', async () => {
  const other = '99';
  x.control({ type: 'account', id: other, username: 'other' });
  const original = (
    x.control({ type: 'post', author: other, text: `${'long SOL. '.repeat(20)}stop 132` }) as { id: string }
  ).id;
  const first = await poll();
  const own = post('a thread');
  post('', { reference: { type: 'retweeted', id: original } });
  post('and on', { reference: { type: 'replied_to', id: own } });
  post('no', { reference: { type: 'replied_to', id: original } });
  post('look at this', { reference: { type: 'quoted', id: original } });
  expect(texts(await poll({}, first))).toEqual(['a thread', 'look at this']);
  expect(texts(await poll({ options: { replies: 'own' } }, first))).toEqual([
    'a thread',
    'and on',
    'look at this',
  ]);
  const all = texts(await poll({ options: { replies: 'all', reposts: true } }, first));
  expect(all).toEqual([
    'a thread',
    `RT @other: ${'long SOL. '.repeat(20)}stop 132`,
    'and on',
    'no',
    'look at this',
  ]);
});

test('a long post is read whole, and what a post refers to may be gone', async () => {
  const first = await poll();
  const long = `BTC long. ${'Reasons. '.repeat(60)}Stop 60500`;
  post(long);
  post('as said', { reference: { type: 'quoted', id: '1' } });
  expect(texts(await poll({}, first))).toEqual([long, 'as said']);
});

test('texts come as they were written', async () => {
  const first = await poll();
  const odd = ['\u200Blong\u200B BTC', 'שורט ביטקוין', 'nul \u0000 and \uD83D half', 'x'.repeat(100_000)];
  for (const text of odd) post(text);
  expect(texts(await poll({}, first))).toEqual(odd);
});

test('a renamed account is found by its id', async () => {
  const first = await poll();
  x.control({ type: 'rename', id: ID, username: 'NewName' });
  x.control({ type: 'account', id: '77', username: 'Caller' });
  x.control({ type: 'post', author: '77', text: 'I took the name' });
  post('still me');
  expect(await poll({}, first)).toMatchObject({
    messages: [{ text: 'still me', author: '@NewName' }],
    identity: { externalId: ID, title: '@NewName' },
  });
});

describe.each(['tweet', 'post'] as const)('a server that takes only the names of %s', (family) => {
  test('is asked in them, and read', async () => {
    await x.close();
    await start({ family });
    const source = newSource();
    const first = await poll({}, undefined, source);
    const long = `BTC long. ${'Reasons. '.repeat(60)}Stop 60500`;
    const id = post(long);
    const second = await poll({}, first, source);
    expect(texts(second)).toEqual([long]);
    x.control({ type: 'edit', id, text: 'no' });
    expect((await poll({}, second, source)).edits).toMatchObject([{ externalId: id }]);
    // The names that it takes are kept: every later poll is one request.
    expect(x.requests.filter((each) => each.includes('/tweets')).length).toBe(family === 'tweet' ? 3 : 4);
  });
});

const failed = (asked: Asked = {}, after?: PollResult) =>
  poll(asked, after).then(
    () => expect.fail('the poll succeeded'),
    (error: unknown) => error as SourceError,
  );

test.each([
  ['usageCapped', 'SourceBlocked', 'x_usage_capped'],
  ['forbidden', 'SourceBlocked', 'x_forbidden'],
  ['unauthorized', 'SourceBlocked', 'x_unauthorized'],
  ['overloaded', 'SourceDown', 'source_down'],
  ['html', 'SourceDown', 'source_down'],
] as const)('%s ends as %s', async (as: FailureName, name, code) => {
  const first = await poll();
  x.control({ type: 'fail', as });
  const error = await failed({}, first);
  expect(error).toMatchObject({ name, code });
  expect(error.message).not.toContain(x.token);
});

test('too many requests end as busy until the window is over', async () => {
  const first = await poll();
  x.control({ type: 'fail', as: 'rateLimited', resetInS: 600 });
  const now = Date.now();
  const error = await failed({ now }, first);
  expect(error).toMatchObject({ name: 'SourceBusy', message: 'X: Rate limit exceeded' });
  const wait = 'retryAt' in error ? Number(error.retryAt) - now : 0;
  expect(wait).toBeGreaterThan(595_000);
  expect(wait).toBeLessThan(603_000);
});

test('a window that is over already still gives a second of rest', async () => {
  x.control({ type: 'fail', as: 'rateLimited', resetInS: -100 });
  const now = Date.now();
  const error = await failed({ now });
  expect('retryAt' in error && Number(error.retryAt) - now >= 1_000).toBe(true);
});

test.each(['cut', 'halfAnswer', 'loseAnswer'] as const)(
  '%s ends as down, and loses nothing',
  async (kind) => {
    const first = await poll();
    post('long BTC');
    x.faults.add({ kind });
    expect(await failed({}, first)).toMatchObject({ name: 'SourceDown' });
    expect(texts(await poll({}, first))).toEqual(['long BTC']);
  },
);

test('a server that hangs is left when the poll is to end', async () => {
  x.faults.add({ kind: 'hang' });
  expect(await failed({ signal: AbortSignal.timeout(50) })).toMatchObject({ name: 'SourceDown' });
});

test('an account that is gone or protected stops the source', async () => {
  const first = await poll();
  x.control({ type: 'protect', id: ID, is: true });
  expect(await failed({}, first)).toMatchObject({ name: 'SourceBlocked', code: 'x_protected' });
  x.control({ type: 'suspend', id: ID, is: true });
  expect(await failed({}, first)).toMatchObject({ name: 'SourceBlocked', code: 'x_account_gone' });
  expect(await failed({ handle: 'nobody' })).toMatchObject({ name: 'SourceBlocked', code: 'x_account_gone' });
});

test.each([
  ['an empty object', {}],
  [
    'an error of X',
    { errors: [{ title: 'Internal Error', type: 'https://api.x.com/2/problems/internal-error' }] },
  ],
  [
    'a field that could not be read',
    { errors: [{ type: 'https://api.x.com/2/problems/field-hydration-failure' }] },
  ],
  ['errors of a proxy', { errors: ['upstream timed out'] }],
])('%s instead of posts is no end of the account', async (_what, body) => {
  const first = await poll();
  post('long BTC');
  x.faults.add({ kind: 'answer', status: 200, body });
  expect(await failed({}, first)).toMatchObject({ name: 'SourceDown' });
  expect(texts(await poll({}, first))).toEqual(['long BTC']);
});

test('the budget is never overspent', async () => {
  const first = await poll();
  for (let n = 0; n < 20; n += 1) post(`post ${n}`);
  expect((await poll({ readsLeft: 7 }, first)).spent?.reads).toBe(7);
  const now = Date.UTC(2026, 11, 31, 12);
  expect(await failed({ readsLeft: 4, now }, first)).toMatchObject({
    name: 'SourceBusy',
    retryAt: Date.UTC(2027, 0, 1),
  });
});

test('without a token it says which one is missing', async () => {
  const source = createXSource({
    access: null,
    isStreamed: false,
    prices: { readUsd: '0.005', lookUpUsd: '0.01' },
  });
  await expect(poll({}, undefined, source)).rejects.toMatchObject({
    name: 'SourceBlocked',
    code: 'x_not_configured',
  });
});

test.each([
  ['@Example', 'example'],
  ['https://x.com/Example', 'example'],
  ['https://twitter.com/Example', 'example'],
])('%s is the account %s', (handle, name) => {
  expect(newSource().parseHandle(handle)).toBe(name);
});

test.each(['', '@', 'too_long_for_a_name', 'a b', '../users', 'https://x.com/a/status/1'])(
  '%s is no account',
  (handle) => {
    expect(() => newSource().parseHandle(handle)).toThrow(expect.objectContaining({ pointer: '/handle' }));
  },
);
