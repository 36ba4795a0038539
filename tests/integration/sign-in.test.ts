import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Wallet, type HDNodeWallet } from 'ethers';
import type { FastifyInstance } from 'fastify';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildApp } from '#api/app.ts';
import { CLOSED_SIGN_IN, type SignInConfig } from '#config/sign-in.ts';
import { createUser } from '#prisma/repositories/users.ts';
import { startTestApi, type TestApi } from '../support/api.ts';

const MINUTE_MS = 60_000;
const HOST = '127.0.0.1:7070';
const ORIGIN = `http://${HOST}`;
const PUBLIC = 'https://trade.example';

let api: TestApi;
let app: FastifyInstance;
/** How far the clock of the app is ahead. */
let aheadMs = 0;
/** Each test calls from an address of its own, since addresses are limited. */
let address = 0;
const openApp = (config: SignInConfig) =>
  buildApp({ ...api.deps, signIn: config, now: () => Date.now() + aheadMs });

beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());
beforeEach(async () => {
  aheadMs = 0;
  address += 1;
  app = await openApp(CLOSED_SIGN_IN);
});
afterEach(() => app.close());

interface Call {
  headers?: Record<string, string>;
  body?: object;
}

async function call(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, { headers, body }: Call = {}) {
  const answer = await app.inject({
    method,
    url: `/v1${path}`,
    remoteAddress: `192.0.2.${address}`,
    headers: { host: HOST, ...headers },
    ...(body && { body }),
  });
  return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
}

const problem = (status: number, code: string) =>
  expect.objectContaining({ status, body: expect.objectContaining({ code }) });

async function addUser(role: 'user' | 'creator' | 'admin' = 'creator'): Promise<HDNodeWallet> {
  const wallet = Wallet.createRandom();
  await createUser(api.db, {
    name: `user ${wallet.address.slice(2, 10)}`,
    role,
    walletAddress: wallet.address.toLowerCase(),
  });
  return wallet;
}

async function askFor(
  wallet: { address: string },
  more: { headers?: Record<string, string>; chainId?: number } = {},
) {
  const { headers = {}, chainId = 1 } = more;
  return call('POST', '/auth/nonce', { headers, body: { address: wallet.address, chainId } });
}

