import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { buildApp } from '#api/app.ts';
import { ensureFirstApiKey } from '#api/use-cases/first-key.ts';
import { createSandboxProvisioner } from '#api/wallet-provisioner.ts';
import { spawnRole } from '#process/role.ts';
import { apiKeyFile } from '#config/secret-files.ts';
import { findApiKeyHolder, newApiKey, revokeApiKey, saveApiKey } from '#prisma/repositories/api-keys.ts';
import { ensureOwner } from '#prisma/repositories/users.ts';
import { createHyperliquidVenue } from '#venues/hyperliquid/index.ts';
import { openSealedKey } from '#venues/keys/sealed-key.ts';
import { createTradingSigner } from '#venues/keys/trading-signer.ts';
import { callApi, startTestApi, TEST_MASTER_KEY, type Answer, type TestApi } from '../support/api.ts';

let api: TestApi;
/** Every body the API answered, to be searched for secrets at the end. */
const answered: string[] = [];

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

async function call(method: 'GET' | 'POST', url: string, body?: object): Promise<Answer> {
  const answer = await api.call(method, url, body);
  answered.push(answer.text);
  return answer;
}

async function makeAgent(name = `agent-${randomUUID().slice(0, 8)}`) {
  const { status, body } = await call('POST', '/agents', { name });
  expect(status).toBe(201);
  return body;
}

/** A trade as the books would hold it; no workflow runs for it. */
async function bookTrade(phase: 'open' | 'closed' | 'skipped') {
  const agent = await makeAgent();
  // The signal first: made for no deployment, it starts no trade.
  const signal = { agentId: agent.id, instrument: 'ETH', side: 'long' };
  const { signalId } = (await call('POST', '/signals', signal)).body;
  const { body: deployment } = await call('POST', `/agents/${agent.id}/deployments`, {});
  return api.db.trade.create({
    data: {
      signalId,
      deploymentId: deployment.id,
      phase,
      symbol: 'ETH',
      side: 'long',
      accountId: deployment.walletAddress,
      ...(phase === 'closed' && { exitReason: 'take_profit', netPnlUsd: '12.5' }),
      ...(phase === 'skipped' && { refusalCode: 'too_small', refusalText: 'It comes to 0.' }),
      events: { create: { key: 'planned', type: 'planned', text: 'long ETH at hyperliquid' } },
    },
  });
}

const problem = (status: number, code: string) =>
  expect.objectContaining({ type: `/problems/${code}`, code, status });

