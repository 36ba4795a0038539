import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessTable } from '#api/access-table.ts';
import type { StatedRoute } from '#api/plugins/access.ts';
import type { Role, Scope } from '#domain/access.ts';
import { newApiKey, revokeApiKey, saveApiKey } from '#prisma/repositories/api-keys.ts';
import { createSession, endSessions, newSessionToken } from '#prisma/repositories/sessions.ts';
import { createUser } from '#prisma/repositories/users.ts';
import { callApi, startTestApi, type Method, type TestApi } from '../support/api.ts';

let api: TestApi;
/** Keys by who holds them. */
const keys = { nobody: null as string | null, user: '', other: '', owner: '', reader: '', admin: '' };
const ended = { session: '', key: '' };
/** Ids of rows of the owner, by the names that routes and fields have for them. */
const rows: Record<string, string> = {};

beforeAll(async () => {
  api = await startTestApi();
  keys.admin = api.key;
  const [user, other, owner] = [await addUser('user'), await addUser('creator'), await addUser('creator')];
  keys.user = await keyOf(user);
  keys.other = await keyOf(other);
  keys.owner = await keyOf(owner);
  keys.reader = await keyOf(owner, ['read']);
  ended.session = await endedSession(owner);
  ended.key = await revokedKey(owner);
  Object.assign(rows, await rowsOf(keys.owner, owner));
});
afterAll(() => api.stop());

async function addUser(role: Role): Promise<string> {
  const made = await createUser(api.db, {
    name: `${role} ${randomUUID().slice(0, 8)}`,
    role,
    walletAddress: null,
  });
  return made?.id ?? '';
}

async function keyOf(userId: string, scopes?: Scope[]): Promise<string> {
  const key = newApiKey();
  await saveApiKey(api.db, { userId, name: 'of a test', key, ...(scopes && { scopes }) });
  return key;
}

async function revokedKey(userId: string): Promise<string> {
  const key = newApiKey();
  await revokeApiKey(api.db, (await saveApiKey(api.db, { userId, name: 'revoked', key })).id);
  return key;
}

async function endedSession(userId: string): Promise<string> {
  const token = newSessionToken();
  const draft = { userId, apiKeyId: null, token, scopes: ['read', 'trade', 'admin'] as const };
  const { id } = await createSession(api.db, { ...draft, isCookie: false, client: 'test', now: Date.now() });
  await endSessions(api.db, { userId, id }, Date.now());
  return token;
}

const mailTo = (name: string) => ({ kind: 'email', name, target: { address: 'ann@example.com' } });

/** Makes one row of each kind for a user. */
async function rowsOf(key: string, userId: string): Promise<Record<string, string>> {
  const made = async (path: string, body: object) => (await callApi(api.app, key, 'POST', path, body)).body;
  const agent = await made('/agents', { name: `owned-${randomUUID().slice(0, 8)}` });
  const signal = await made('/signals', { agentId: agent.id, instrument: 'ETH', side: 'long' });
  const deployment = await made(`/agents/${agent.id}/deployments`, {});
  const trade = await api.db.trade.create({
    data: {
      signalId: signal.signalId,
      deploymentId: deployment.id,
      phase: 'open',
      symbol: 'ETH',
      side: 'long',
      accountId: deployment.walletAddress,
      routingDecision: { create: { venue: 'hyperliquid', refusals: [], durationMs: 1 } },
    },
  });
  const bill = await api.db.billingEvent.create({
    data: { kind: 'trade_fee', subject: randomUUID(), deploymentId: deployment.id, amountUsd: '0.2' },
  });
  const skip = await api.db.skippedSignal.create({
    data: {
      subject: randomUUID(),
      signalId: signal.signalId,
      deploymentId: deployment.id,
      code: 'stale',
      text: 'old',
    },
  });
  const brake = await made('/brakes', { deploymentId: deployment.id, reason: 'a test' });
  const source = await api.db.sourceAccount.create({ data: { kind: 'manual', handle: randomUUID() } });
  const channel = await made('/notification-channels', mailTo('owned'));
  const apiKey = await api.db.apiKey.findFirstOrThrow({ where: { userId } });
  const session = await made('/sessions', {});
  return {
    agentId: agent.id,
    agentName: agent.name,
    deploymentId: deployment.id,
    wallet: deployment.walletAddress,
    signalId: signal.signalId,
    tradeId: trade.id,
    billId: bill.id,
    skipId: skip.id,
    brakeId: brake.id,
    sourceId: source.id,
    channel: channel.id,
    apiKeyId: apiKey.id,
    sessionId: session.session.id,
    userId,
  };
}