async function signIn(wallet: HDNodeWallet, as: 'bearer' | 'cookie' = 'bearer', origin?: string) {
  const headers = origin === undefined ? {} : { origin };
  const { body: asked } = await askFor(wallet, { headers });
  const signature = await wallet.signMessage(asked.message);
  return call('POST', '/auth/sign-in', {
    headers,
    body: { nonce: asked.nonce, signature, as, client: 'test' },
  });
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

async function tokenOf(wallet: HDNodeWallet): Promise<string> {
  return (await signIn(wallet)).body.token;
}

/** Returns the cookie that an answer sets, as a browser sends it back, and its attributes. */
function cookieOf(headers: Record<string, unknown>) {
  const [pair = '', ...attributes] = String(headers['set-cookie']).split('; ');
  return { cookie: pair, attributes };
}

describe('a wallet', () => {
  test('signs a message of the API and has a session that names its user', async () => {
    const wallet = await addUser();
    const { body: asked } = await askFor(wallet, { chainId: 42_161 });
    expect(asked.message).toContain(
      `${HOST} wants you to sign in with your Ethereum account:\n${wallet.address}\n`,
    );
    expect(asked.message).toContain(`\nURI: ${ORIGIN}\nVersion: 1\nChain ID: 42161\nNonce: ${asked.nonce}\n`);
    const made = await signIn(wallet);
    expect(made).toMatchObject({
      status: 201,
      headers: { 'cache-control': 'no-store' },
      body: { session: { as: 'bearer', current: true, scopes: ['read', 'trade', 'admin'] } },
    });
    const who = await call('GET', '/session', { headers: bearer(made.body.token) });
    expect(who.body).toMatchObject({
      user: { role: 'creator', walletAddress: wallet.address.toLowerCase() },
      keyId: null,
    });
    expect(JSON.stringify(await api.db.session.findMany())).not.toContain(made.body.token);
  });

  test('that nobody added is refused, unless sign-up is open', async () => {
    const stranger = Wallet.createRandom();
    expect(await signIn(stranger)).toEqual(problem(403, 'sign_up_closed'));
    await app.close();
    app = await openApp({ ...CLOSED_SIGN_IN, isOpen: true });
    const { body } = await signIn(stranger);
    expect(body.user).toMatchObject({ name: stranger.address, role: 'user' });
    expect((await signIn(stranger)).body.user.id).toBe(body.user.id);
  });

  test('whose user is locked out signs in no more, and its sessions end', async () => {
    const wallet = await addUser();
    const { token, user } = (await signIn(wallet)).body;
    const change = { headers: bearer(api.key), body: { disabled: true } };
    const locked = await app.inject({ method: 'PATCH', url: `/v1/users/${user.id}`, ...change });
    expect(locked.json().disabledAt).toBeGreaterThan(0);
    expect(await call('GET', '/session', { headers: bearer(token) })).toEqual(
      problem(401, 'unauthenticated'),
    );
    expect(await signIn(wallet)).toEqual(problem(403, 'sign_up_closed'));
  });
});

describe('a signature is refused', () => {
  const refused = problem(401, 'sign_in_refused');

  test('the second time', async () => {
    const wallet = await addUser();
    const { body: asked } = await askFor(wallet);
    const body = { nonce: asked.nonce, signature: await wallet.signMessage(asked.message) };
    expect((await call('POST', '/auth/sign-in', { body })).status).toBe(201);
    expect(await call('POST', '/auth/sign-in', { body })).toEqual(refused);
  });

  test('of two requests that come at once one opens a session', async () => {
    const wallet = await addUser();
    const { body: asked } = await askFor(wallet);
    const body = { nonce: asked.nonce, signature: await wallet.signMessage(asked.message) };
    const answers = await Promise.all([1, 2, 3, 4].map(() => call('POST', '/auth/sign-in', { body })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(3);
  });

  test('after five minutes', async () => {
    const wallet = await addUser();
    const { body: asked } = await askFor(wallet);
    aheadMs = 5 * MINUTE_MS;
    const body = { nonce: asked.nonce, signature: await wallet.signMessage(asked.message) };
    expect(await call('POST', '/auth/sign-in', { body })).toEqual(refused);
  });

  test.each<[string, (message: string) => string]>([
    ['of another domain', (message) => message.replace(HOST, 'evil.example')],
    ['of another chain', (message) => message.replace('Chain ID: 1', 'Chain ID: 5')],
    ['with another nonce', (message) => message.replace(/Nonce: \w+/, 'Nonce: 12345678abcdefgh')],
    ['with a later end', (message) => message.replace(/Expiration Time: \d{4}/, 'Expiration Time: 9999')],
  ])('of a message %s', async (_what, change) => {
    const wallet = await addUser();
    const { body: asked } = await askFor(wallet);
    const changed = change(asked.message);
    expect(changed).not.toBe(asked.message);
    const body = { nonce: asked.nonce, signature: await wallet.signMessage(changed) };
    expect(await call('POST', '/auth/sign-in', { body })).toEqual(refused);
  });

  test('by another wallet', async () => {
    const [wallet, other] = [await addUser(), await addUser()];
    const { body: asked } = await askFor(wallet);
    const body = { nonce: asked.nonce, signature: await other.signMessage(asked.message) };
    expect(await call('POST', '/auth/sign-in', { body })).toEqual(refused);
  });

  test('that comes from another origin than its message went to', async () => {
    await app.close();
    app = await openApp({ ...CLOSED_SIGN_IN, origins: [PUBLIC, 'https://other.example'] });
    const wallet = await addUser();
    const { body: asked } = await askFor(wallet, { headers: { origin: PUBLIC } });
    const body = { nonce: asked.nonce, signature: await wallet.signMessage(asked.message) };
    const headers = { origin: 'https://other.example' };
    expect(await call('POST', '/auth/sign-in', { headers, body })).toEqual(refused);
  });

  test('that was given to prove a session, and the other way round', async () => {
    const wallet = await addUser();
    const headers = bearer(await tokenOf(wallet));
    const { body: forProof } = await call('POST', '/auth/proof/nonce', { headers, body: {} });
    const { body: forSignIn } = await askFor(wallet);
    const signed = async (asked: { nonce: string; message: string }) => ({
      nonce: asked.nonce,
      signature: await wallet.signMessage(asked.message),
    });
    expect(await call('POST', '/auth/sign-in', { body: await signed(forProof) })).toEqual(refused);
    expect(await call('POST', '/auth/proof', { headers, body: await signed(forSignIn) })).toEqual(refused);
  });

  test('and so are more, once an address has failed ten times', async () => {
    const wallet = await addUser();
    for (let index = 0; index < 10; index += 1) {
      const body = { nonce: `unknown${index}00`, signature: '0x00' };
      expect(await call('POST', '/auth/sign-in', { body })).toEqual(refused);
    }
    expect(await signIn(wallet)).toEqual(problem(429, 'sign_in_limited'));
  });
});

describe('a page', () => {
  test.each([
    ['of a stranger', { origin: 'https://evil.example' }],
    [
      'of a stranger whose name leads to this machine',
      { host: 'evil.example:7070', origin: 'http://evil.example:7070' },
    ],
    ['of another program on this machine', { origin: 'http://127.0.0.1:9999' }],
  ])('%s gets no message to sign', async (_whose, headers) => {
    expect(await askFor(Wallet.createRandom(), { headers })).toEqual(problem(403, 'origin_refused'));
  });

  test('on this machine keeps its session in a cookie that scripts cannot read', async () => {
    const made = await signIn(await addUser(), 'cookie', ORIGIN);
    const { cookie, attributes } = cookieOf(made.headers);
    expect(cookie).toMatch(/^signalman=sgs_[\w-]{43}$/);
    expect(attributes).toEqual(['Path=/', 'Max-Age=43200', 'HttpOnly', 'SameSite=Strict']);
    expect(made.body.token).toBeNull();
    expect((await call('GET', '/session', { headers: { cookie } })).body.session.as).toBe('cookie');
  });

  test('over TLS keeps it in one that goes to its host alone', async () => {
    await app.close();
    app = await openApp({ ...CLOSED_SIGN_IN, origins: [PUBLIC] });
    const made = await signIn(await addUser(), 'cookie', PUBLIC);
    const { cookie, attributes } = cookieOf(made.headers);
    expect(cookie).toMatch(/^__Host-signalman=/);
    expect(attributes).toContain('Secure');
    const plain = cookie.replace('__Host-', '');
    const far = { host: 'trade.example' };
    expect((await call('GET', '/session', { headers: { ...far, cookie } })).status).toBe(200);
    expect((await call('GET', '/session', { headers: { ...far, cookie: plain } })).status).toBe(401);
  });

  test('that is none of ours changes nothing by the cookie', async () => {
    const { cookie } = cookieOf((await signIn(await addUser(), 'cookie', ORIGIN)).headers);
    const post = (headers: Record<string, string>) =>
      call('POST', '/agents', { headers: { cookie, ...headers }, body: { name: `by cookie ${address}` } });
    expect(await post({})).toEqual(problem(403, 'origin_refused'));
    expect(await post({ origin: 'https://evil.example' })).toEqual(problem(403, 'origin_refused'));
    expect(await post({ origin: 'null' })).toEqual(problem(403, 'origin_refused'));
    expect((await post({ origin: ORIGIN })).status).toBe(201);
  });

  test('has a session no more when its cookie was changed', async () => {
    const { cookie } = cookieOf((await signIn(await addUser(), 'cookie', ORIGIN)).headers);
    const changed = cookie.slice(0, -1) + (cookie.endsWith('A') ? 'B' : 'A');
    expect(await call('GET', '/session', { headers: { cookie: changed } })).toEqual(
      problem(401, 'unauthenticated'),
    );
  });
});

describe('a session', () => {
  const isOpen = async (token: string) =>
    (await call('GET', '/session', { headers: bearer(token) })).status === 200;

  test('ends when it is not used for half an hour', async () => {
    const token = await tokenOf(await addUser());
    aheadMs = 29 * MINUTE_MS;
    expect(await isOpen(token)).toBe(true);
    aheadMs = 58 * MINUTE_MS;
    expect(await isOpen(token)).toBe(true);
    aheadMs = 89 * MINUTE_MS;
    expect(await isOpen(token)).toBe(false);
  });

  test('ends after twelve hours, however much it is used', async () => {
    const token = await tokenOf(await addUser());
    for (aheadMs = 0; aheadMs < 12 * 60 * MINUTE_MS; aheadMs += 25 * MINUTE_MS)
      expect(await isOpen(token)).toBe(true);
    aheadMs = 12 * 60 * MINUTE_MS;
    expect(await isOpen(token)).toBe(false);
  });

  test('is listed and ended by its user, and by no other', async () => {
    const [wallet, other] = [await addUser(), await addUser()];
    const [first, second] = [await tokenOf(wallet), await tokenOf(wallet)];
    const { body } = await call('GET', '/sessions', { headers: bearer(second) });
    expect(body.items).toMatchObject([{ current: true }, { current: false }]);
    const path = `/sessions/${body.items[1].id}`;
    expect(await call('DELETE', path, { headers: bearer(await tokenOf(other)) })).toEqual(
      problem(404, 'session_not_found'),
    );
    expect(await isOpen(first)).toBe(true);
    expect((await call('DELETE', path, { headers: bearer(second) })).status).toBe(200);
    expect([await isOpen(first), await isOpen(second)]).toEqual([false, true]);
    await call('POST', '/auth/sign-out', { headers: bearer(second) });
    expect(await isOpen(second)).toBe(false);
  });

  test('that a key opened has its scopes and ends with it', async () => {
    const key = (body: object) => call('POST', '/api-keys', { headers: bearer(api.key), body });
    const { body: made } = await key({ name: 'for a browser', scopes: ['read'] });
    const { body: opened } = await call('POST', '/sessions', { headers: bearer(made.key), body: {} });
    expect(opened.session.scopes).toEqual(['read']);
    const headers = bearer(opened.token);
    expect(await call('POST', '/agents', { headers, body: { name: 'no' } })).toEqual(
      problem(403, 'scope_missing'),
    );
    expect(await call('POST', '/sessions', { headers, body: {} })).toEqual(problem(409, 'key_needed'));
    await call('POST', `/api-keys/${made.id}/revoke`, { headers: bearer(api.key) });
    expect(await isOpen(opened.token)).toBe(false);
  });

  test('needs a fresh signature to close everything, to export and to make a key', async () => {
    const wallet = await addUser();
    const headers = bearer(await tokenOf(wallet));
    const asked = async () =>
      Promise.all([
        call('POST', '/trades/close-all', { headers, body: {} }),
        call('POST', '/api-keys', { headers, body: { name: 'lasting' } }),
      ]);
    expect((await asked()).map(({ status }) => status)).toEqual([202, 201]);
    aheadMs = 6 * MINUTE_MS;
    expect(await asked()).toEqual([problem(403, 'proof_needed'), problem(403, 'proof_needed')]);
    const { body: proof } = await call('POST', '/auth/proof/nonce', { headers, body: {} });
    const body = { nonce: proof.nonce, signature: await wallet.signMessage(proof.message) };
    expect((await call('POST', '/auth/proof', { headers, body })).status).toBe(200);
    expect((await asked()).map(({ status }) => status)).toEqual([202, 201]);
  });

  test('needs one to raise a limit, and none to lower it', async () => {
    const wallet = await addUser();
    const headers = bearer(await tokenOf(wallet));
    const { body: agent } = await call('POST', '/agents', { headers, body: { name: `limits ${address}` } });
    const { body: deployment } = await call('POST', `/agents/${agent.id}/deployments`, { headers, body: {} });
    aheadMs = 6 * MINUTE_MS;
    const limit = (body: object) => call('PATCH', `/deployments/${deployment.id}`, { headers, body });
    expect(
      (await limit({ maxLeverage: 1, maxOpenPositions: 2, entryLimits: { maxGrossUsd: '50' } })).status,
    ).toBe(200);
    for (const more of [
      { maxOpenPositions: 3 },
      { entryLimits: { maxGrossUsd: null } },
      { entryLimits: { maxGrossUsd: '51' } },
    ])
      expect(await limit(more)).toEqual(problem(403, 'proof_needed'));
    expect((await limit({ entryLimits: { maxGrossUsd: '49', maxDailyLossUsd: '5' } })).status).toBe(200);
  });
});

describe('a wallet that is a contract', () => {
  let server: Server;
  const asked: string[] = [];
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  /** Serves the calls of a chain on which every contract answers alike; null answers nothing at all. */
  async function serveChain(result: string | null): Promise<string> {
    server = createServer((request, response) => {
      let text = '';
      request.on('data', (part: Buffer) => (text += part.toString()));
      request.on('end', () => {
        if (result === null) return;
        const { id, method } = JSON.parse(text);
        asked.push(method);
        const answer = method === 'eth_chainId' ? '0x1' : result;
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ jsonrpc: '2.0', id, result: answer }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async function signInAt(rpcUrl: string) {
    await app.close();
    app = await openApp({ ...CLOSED_SIGN_IN, rpcUrls: new Map([[1, rpcUrl]]) });
    const contract = await addUser();
    const { body } = await askFor(contract);
    const owner = Wallet.createRandom();
    const signature = await owner.signMessage(body.message);
    return call('POST', '/auth/sign-in', { body: { nonce: body.nonce, signature } });
  }

  test('is asked whether the signature is its own (EIP-1271)', async () => {
    const yes = `0x1626ba7e${'0'.repeat(56)}`;
    expect((await signInAt(await serveChain(yes))).status).toBe(201);
    expect(asked).toContain('eth_call');
  });

  test('and refused when it says no', async () => {
    const no = `0xffffffff${'0'.repeat(56)}`;
    expect(await signInAt(await serveChain(no))).toEqual(problem(401, 'sign_in_refused'));
  });

  test('and refused when its chain says nothing', async () => {
    expect(await signInAt(await serveChain(null))).toEqual(problem(401, 'sign_in_refused'));
  });
});