describe('sign-in', () => {
  test.each([
    ['no key', null],
    ['a wrong key', newApiKey()],
    ['something that is no key', "' OR 1=1 --"],
  ])('refuses %s with a problem', async (_what, key) => {
    const answer = await callApi(api.app, key, 'GET', '/agents');
    expect(answer.body).toEqual(problem(401, 'unauthenticated'));
    expect(answer.type).toContain('application/problem+json');
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  test('a revoked key stops working with the next request', async () => {
    const owner = await ensureOwner(api.db);
    const key = newApiKey();
    const { id } = await saveApiKey(api.db, { userId: owner.id, name: 'short-lived', key });
    expect((await callApi(api.app, key, 'GET', '/agents')).status).toBe(200);
    await revokeApiKey(api.db, id);
    expect((await callApi(api.app, key, 'GET', '/agents')).status).toBe(401);
  });

  test('a key opens what its scopes say, and makes none with more', async () => {
    const { body: made } = await call('POST', '/api-keys', { name: 'reader', scopes: ['read'] });
    const asReader = (method: 'GET' | 'POST', url: string, body?: object) =>
      callApi(api.app, made.key, method, url, body);
    expect((await asReader('GET', '/agents')).status).toBe(200);
    expect((await asReader('POST', '/agents', { name: 'by-a-reader' })).body).toEqual(
      problem(403, 'scope_missing'),
    );
    expect((await asReader('POST', '/api-keys', { name: 'more' })).body).toEqual(
      problem(403, 'scope_missing'),
    );
    const { body: settings } = await call('POST', '/api-keys', { name: 'settings', scopes: ['admin'] });
    const more = { name: 'more', scopes: ['read'] };
    expect((await callApi(api.app, settings.key, 'POST', '/api-keys', more)).body).toEqual(
      problem(403, 'scope_missing'),
    );
  });

  test('a key opens nothing from its end on', async () => {
    const ofTomorrow = { name: 'of tomorrow', expiresAt: Date.now() + 86_400_000 };
    const { body: made } = await call('POST', '/api-keys', ofTomorrow);
    expect((await callApi(api.app, made.key, 'GET', '/agents')).status).toBe(200);
    await api.db.apiKey.update({ where: { id: made.id }, data: { expiresAt: new Date() } });
    expect((await callApi(api.app, made.key, 'GET', '/agents')).status).toBe(401);
  });

  test('the first key is made once, kept for this user alone, and stored as a hash', async () => {
    const path = apiKeyFile(api.stateDir);
    expect(readFileSync(path, 'utf8').trim()).toBe(api.key);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await ensureFirstApiKey(api.db, { stateDir: api.stateDir })).toEqual({
      madeKey: null,
      isGivenRevoked: false,
    });
    const rows = await api.db.apiKey.findMany();
    expect(JSON.stringify(rows)).not.toContain(api.key);
    expect(await findApiKeyHolder(api.db, api.key)).toMatchObject({ userName: 'owner' });
  });
});

describe('requests that are not valid', () => {
  test('name each wrong field by a JSON pointer', async () => {
    const { body } = await call('POST', '/agents', {
      name: 'crooked',
      minConfidence: 2,
      barriers: { stopLoss: { pct: 5 }, takeProfits: [{ pct: 4, fraction: 2 }], trialing: [] },
    });
    expect(body).toEqual(problem(400, 'validation_failed'));
    expect(
      body.errors.map(({ in: where, pointer }: { in: string; pointer: string }) => [where, pointer]),
    ).toEqual([
      ['body', '/minConfidence'],
      ['body', '/barriers/trialing'],
      ['body', '/barriers/takeProfits/0/fraction'],
    ]);
  });

  test('are answered as problems whatever is wrong', async () => {
    const inject = (options: object) =>
      api.app.inject({
        method: 'POST',
        url: '/v1/agents',
        headers: { authorization: `Bearer ${api.key}` },
        ...options,
      });
    const json = { authorization: `Bearer ${api.key}`, 'content-type': 'application/json' };
    expect((await inject({ headers: json, payload: '{' })).json()).toEqual(problem(400, 'malformed_body'));
    expect(
      (await inject({ headers: { ...json, 'content-type': 'text/csv' }, payload: 'a,b' })).json(),
    ).toEqual(problem(415, 'unsupported_media_type'));
    expect((await inject({ headers: json, payload: `"${'x'.repeat(70_000)}"` })).json()).toEqual(
      problem(413, 'body_too_large'),
    );
    expect((await call('GET', '/nowhere')).body).toEqual(problem(404, 'route_not_found'));
    expect((await call('GET', '/agents?limit=1000')).body.errors).toEqual([
      expect.objectContaining({ in: 'query', pointer: '/limit' }),
    ]);
    expect((await call('GET', '/agents?cursor=zzz')).body.errors).toEqual([
      expect.objectContaining({ in: 'query', pointer: '/cursor' }),
    ]);
    expect((await call('GET', '/agents/17')).body.errors).toEqual([
      expect.objectContaining({ in: 'path', pointer: '/id' }),
    ]);
  });
});

describe('agents', () => {
  test('are created with defaults, found, and audited', async () => {
    const made = await makeAgent('momentum');
    expect(made).toMatchObject({
      name: 'momentum',
      status: 'active',
      venuePreference: [],
      sizeModel: { mode: 'riskPercent', percent: 2 },
      barriers: { stopLoss: { pct: 5 } },
      version: 1,
    });
    expect((await call('GET', `/agents/${made.id}`)).body).toEqual(made);
    expect((await call('POST', '/agents', { name: 'momentum' })).body).toEqual(
      problem(409, 'agent_name_taken'),
    );
    expect((await call('GET', `/agents/${randomUUID()}`)).body).toEqual(problem(404, 'agent_not_found'));
    const audit = await api.db.auditLog.findMany({ where: { subject: `agent/${made.id}` } });
    expect(audit).toMatchObject([{ action: 'agent.create', actor: expect.stringMatching(/^owner \(key /) }]);
  });

  test('are weighed: what is left out stays, what is no weight is named, and the change is audited', async () => {
    const { id } = await makeAgent('weighed');
    const weigh = (body: object) => call('POST', `/agents/${id}/weights`, body);
    await weigh({ weights: { x: 20 } });
    const answer = await weigh({ weights: { institutes: 0 }, scoreUse: 'scale' });
    expect(answer.body).toMatchObject({ weights: { x: 20, institutes: 0 }, scoreUse: 'scale', version: 3 });
    for (const [body, pointer] of [
      [{ weights: { x: 101 } }, '/weights/x'],
      [{ weights: { twitter: 10 } }, '/weights'],
      [{ scoreUse: 'always' }, '/scoreUse'],
    ] as const)
      expect((await weigh(body)).body.errors[0]).toMatchObject({ pointer: expect.stringContaining(pointer) });
    const refused = await weigh({ sources: [{ kind: 'file', handle: '../../etc/passwd', weight: 1 }] });
    expect(refused.body.code).toBe('source_refused');
    const { body } = await call('GET', `/audit-log?subject=agent/${id}`);
    expect(body.items[0]).toMatchObject({
      action: 'agent.weigh',
      before: { weights: { x: 20 }, scoreUse: 'off' },
      after: { weights: { x: 20, institutes: 0 }, scoreUse: 'scale' },
    });
  });

  test('are listed page by page to the end, newest first, each once', async () => {
    for (let made = 0; made < 5; made += 1) await makeAgent();
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { body }: Answer = await call(
        'GET',
        `/agents?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`,
      );
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.nextCursor;
    } while (cursor !== null);
    const rows = await api.db.agent.findMany({ orderBy: { id: 'desc' }, select: { id: true } });
    expect(seen).toEqual(rows.map(({ id }) => id));
  });
});

describe('deployments', () => {
  test('get a funded sandbox wallet whose trading key the venue has approved', async () => {
    const agent = await makeAgent();
    const { status, body: made } = await call('POST', `/agents/${agent.id}/deployments`, {
      fundUsdc: '2500',
    });
    expect(status).toBe(201);
    expect(made).toMatchObject({
      agentId: agent.id,
      status: 'active',
      maxLeverage: 1,
      tradingKeys: [{ venue: 'hyperliquid', status: 'approved' }],
    });
    const account = (await call('GET', `/accounts/${made.id}`)).body;
    expect(account).toMatchObject({ accountId: made.walletAddress, equityUsd: '2500', positions: [] });

    const row = await api.db.tradingKey.findFirstOrThrow({ where: { deploymentId: made.id } });
    const key = { ...row, sealed: Uint8Array.from(row.sealed) };
    const { privateKey } = openSealedKey([TEST_MASTER_KEY], key);
    expect(createTradingSigner(privateKey).address).toBe(made.tradingKeys[0].address);
    secrets.push(privateKey, privateKey.slice(2));
    expect(() => openSealedKey([TEST_MASTER_KEY], { ...key, deploymentId: randomUUID() })).toThrow(
      /does not open/,
    );
  });

  test('for a given wallet wait for its approval, which is asked of the venue', async () => {
    const agent = await makeAgent();
    const walletAddress = '0x00000000000000000000000000000000DeaDBeef';
    const { body: made } = await call('POST', `/agents/${agent.id}/deployments`, { walletAddress });
    expect(made).toMatchObject({
      walletAddress: walletAddress.toLowerCase(),
      tradingKeys: [{ status: 'pending', approvedAt: null }],
    });
    const asked = (await call('POST', `/deployments/${made.id}/approval`)).body;
    expect(asked.tradingKeys[0].status).toBe('pending');
    expect((await call('POST', `/agents/${agent.id}/deployments`, { walletAddress })).body).toEqual(
      problem(409, 'deployment_exists'),
    );
  });

  test('pause and resume, and say so to whoever asks again', async () => {
    const agent = await makeAgent();
    const { body: made } = await call('POST', `/agents/${agent.id}/deployments`, {});
    expect((await call('POST', `/deployments/${made.id}/pause`)).body.status).toBe('paused');
    expect((await call('POST', `/deployments/${made.id}/pause`)).body.status).toBe('paused');
    expect((await call('POST', `/deployments/${made.id}/resume`)).body.status).toBe('active');
    const listed = (await call('GET', `/deployments?agentId=${agent.id}`)).body;
    expect(listed.items.map(({ id }: { id: string }) => id)).toEqual([made.id]);
    const actions = await api.db.auditLog.findMany({
      where: { subject: `deployment/${made.id}` },
      orderBy: { id: 'asc' },
    });
    expect(actions.map(({ action }) => action)).toEqual([
      'deployment.create',
      'deployment.pause',
      'deployment.resume',
    ]);
  });
});

describe('signals', () => {
  test('are stored, started, and answered with the first one when made twice', async () => {
    const agent = await makeAgent();
    const signal = { agentId: agent.id, instrument: 'BTC', side: 'long', referencePrice: '50000' };
    const first = await call('POST', '/signals', signal);
    expect(first.status).toBe(202);
    expect(first.body).toMatchObject({ created: true, reason: null, started: true });
    const { signalId } = first.body;

    const second = await call('POST', '/signals', signal);
    expect(second.status).toBe(200);
    expect(second.body).toMatchObject({ signalId, created: false, reason: { code: 'duplicate_signal' } });

    const described = await api.temporal.workflow.getHandle(`signal/${signalId}`).describe();
    expect(described).toMatchObject({ type: 'signalFanOut', taskQueue: 'trading' });

    const shown = (await call('GET', `/signals/${signalId}`)).body;
    expect(shown).toMatchObject({
      symbol: 'BTC',
      side: 'long',
      origin: 'manual',
      referencePrice: '50000',
      skips: [{ code: 'duplicate_signal' }],
    });
    expect((await call('GET', `/signals?agentId=${agent.id}`)).body.items).toEqual([shown]);
    expect((await call('GET', `/skipped-signals?signalId=${signalId}`)).body.items).toEqual(shown.skips);
  });

  test('are pending until their time is over, and expired when nobody traded them by then', async () => {
    const { id: agentId } = await makeAgent();
    const { body } = await call('POST', '/signals', {
      agentId,
      instrument: 'BTC',
      side: 'long',
      ttlMs: 2_000,
    });
    const outcome = async () => (await call('GET', `/signals/${body.signalId}`)).body.outcome;
    expect(await outcome()).toBe('pending');
    await vi.waitUntil(async () => (await outcome()) === 'expired', 10_000);
    const { body: explained } = await call('GET', `/explanations/${body.signalId.slice(-8)}`);
    expect(explained).toMatchObject({
      subject: { kind: 'signal', id: body.signalId },
      message: null,
      signals: [{ outcome: 'expired', trades: [] }],
    });
    expect((await call('GET', '/explanations/ffffffff')).body).toEqual(problem(404, 'nothing_found'));
  });

  test('that cannot be traded at their own price are refused', async () => {
    const agent = await makeAgent();
    const { body } = await call('POST', '/signals', {
      agentId: agent.id,
      instrument: 'BTC',
      side: 'short',
      referencePrice: '50000',
      barriers: { stopLoss: { price: '47500' } },
    });
    expect(body).toEqual(problem(422, 'signal_refused'));
    expect(body.detail).toContain('wrong_side_stop');
  });
});

describe('trades', () => {
  test('are shown whole, by id or by its last characters', async () => {
    const row = await bookTrade('closed');
    const whole = (await call('GET', `/trades/${row.id}`)).body;
    expect(whole).toMatchObject({
      id: row.id,
      phase: 'closed',
      exitReason: 'take_profit',
      netPnlUsd: '12.5',
      workflowId: `trade/${row.signalId}/${row.deploymentId}`,
      events: [{ type: 'planned', text: 'long ETH at hyperliquid' }],
      orders: [],
    });
    expect((await call('GET', `/trades/${row.id.slice(-8)}`)).body).toEqual(whole);
    expect(
      (await call('GET', `/trades?deploymentId=${row.deploymentId}&phase=closed,open`)).body.items,
    ).toMatchObject([{ id: row.id }]);
    expect((await call('GET', `/trades?deploymentId=${row.deploymentId}&phase=open`)).body.items).toEqual([]);
    expect((await call('GET', '/trades?phase=flying')).body).toEqual(problem(400, 'validation_failed'));
  });

  test.each(['pause', 'resume', 'close'])('%s: unknown, ended or not running is said so', async (wish) => {
    expect((await call('POST', `/trades/${randomUUID()}/${wish}`)).body).toEqual(
      problem(404, 'trade_not_found'),
    );
    const ended = await bookTrade('skipped');
    expect((await call('POST', `/trades/${ended.id}/${wish}`)).body).toEqual(problem(409, 'trade_ended'));
    const orphan = await bookTrade('open');
    expect((await call('POST', `/trades/${orphan.id}/${wish}`, {})).body).toEqual(
      problem(409, 'trade_not_running'),
    );
  });

  test('hand a wish to their workflow, which keeps it until a worker comes', async () => {
    const row = await bookTrade('open');
    const workflowId = `trade/${row.signalId}/${row.deploymentId}`;
    const handle = await api.temporal.workflow.start('tradeLifecycle', { workflowId, taskQueue: 'trading' });
    const { status, body } = await call('POST', `/trades/${row.id}/close`, {
      note: 'news',
      wait: true,
      waitMs: 200,
    });
    expect(status).toBe(202);
    expect(body).toEqual({ tradeId: row.id, requested: 'close', closed: false });
    const history = await handle.fetchHistory();
    const signals = (history.events ?? []).map((event) => event.workflowExecutionSignaledEventAttributes);
    expect(signals.find(Boolean)?.signalName).toBe('forceClose');
    const audit = await api.db.auditLog.findMany({ where: { subject: `trade/${row.id}` } });
    expect(audit).toMatchObject([{ action: 'trade.close', after: { requested: 'close', note: 'news' } }]);
  });
});

describe('health and documentation', () => {
  test('readiness names the part that is missing', async () => {
    const ready = await callApi(api.app, null, 'GET', '/readyz');
    expect(ready.body).toEqual({
      status: 'ready',
      checks: ['database', 'temporal', 'hyperliquid'].map((part) => ({ part, ok: true, reason: null })),
    });
    expect((await callApi(api.app, null, 'GET', '/livez')).body).toEqual({ status: 'ok' });
  });

  test('readiness is refused with the reason while a venue is out of reach', async () => {
    const venue = createHyperliquidVenue({ url: 'http://127.0.0.1:9', network: 'testnet' });
    const app = await buildApp({ ...api.deps, venues: [venue] });
    const answer = await callApi(app, null, 'GET', '/readyz');
    expect(answer.status).toBe(503);
    expect(answer.body.checks).toContainEqual({ part: 'hyperliquid', ok: false, reason: expect.any(String) });
    const agent = await makeAgent();
    const { body: deployment } = await call('POST', `/agents/${agent.id}/deployments`, {});
    const account = await callApi(app, api.key, 'GET', `/accounts/${deployment.id}`);
    expect(account.body).toEqual(problem(502, 'venue_unreachable'));
    await app.close();
    await venue.close();
  });

  test('without a sandbox a wallet must be given; a sandbox that is gone is said so', async () => {
    const agent = await makeAgent();
    const { walletProvisioner: _none, ...withoutSandbox } = api.deps;
    const gone = createSandboxProvisioner({ url: 'http://127.0.0.1:9', network: 'testnet' });
    for (const [deps, expected] of [
      [withoutSandbox, problem(422, 'wallet_needed')],
      [{ ...api.deps, walletProvisioner: gone }, problem(502, 'wallet_not_provisioned')],
    ] as const) {
      const app = await buildApp(deps);
      const { body } = await callApi(app, api.key, 'POST', `/agents/${agent.id}/deployments`, {});
      expect(body).toEqual(expected);
      await app.close();
    }
    expect((await call('GET', `/deployments?agentId=${agent.id}`)).body.items).toEqual([]);
  });

  test('a caller that asks too often is told how long to wait', async () => {
    const app = await buildApp({ ...api.deps, requestsPerMinute: 1 });
    await callApi(app, api.key, 'GET', '/agents');
    const refused = await callApi(app, api.key, 'GET', '/agents');
    expect(refused.body).toEqual(problem(429, 'rate_limited'));
    expect(refused.headers['retry-after']).toBeDefined();
    expect((await callApi(app, null, 'GET', '/livez')).status).toBe(200);
    await app.close();
  });

  test('OpenAPI 3.1 lists every route, and problems are explained', async () => {
    const { body } = await callApi(api.app, null, 'GET', '/docs/json');
    expect(body.openapi).toBe('3.1.0');
    expect(Object.keys(body.paths)).toEqual(
      expect.arrayContaining([
        '/v1/agents',
        '/v1/signals',
        '/v1/trades/{id}/close',
        '/v1/accounts/{deploymentId}',
        '/readyz',
      ]),
    );
    expect(body.paths['/v1/trades/{id}/close'].post.responses['409'].content).toHaveProperty(
      'application/problem+json',
    );
    expect((await callApi(api.app, null, 'GET', '/problems/trade_ended')).body).toMatchObject({
      status: 409,
    });
  });

  test('listens on a real port', async () => {
    const url = await api.app.listen({ host: '127.0.0.1', port: 0 });
    const answer = await fetch(`${url}/v1/agents?limit=1`, {
      headers: { authorization: `Bearer ${api.key}` },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

const SERVER = fileURLToPath(new URL('../../api/server.ts', import.meta.url));
const serverEnvironment = (changes: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  DATABASE_URL: api.services.databaseUrl,
  TEMPORAL_ADDRESS: api.services.temporalAddress,
  TEMPORAL_NAMESPACE: api.services.namespace,
  HYPERLIQUID_URL: api.sandbox.url,
  SIGNALMAN_STATE_DIR: api.stateDir,
  SIGNALMAN_MASTER_KEY: '5a'.repeat(32),
  SIGNALMAN_API_PORT: '0',
  ...changes,
});

const WORKER = fileURLToPath(new URL('../../workers/main.ts', import.meta.url));

test('a worker of the pipeline needs no master key, and leaves one that is set unread', async () => {
  const env = serverEnvironment({ SIGNALMAN_MASTER_KEY: 'no key at all' });
  const logFile = join(api.stateDir, 'pipeline.log');
  const role = await spawnRole({ name: 'worker', script: WORKER, args: ['pipeline'], env, logFile });
  expect(role.ready).toEqual({ roles: ['pipeline'] });
  await role.stop();
});

describe('the API as a process', () => {
  test('says where it listens, serves, and ends when asked to', async () => {
    const key = newApiKey();
    const env = serverEnvironment({ SIGNALMAN_API_KEY: key });
    const logFile = join(api.stateDir, 'api.log');
    const role = await spawnRole({ name: 'api', script: SERVER, env, logFile });
    const url = String(role.ready['url']);
    const answer = await fetch(`${url}/readyz`);
    expect(answer.status).toBe(200);
    const withKey = await fetch(`${url}/v1/agents`, { headers: { authorization: `Bearer ${key}` } });
    expect(withKey.status).toBe(200);
    await role.stop();
    expect(await role.exited).toEqual({ code: 0, signal: null });
    expect(readFileSync(logFile, 'utf8')).not.toContain(key);
  });

  test('names every variable that is missing', () => {
    const env = serverEnvironment({ DATABASE_URL: '', SIGNALMAN_MASTER_KEY: 'short' });
    const { status, stderr } = spawnSync(process.execPath, [SERVER], {
      env,
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/DATABASE_URL is not set.*SIGNALMAN_MASTER_KEY is not 32 random bytes/s);
    expect(stderr).not.toContain('short');
  });
});

const secrets: string[] = [];

test('no answer and no log line holds a secret', async () => {
  const keys = await api.db.tradingKey.findMany();
  for (const { sealed } of keys)
    secrets.push(Buffer.from(sealed).toString('hex'), Buffer.from(sealed).toString('base64'));
  secrets.push(api.key, TEST_MASTER_KEY.key.toString('hex'));
  expect(secrets.length).toBeGreaterThan(4);
  const everything = [...answered, ...api.logged].join('\n');
  expect(secrets.filter((secret) => everything.includes(secret))).toEqual([]);
});
