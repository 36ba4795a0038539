import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newApiKey, saveApiKey } from '#prisma/repositories/api-keys.ts';
import { startTestApi, type TestApi } from '../support/api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const AGENT = {
  barriers: { stopLoss: { pct: 5 } },
  sizeModel: { mode: 'fixedNotional', notionalUsd: '500' },
};

const post = (url: string, body: object, key: string, bearer = api.key) =>
  api.app.inject({
    method: 'POST',
    url,
    headers: { authorization: `Bearer ${bearer}`, 'idempotency-key': key },
    payload: body,
  });
const countAgents = (name: string): Promise<number> => api.db.agent.count({ where: { name } });

test('a request that is sent again under its key is done once, and answered as before', async () => {
  const key = randomUUID();
  const first = await post('/v1/agents', { name: 'once', ...AGENT }, key);
  const second = await post('/v1/agents', { name: 'once', ...AGENT }, key);
  expect(first.statusCode).toBe(201);
  expect(second.statusCode).toBe(201);
  expect(second.json()).toEqual(first.json());
  expect(second.headers).toMatchObject({ 'idempotency-replayed': 'true' });
  expect(await countAgents('once')).toBe(1);
});

test('of many under one key at once, one is done', async () => {
  const key = randomUUID();
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => post('/v1/agents', { name: 'at once', ...AGENT }, key)),
  );
  const statuses = new Set(answers.map(({ statusCode }) => statusCode));
  expect([...statuses].every((status) => status === 201 || status === 409)).toBe(true);
  expect(statuses).toContain(201);
  expect(await countAgents('at once')).toBe(1);
});

test('another request under a used key is refused; one with a wrong field has used none', async () => {
  const key = randomUUID();
  const refused = await post('/v1/agents', { name: '', ...AGENT }, key);
  expect(refused.statusCode).toBe(400);
  const made = await post('/v1/agents', { name: 'named', ...AGENT }, key);
  expect(made.statusCode).toBe(201);
  const other = await post('/v1/agents', { name: 'another', ...AGENT }, key);
  expect(other.json()).toMatchObject({ code: 'request_key_used', status: 422 });
  expect(await countAgents('another')).toBe(0);
});

test('a key is its user’s own', async () => {
  const user = await api.db.user.create({ data: { name: 'second', role: 'creator' } });
  const bearer = newApiKey();
  await saveApiKey(api.db, { userId: user.id, name: 'of second', key: bearer });
  const key = randomUUID();
  await post('/v1/agents', { name: 'mine', ...AGENT }, key);
  const theirs = await post('/v1/agents', { name: 'theirs', ...AGENT }, key, bearer);
  expect(theirs.statusCode).toBe(201);
});

test.each(['', 'a b', 'x'.repeat(101)])('the key %j is refused', async (key) => {
  const answer = await post('/v1/agents', { name: `refused ${key.length}`, ...AGENT }, key);
  expect(answer.json()).toMatchObject({ code: 'request_key_invalid', status: 400 });
});

test('a request that was under way when its process was killed is not done again', async () => {
  const key = randomUUID();
  const body = { name: 'killed', ...AGENT };
  await post('/v1/agents', body, key);
  await api.db.namedRequest.updateMany({ where: { key }, data: { status: null, answer: null } });
  const again = await post('/v1/agents', body, key);
  expect(again.json()).toMatchObject({ code: 'request_under_way', status: 409 });
  expect(await countAgents('killed')).toBe(1);
});

test('names of over a day ago are removed', async () => {
  const old = randomUUID();
  await post('/v1/agents', { name: 'old', ...AGENT }, old);
  await api.db.namedRequest.updateMany({ where: { key: old }, data: { createdAt: new Date('2026-01-01') } });
  await post('/v1/agents', { name: 'new', ...AGENT }, randomUUID());
  expect(await api.db.namedRequest.count({ where: { key: old } })).toBe(0);
});