/** What the `:id` of a path is. */
const ID_OF: Record<string, string> = {
  agents: 'agentId',
  deployments: 'deploymentId',
  signals: 'signalId',
  trades: 'tradeId',
  brakes: 'brakeId',
  sources: 'sourceId',
  'api-keys': 'apiKeyId',
  sessions: 'sessionId',
  users: 'userId',
  hooks: 'sourceId',
  metrics: 'sourceId',
  explanations: 'tradeId',
};

const OTHER_PARAMS: Record<string, string> = {
  month: '2026-11',
  name: 'fills',
  symbol: 'BTC',
  code: 'internal',
  token: 'x'.repeat(43),
  botId: '12345678',
};

/** Bodies that are valid, with ids of the owner where the route takes some. */
const bodyOf = ({ method, url }: StatedRoute): object | undefined => {
  if (method === 'GET' || method === 'DELETE') return undefined;
  const { agentId, deploymentId } = rows;
  const bodies: Record<string, object> = {
    '/v1/agents': { name: `walked-${randomUUID().slice(0, 8)}` },
    '/v1/agents/:id/deployments': { walletAddress: `0x${randomUUID().replaceAll('-', '').padEnd(40, '0')}` },
    '/v1/agents/:id/publish': { published: false },
    '/v1/deployments/:id/trading-keys': { venue: 'ostium' },
    '/v1/deployments/:id/trading-keys/rotate': { venue: 'ostium' },
    '/v1/deployments/:id/billing': { billed: true },
    '/v1/brakes': { deploymentId, reason: 'a walk' },
    '/v1/signals': { agentId, instrument: 'BTC', side: 'long' },
    '/v1/signals/preview': { agentId, instrument: 'BTC', side: 'long' },
    '/v1/sources': { kind: 'manual', handle: randomUUID() },
    '/v1/sources/:id/messages': { text: 'a walk' },
    '/v1/notification-channels': mailTo(`w-${randomUUID().slice(0, 8)}`),
    '/v1/notification-channels/:channel': { digest: 'daily' },
    '/v1/source-hooks': { kind: 'webhook', handle: `h${randomUUID().slice(0, 8)}` },
    '/v1/trades/:id/adjust': { barriers: { stopLoss: { pct: 3 } } },
    '/v1/trades/close-all': { deploymentId },
    '/v1/reconcile': { deploymentId },
    '/v1/routing-rules': { agentId, mode: 'priority' },
    '/v1/routing-rules/reset': { agentId },
    '/v1/api-keys': { name: 'walked' },
    '/v1/users': { name: `walked-${randomUUID().slice(0, 8)}` },
    '/v1/auth/nonce': { address: `0x${'1'.repeat(40)}` },
    '/v1/auth/sign-in': { nonce: 'abcdefgh12345678', signature: '0x00' },
    '/v1/auth/proof': { nonce: 'abcdefgh12345678', signature: '0x00' },
  };
  return bodies[url] ?? {};
};

function pathOf({ url }: StatedRoute): string {
  const noun = url.replace(/^\/(v1\/)?/, '').split('/')[0] ?? '';
  return url.replace(/:(\w+)/g, (_match, name: string) => {
    const known = name === 'id' ? rows[ID_OF[noun] ?? ''] : (rows[name] ?? OTHER_PARAMS[name]);
    if (known === undefined) throw new Error(`say in this test what :${name} of ${url} is`);
    return known;
  });
}

let calls = 0;

/** Calls a route from an address of its own, since addresses that fail often are made to wait. */
async function call(key: string | null, route: StatedRoute) {
  calls += 1;
  const body = bodyOf(route);
  const answer = await api.app.inject({
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- methods of our own routes
    method: route.method as Method,
    url: pathOf(route),
    remoteAddress: `192.0.${Math.floor(calls / 200)}.${1 + (calls % 200)}`,
    headers: key === null ? {} : { authorization: `Bearer ${key}` },
    ...(body && { body }),
  });
  const isJson = String(answer.headers['content-type']).includes('json');
  return { status: answer.statusCode, text: answer.body, body: isJson ? answer.json() : null };
}

const nameOf = ({ method, url }: StatedRoute): string => `${method} ${url}`;
const isOpen = ({ access }: StatedRoute): boolean => access.scope === 'open';
const isAddressed = (route: StatedRoute): boolean =>
  /:(id|deploymentId|channel)/.test(route.url) || /Id"/.test(JSON.stringify(bodyOf(route) ?? {}));
const signedIn = () => api.app.statedRoutes.filter((route) => !isOpen(route));
/** A stream of events has no end; live-events.test.ts listens to it. */
const hasEnd = ({ url }: StatedRoute): boolean => url !== '/v1/events';

/** Calls routes and returns the names of those that do not answer as expected, with the answer. */
async function misfits(
  key: string | null,
  routes: readonly StatedRoute[],
  isRight: (status: number, code: string, route: StatedRoute) => boolean,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const route of routes) {
    const { status, body } = await call(key, route);
    const code = String(body?.code ?? '');
    if (!isRight(status, code, route)) wrong.push(`${nameOf(route)} -> ${status} ${code}`);
  }
  return wrong;
}

