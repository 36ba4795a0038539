import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildApp, type ApiDeps } from '#api/app.ts';
import { ensureFirstApiKey } from '#api/use-cases/first-key.ts';
import { newApiKey } from '#prisma/repositories/api-keys.ts';
import { callApi, startTestApi, type TestApi } from '../support/api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const problem = (status: number, code: string) =>
  expect.objectContaining({ type: `/problems/${code}`, code, status });

describe('failed sign-ins', () => {
  let app: FastifyInstance;
  beforeEach(async () => {
    app = await buildApp(api.deps);
    return () => app.close();
  });

  const signIn = (key: string, remoteAddress: string) =>
    app.inject({ url: '/v1/agents', remoteAddress, headers: { authorization: `Bearer ${key}` } });

  test('ten wrong keys from one address make it wait, and nobody else', async () => {
    for (let guess = 0; guess < 10; guess += 1) {
      expect((await signIn(newApiKey(), '192.0.2.1')).statusCode).toBe(401);
    }
    const refused = await signIn(api.key, '192.0.2.1');
    expect(refused.json()).toEqual(problem(429, 'sign_in_limited'));
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.headers['content-type']).toContain('application/problem+json');
    expect((await signIn(api.key, '192.0.2.2')).statusCode).toBe(200);
  });

  test('of many keys tried at once, ten are answered, and a right one after them is not', async () => {
    const keys = [...Array.from({ length: 30 }, newApiKey), api.key];
    const answers = await Promise.all(keys.map((key) => signIn(key, '192.0.2.4')));
    const codes = answers.map(({ statusCode }) => statusCode);
    expect(codes.filter((code) => code === 401)).toHaveLength(10);
    expect(codes.at(-1)).toBe(429);
  });

  test('a client with an ended key is made to wait, and not those beside it', async () => {
    const ended = newApiKey();
    const codes = [];
    for (let tries = 0; tries < 31; tries += 1) codes.push((await signIn(ended, '192.0.2.3')).statusCode);
    expect(codes.at(29)).toBe(401);
    expect(codes.at(30)).toBe(429);
    expect((await signIn(api.key, '192.0.2.3')).statusCode).toBe(200);
  });
});

describe('what the books cannot hold is refused', () => {
  const maxNotionalUsd = '1'.repeat(30);
  test.each([
    ['an amount', 'POST', '/agents/:id/deployments', { venue: 'hyperliquid', maxNotionalUsd }],
    ['a price', 'POST', '/signals', { instrument: 'BTC', side: 'long', referencePrice: maxNotionalUsd }],
    [
      'a target',
      'POST',
      '/signals',
      {
        instrument: 'BTC',
        side: 'long',
        barriers: { takeProfits: [{ price: maxNotionalUsd, fraction: 1 }] },
      },
    ],
    ['a name', 'GET', '/audit-log?actor=%00', undefined],
  ] as const)('%s', async (what, method, url, body) => {
    const { body: agent } = await api.call('POST', '/agents', { name: `for ${what}` });
    const given = url === '/signals' ? { ...body, agentId: agent.id } : body;
    const { status, body: answer } = await api.call(method, url.replace(':id', agent.id), given);
    expect([status, answer.code]).toEqual([400, 'validation_failed']);
  });
});

describe('keys', () => {
  test('are made, listed without being shown, and revoked', async () => {
    const { status, body: made } = await api.call('POST', '/api-keys', { name: 'dashboard' });
    expect(status).toBe(201);
    expect(made).toMatchObject({ name: 'dashboard', configured: false, current: false, revokedAt: null });
    expect((await callApi(api.app, made.key, 'GET', '/agents')).status).toBe(200);

    const listed = await api.call('GET', '/api-keys');
    expect(listed.text).not.toContain(made.key);
    expect(listed.body.items).toMatchObject([
      { id: made.id, lastUsedAt: expect.any(Number) },
      { name: 'first', current: true },
    ]);

    const revoked = await api.call('POST', `/api-keys/${made.id}/revoke`);
    expect(revoked.body).toMatchObject({ id: made.id, revokedAt: expect.any(Number) });
    expect((await callApi(api.app, made.key, 'GET', '/agents')).status).toBe(401);
    expect((await api.call('POST', `/api-keys/${made.id}/revoke`)).body).toEqual(revoked.body);
    const { body: log } = await api.call('GET', `/audit-log?subject=apiKey/${made.id}`);
    expect(log.items).toMatchObject([
      { action: 'apiKey.revoke', actor: 'owner (key first)', at: expect.any(Number) },
      { action: 'apiKey.create', after: { name: 'dashboard' } },
    ]);
  });

  test('that are the last, or are not there, are not revoked', async () => {
    const { items } = (await api.call('GET', '/api-keys')).body;
    const { id } = items.find((key: { current: boolean }) => key.current);
    expect((await api.call('POST', `/api-keys/${id}/revoke`)).body).toEqual(problem(409, 'last_api_key'));
    const unknown = await api.call('POST', `/api-keys/${randomUUID()}/revoke`);
    expect(unknown.body).toEqual(problem(404, 'api_key_not_found'));
  });

  test('from the configuration end when another takes their place, and do not come back', async () => {
    const [first, second] = [newApiKey(), newApiKey()];
    const configure = (given: string) => ensureFirstApiKey(api.db, { stateDir: api.stateDir, given });
    const opens = async (key: string) => (await callApi(api.app, key, 'GET', '/agents')).status === 200;

    expect(await configure(first)).toEqual({ madeKey: null, isGivenRevoked: false });
    expect(await opens(first)).toBe(true);
    await configure(second);
    expect([await opens(first), await opens(second), await opens(api.key)]).toEqual([false, true, true]);
    expect(await configure(first)).toEqual({ madeKey: null, isGivenRevoked: true });
    expect([await opens(first), await opens(second)]).toEqual([false, true]);
  });
});

