import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Scope } from '#domain/access.ts';
import { newApiKey, revokeApiKey, saveApiKey } from '#prisma/repositories/api-keys.ts';
import { recordSystemEvent } from '#prisma/repositories/system-events.ts';
import { createUser } from '#prisma/repositories/users.ts';
import { startTestApi, type TestApi } from '../support/api.ts';

let api: TestApi;
let url: string;
beforeAll(async () => {
  api = await startTestApi();
  url = await api.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => api.stop());
afterEach(() => {
  for (const stream of open.splice(0)) stream.abort();
});

const open: AbortController[] = [];

async function addUser() {
  const made = await createUser(api.db, { name: randomUUID(), role: 'user', walletAddress: null });
  const userId = made?.id ?? '';
  return { userId, ...(await addKey(userId)) };
}

async function addKey(userId: string, scopes?: Scope[]) {
  const key = newApiKey();
  const { id: keyId } = await saveApiKey(api.db, { userId, name: 'listens', key, ...(scopes && { scopes }) });
  return { key, keyId };
}

/** Listens to events, and collects them as they come in. */
async function listen(key: string, { after }: { after?: string } = {}) {
  const control = new AbortController();
  open.push(control);
  const response = await fetch(`${url}/v1/events`, {
    headers: { authorization: `Bearer ${key}`, ...(after !== undefined && { 'last-event-id': after }) },
    signal: control.signal,
  });
  const heard = {
    status: response.status,
    type: response.headers.get('content-type'),
    text: '',
    ended: false,
  };
  void (async () => {
    for await (const part of response.body ?? []) heard.text += Buffer.from(part).toString();
    heard.ended = true;
  })().catch(() => undefined);
  const events = () =>
    [...heard.text.matchAll(/^(?:id: (\S+)\n)?event: (\w+)\ndata: (.*)$/gm)].map(([, id, name, data]) => ({
      id,
      name,
      ...JSON.parse(data ?? '{}'),
    }));
  return { heard, events, texts: () => events().map(({ text }) => text) };
}

const record = (text: string, userId?: string) =>
  recordSystemEvent(api.db, {
    key: randomUUID(),
    type: 'brake_set',
    text,
    ...(userId !== undefined && { userId }),
  });

test('events reach whom they concern, and nobody else', async () => {
  const [one, other] = [await addUser(), await addUser()];
  const [heardByOne, heardByOther, heardByAdmin] = [
    await listen(one.key),
    await listen(other.key),
    await listen(api.key),
  ];
  expect(heardByOne.heard).toMatchObject({ status: 200, type: 'text/event-stream; charset=utf-8' });
  await record('for one', one.userId);
  await record('for everybody');
  await expect.poll(heardByOne.texts).toEqual(['for one', 'for everybody']);
  await expect.poll(heardByOther.texts).toEqual(['for everybody']);
  await expect.poll(heardByAdmin.texts).toEqual(['for one', 'for everybody']);
  expect(heardByOne.events()[0]).toMatchObject({ name: 'system', type: 'brake_set', tradeId: null });
  expect(heardByOne.heard.text).not.toContain(one.userId);
});

test('who comes back gets what was missed, once and in order', async () => {
  const { key, userId } = await addUser();
  const first = await listen(key);
  await record('heard', userId);
  await expect.poll(first.texts).toEqual(['heard']);
  open.pop()?.abort();
  for (const text of ['missed 1', 'missed 2', 'missed 3']) await record(text, userId);
  const second = await listen(key, { after: first.events()[0]?.id ?? '' });
  await record('new', userId);
  await expect.poll(second.texts).toEqual(['missed 1', 'missed 2', 'missed 3', 'new']);
});

test('a place that is none of this database is answered with a reset, and events go on', async () => {
  const { key, userId } = await addUser();
  const stream = await listen(key, { after: '99999999999999.1' });
  await expect.poll(() => stream.events().map(({ name }) => name)).toEqual(['reset']);
  await record('after it', userId);
  await expect.poll(() => stream.events().map(({ name }) => name)).toEqual(['reset', 'system']);
});

test('a stream ends within a minute of the end of its key', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    const { key, keyId, userId } = await addUser();
    const stream = await listen(key);
    await record('before', userId);
    await expect.poll(stream.texts).toEqual(['before']);
    await vi.advanceTimersByTimeAsync(61_000);
    await record('still open', userId);
    await expect.poll(stream.texts).toEqual(['before', 'still open']);
    expect(stream.heard.text).toContain(': beat\n');
    await revokeApiKey(api.db, keyId);
    await vi.advanceTimersByTimeAsync(61_000);
    await expect.poll(() => stream.heard.ended).toBe(true);
    expect(stream.events().at(-1)).toMatchObject({ name: 'ended', code: 'unauthenticated' });
  } finally {
    vi.useRealTimers();
  }
});

test('a user has a limited number of streams', async () => {
  const { key } = await addUser();
  for (let index = 0; index < 20; index += 1) expect((await listen(key)).heard.status).toBe(200);
  expect((await listen(key)).heard.status).toBe(429);
});

test('a key that may not read does not listen', async () => {
  const { userId } = await addUser();
  const { key } = await addKey(userId, ['trade']);
  expect((await listen(key)).heard.status).toBe(403);
});