describe('every route', () => {
  test('is listed in docs/access.md as it states its access', async () => {
    await expect(accessTable(api.app.statedRoutes)).toMatchFileSnapshot('../../docs/access.md');
  });

  test('has an answer to nobody only where it is open', async () => {
    expect(await misfits(null, signedIn(), (status) => status === 401)).toEqual([]);
    const open = api.app.statedRoutes.filter(isOpen);
    // A sign-in and a hook are refused for what they bring, not for want of a key.
    const isAnswered = (status: number, code: string) => status < 500 && code !== 'unauthenticated';
    expect(await misfits(null, open, isAnswered)).toEqual([]);
  });

  test('has no answer to an ended session or a revoked key', async () => {
    for (const credential of [ended.session, ended.key])
      expect(await misfits(credential, signedIn(), (status) => status === 401)).toEqual([]);
  });

  test('wants its scope', async () => {
    const beyond = signedIn().filter(({ access }) => access.scope !== 'read');
    expect(await misfits(keys.reader, beyond, (_status, code) => code === 'scope_missing')).toEqual([]);
  });

  test('wants its role', async () => {
    const beyondUser = signedIn().filter(({ access }) => access.role !== undefined);
    expect(await misfits(keys.user, beyondUser, (_status, code) => code === 'role_missing')).toEqual([]);
    const beyondCreator = beyondUser.filter(({ access }) => access.role === 'admin');
    expect(beyondCreator.length).toBeGreaterThan(10);
    expect(await misfits(keys.other, beyondCreator, (_status, code) => code === 'role_missing')).toEqual([]);
  });

  test('says of rows of others that they are not there', async () => {
    const theirs = signedIn().filter(
      (route) => ['own', 'published'].includes(route.access.rows) && isAddressed(route),
    );
    expect(theirs.length).toBeGreaterThan(25);
    expect(await misfits(keys.other, theirs, (status) => status === 404)).toEqual([]);
  });

  test('says nothing of others in its lists', async () => {
    const lists = signedIn().filter(
      (route) =>
        route.method === 'GET' && !route.url.includes(':') && route.access.role !== 'admin' && hasEnd(route),
    );
    const { sourceId: _shared, ...owned } = rows;
    for (const route of lists) {
      const { status, text } = await call(keys.other, route);
      expect([nameOf(route), status]).toEqual([nameOf(route), 200]);
      const leaks = Object.entries(owned).filter(([, id]) => text.includes(id));
      expect([nameOf(route), leaks]).toEqual([nameOf(route), []]);
    }
  });

  test('takes no ids of others in a query', async () => {
    const { agentId, deploymentId, signalId } = rows;
    for (const path of [
      `/deployments?agentId=${agentId}`,
      `/trades?deploymentId=${deploymentId}`,
      `/trades?signalId=${signalId}`,
      `/signals?agentId=${agentId}`,
      `/skipped-signals?signalId=${signalId}`,
      `/bills?deploymentId=${deploymentId}`,
      `/exports/fills?deploymentId=${deploymentId}`,
      `/metrics/pnl?by=all&deploymentId=${deploymentId}`,
      `/metrics/pnl?by=all&agentId=${agentId}`,
      `/routing-rules?agentId=${agentId}`,
      `/routing-decisions?agentId=${agentId}`,
      `/routing-summary?agentId=${agentId}`,
      `/scores/BTC?agentId=${agentId}`,
      `/explanations/${signalId}`,
      `/trades/${rows['tradeId']?.slice(-8)}`,
      `/agents/${agentId?.slice(-8)}`,
    ]) {
      const { status } = await callApi(api.app, keys.other, 'GET', path);
      expect([path, status]).toEqual([path, 404]);
    }
  });

  test('takes no place in a list of another to show its rows', async () => {
    const { body } = await callApi(api.app, keys.owner, 'GET', '/trades?limit=1');
    expect(body.items).toHaveLength(1);
    const cursor = Buffer.from('ffffffff-ffff-4fff-bfff-ffffffffffff').toString('base64url');
    for (const path of ['/trades', '/agents', '/deployments', '/signals', '/bills', '/api-keys']) {
      const answer = await callApi(api.app, keys.other, 'GET', `${path}?cursor=${cursor}`);
      expect(answer.status).toBe(200);
      for (const id of Object.values(rows)) expect(answer.text).not.toContain(id);
    }
  });
});