describe('sources of an agent', () => {
  test.each(['/etc/passwd', '../../../etc/passwd', '/proc/self/environ'])('%s is refused', async (handle) => {
    const { body } = await api.call('POST', '/agents', {
      name: `agent ${randomUUID()}`,
      sources: [{ kind: 'file', handle, weight: 100 }],
    });
    expect(body).toEqual(problem(422, 'source_refused'));
    expect(body.detail).toContain('SIGNALMAN_FILE_SOURCES');
  });
});

describe('the audit log', () => {
  test('says who paused a deployment and when, page by page', async () => {
    const { body: agent } = await api.call('POST', '/agents', { name: `agent ${randomUUID()}` });
    const { body: deployment } = await api.call('POST', `/agents/${agent.id}/deployments`, {});
    await api.call('POST', `/deployments/${deployment.id}/pause`);
    await api.call('POST', `/deployments/${deployment.id}/resume`);
    const read = (query: string) =>
      api.call('GET', `/audit-log?subject=deployment/${deployment.id}&${query}`);
    const { body: newest } = await read('limit=2');
    expect(newest.items).toMatchObject([
      { action: 'deployment.resume', before: { status: 'paused' }, after: { status: 'active' } },
      { action: 'deployment.pause', actor: 'owner (key first)' },
    ]);
    const { body: oldest } = await read(`cursor=${newest.nextCursor}`);
    expect(oldest).toMatchObject({ items: [{ action: 'deployment.create' }], nextCursor: null });
    expect((await read('cursor=zzz')).body).toEqual(problem(400, 'validation_failed'));
  });
});

describe('what is no request', () => {
  let app: FastifyInstance;
  let port: number;
  beforeAll(async () => {
    const deps: ApiDeps = api.deps;
    app = await buildApp(deps);
    port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
  });
  afterAll(() => app.close());

  /** Sends bytes as they are, and reads all that comes back. */
  async function send(bytes: string): Promise<{ head: string; body: object }> {
    const socket = connect(port, '127.0.0.1');
    socket.write(bytes);
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
    return { head, body: JSON.parse(body) };
  }

  const LONG = 'x'.repeat(20_000);
  test.each([
    ['a line that is no request', 'hello\r\n\r\n', 400, 'malformed_request'],
    ['an unknown method', 'FETCH / HTTP/1.1\r\nhost: a\r\n\r\n', 400, 'malformed_request'],
    ['headers without an end', `GET / HTTP/1.1\r\nhost: a\r\nx: ${LONG}\r\n\r\n`, 431, 'headers_too_large'],
    [
      'a body of unknown length',
      'POST /agents HTTP/1.1\r\nhost: a\r\ncontent-length: many\r\n\r\n',
      400,
      'malformed_request',
    ],
    ['no host', 'GET /livez HTTP/1.1\r\nconnection: close\r\n\r\n', 400, 'malformed_request'],
    [
      'a path that is no path',
      'GET /% HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
      400,
      'malformed_request',
    ],
  ])('%s is answered with a problem', async (_what, bytes, status, code) => {
    const { head, body } = await send(bytes);
    expect(body).toEqual(problem(status, code));
    expect(head).toContain(`HTTP/1.1 ${status} `);
    expect(head).toContain('content-type: application/problem+json');
  });

  test('a request that does not arrive in time is answered with a problem', async () => {
    const lateness = Object.assign(new Error('late'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
    // Node says this of a connection after 15 seconds.
    app.server.once('connection', (socket) => app.server.emit('clientError', lateness, socket));
    const { head, body } = await send('POST /agents HTTP/1.1\r\n');
    expect(body).toEqual(problem(408, 'request_timeout'));
    expect(head).toContain('HTTP/1.1 408 Request Timeout');
  });
});