test('a method that a known path does not take is 405, with those it takes', async () => {
  for (const method of ['QUERY', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PURGE']) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- methods that inject has no name for
    const answer = await api.app.inject({ method: method as Method, url: '/v1/trades/close-all' });
    expect([method, answer.statusCode, answer.headers['allow']]).toEqual([method, 405, 'POST']);
    expect(answer.json()).toMatchObject({ code: 'method_not_allowed' });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- methods that inject has no name for
    const unknown = await api.app.inject({ method: method as Method, url: '/v1/nowhere' });
    expect([method, unknown.statusCode]).toEqual([method, 404]);
  }
  const answer = await api.app.inject({ method: 'PUT', url: `/v1/agents/${rows['agentId']}?x=1` });
  expect([answer.statusCode, answer.headers['allow']]).toEqual([405, 'GET, HEAD, PATCH']);
});

describe('what is not a caller’s to set', () => {
  test.each([
    ['the owner of an agent', '/agents', { name: 'mine', ownerId: randomUUID() }],
    ['the user of a deployment', '/agents/AGENT/deployments', { userId: randomUUID() }],
    ['a key for another user', '/api-keys', { name: 'mine', userId: randomUUID() }],
    [
      'who is said to have set a brake',
      '/brakes',
      { deploymentId: 'DEPLOYMENT', reason: 'x', setBy: 'admin' },
    ],
    ['the version of an agent', '/agents/AGENT/weights', { version: 7 }],
  ])('%s is refused', async (_what, path, body) => {
    const filled = JSON.parse(JSON.stringify(body).replace('DEPLOYMENT', rows['deploymentId'] ?? ''));
    const answer = await callApi(
      api.app,
      keys.owner,
      'POST',
      path.replace('AGENT', rows['agentId'] ?? ''),
      filled,
    );
    expect(answer.body).toMatchObject({ status: 400, code: 'validation_failed' });
  });

  test('a deployment that is not billed, and a brake on everybody, take an admin', async () => {
    const free = { isBilled: false, walletAddress: `0x${'ab'.repeat(20)}` };
    const made = await callApi(api.app, keys.owner, 'POST', `/agents/${rows['agentId']}/deployments`, free);
    expect(made.body).toMatchObject({ status: 403, code: 'role_missing' });
    for (const scope of [{}, { venue: 'hyperliquid' }]) {
      const brake = await callApi(api.app, keys.owner, 'POST', '/brakes', { ...scope, reason: 'all' });
      expect(brake.body).toMatchObject({ status: 403, code: 'role_missing' });
    }
    const { body: everybody } = await callApi(api.app, keys.admin, 'POST', '/brakes', { reason: 'all' });
    const released = await callApi(api.app, keys.owner, 'POST', `/brakes/${everybody.id}/release`);
    expect(released.body).toMatchObject({ status: 403, code: 'role_missing' });
    expect((await callApi(api.app, keys.admin, 'POST', `/brakes/${everybody.id}/release`)).status).toBe(200);
  });
});

describe('a published agent', () => {
  test('is seen and deployed by others, without what it listens to, and not changed by them', async () => {
    const { agentId = '' } = rows;
    const publish = (published: boolean) =>
      callApi(api.app, keys.owner, 'POST', `/agents/${agentId}/publish`, { published });
    await publish(true);
    const { body } = await callApi(api.app, keys.user, 'GET', `/agents/${agentId}`);
    expect(body).toMatchObject({ id: agentId, sources: [], weights: {} });
    const deployed = await callApi(api.app, keys.user, 'POST', `/agents/${agentId}/deployments`, {});
    expect(deployed.status).toBe(201);
    const weighed = await callApi(api.app, keys.other, 'POST', `/agents/${agentId}/weights`, {});
    expect(weighed.status).toBe(404);
    // The owner of the agent does not steer the funds of who deploys it.
    const paused = await callApi(api.app, keys.owner, 'POST', `/deployments/${deployed.body.id}/pause`);
    expect(paused.status).toBe(404);
    const { body: seen } = await callApi(api.app, keys.user, 'GET', `/signals/${rows['signalId']}`);
    expect(seen.skips).toEqual([]);
    await publish(false);
  });
});

test('owner and admin are let through everywhere they may be', async () => {
  const isLetIn = (status: number, code: string) =>
    (status < 500 || code === 'venue_not_configured') &&
    !['unauthenticated', 'scope_missing', 'role_missing'].includes(code);
  const isLast = ({ method, url }: StatedRoute) =>
    method === 'DELETE' || /revoke|sign-out|users|sources\/:id$/.test(url);
  const walked = signedIn().filter((route) => hasEnd(route) && !isLast(route));
  const forOwner = walked.filter((route) => route.access.role !== 'admin');
  const isFound = (status: number, code: string, route: StatedRoute) =>
    isLetIn(status, code) &&
    (status !== 404 ||
      /score_not_found|trading_key_not_found|channel_not_found|session/.test(code) ||
      !isAddressed(route));
  expect(await misfits(keys.owner, forOwner, isFound)).toEqual([]);
  expect(await misfits(keys.admin, walked, isLetIn)).toEqual([]);
});
