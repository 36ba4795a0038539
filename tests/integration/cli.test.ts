import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Wallet } from 'ethers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { billTrade } from '#activities/ledger/bill-trade.ts';
import { asId, type TradeId } from '#domain/ids.ts';
import { writeSecretFile, masterKeyFile } from '#config/secret-files.ts';
import { startTestApi, TEST_MASTER_KEY, type TestApi } from '../support/api.ts';

const SIGNALMAN = fileURLToPath(new URL('../../cli/signalman.mjs', import.meta.url));

let api: TestApi;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  api = await startTestApi();
  const url = await api.app.listen({ host: '127.0.0.1', port: 0 });
  env = {
    PATH: process.env['PATH'],
    SIGNALMAN_API_URL: url,
    SIGNALMAN_STATE_DIR: api.stateDir,
    DATABASE_URL: api.services.databaseUrl,
    TEMPORAL_ADDRESS: api.services.temporalAddress,
    TEMPORAL_NAMESPACE: api.services.namespace,
    HYPERLIQUID_URL: api.sandbox.url,
    SIGNALMAN_MASTER_KEY_ID: 'test',
  };
});
afterAll(() => api.stop());

interface Run {
  status: number;
  out: string;
  err: string;
}

function signalman(args: string[], changes: NodeJS.ProcessEnv = {}): Promise<Run> {
  return new Promise((resolve) => {
    const options = { env: { ...env, ...changes }, timeout: 60_000 };
    execFile(process.execPath, [SIGNALMAN, ...args], options, (error, out, err) => {
      resolve({ status: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

const json = async (...args: string[]) => JSON.parse((await signalman([...args, '--json'])).out);

describe('approving a trading key with a wallet of test money', () => {
  /** A deployment of a wallet of its own, and a file with the key of a wallet. */
  async function deployed(owner: { address: string }): Promise<string> {
    await json('agents', 'create', owner.address);
    const { id } = await json('deployments', 'create', owner.address, '--wallet', owner.address);
    return id;
  }
  function keyFileOf({ privateKey }: { privateKey: string }): string {
    const file = join(api.stateDir, `${randomUUID()}.key`);
    writeFileSync(file, privateKey, { mode: 0o600 });
    return file;
  }

  test('lets the key in under the name of the deployment, once', async () => {
    const owner = Wallet.createRandom();
    api.sandbox.fund(owner.address, '1000');
    const id = await deployed(owner);
    const args = ['approve', id, '--key-file', keyFileOf(owner)];
    const { status, out } = await signalman(args);
    expect(out).toMatch(/^approved 0x[0-9a-f]{40} at hyperliquid with the wallet 0x/);
    expect(out).toMatch(/at hyperliquid: approved, valid until/);
    expect(status).toBe(0);
    expect((await signalman(args)).err).toContain('waits for an approval');
  });

  test('says what the venue says, and whose key a wrong one is', async () => {
    const [owner, other] = [Wallet.createRandom(), Wallet.createRandom()];
    const id = await deployed(owner);
    const unfunded = await signalman(['approve', id, '--key-file', keyFileOf(owner)]);
    expect(unfunded).toMatchObject({ status: 1, err: expect.stringContaining('did not approve the key: ') });
    const wrong = await signalman(['approve', id, '--key-file', keyFileOf(other)]);
    expect(wrong.err).toContain(`is the key of ${other.address.toLowerCase()}, and deployment`);
    expect(unfunded.err + wrong.err).not.toContain(other.privateKey.slice(2));
  });

  test('signs nothing for a main network unasked', async () => {
    const owner = Wallet.createRandom();
    const id = await deployed(owner);
    const args = ['approve', id, '--key-file', keyFileOf(owner)];
    const { status, err } = await signalman(args, { HYPERLIQUID_NETWORK: 'mainnet' });
    expect(err).toContain('hyperliquid is on its main network, with real money');
    expect(status).toBe(1);
  });
});

describe('keys of the API', () => {
  test('are made, listed and revoked, and the audit log says by whom', async () => {
    const made = await json('keys', 'add', 'dashboard');
    expect((await signalman(['agents'], { SIGNALMAN_API_KEY: made.key })).status).toBe(0);
    expect((await signalman(['keys'])).out).toMatch(/dashboard .* active\n/);
    expect((await signalman(['keys', 'revoke', made.id])).out).toContain('opens nothing any more');
    const refused = await signalman(['agents'], { SIGNALMAN_API_KEY: made.key });
    expect(refused.err).toContain('the API does not know the key');
    expect((await signalman(['keys'])).out).toMatch(/dashboard .* revoked /);
    expect((await signalman(['audit', '--of', `apiKey/${made.id}`])).out).toMatch(
      /owner \(key first\) +apiKey.revoke/,
    );
  });
});

describe('from an agent to a trade', () => {
  test('an agent is created, deployed and signalled; the trade is found by its short id', async () => {
    expect((await signalman(['agents', 'create', 'swing', '--source', 'file:posts:80'])).out).toContain(
      'swing created',
    );
    const deployment = await json('deployments', 'create', 'swing', '--fund', '5000');
    expect(deployment).toMatchObject({ agentName: 'swing', tradingKeys: [{ status: 'approved' }] });
    expect((await signalman(['deployments'])).out).toContain(deployment.walletAddress);

    const args = ['signal', 'swing', 'BTC', 'long', '--stop', '5%', '--target', '4%:0.5', '--price', '50000'];
    // Nothing trades here: what is posted stays on its way.
    const posted = await json(...args, '--wait', '0');
    expect(posted).toMatchObject({ created: true, started: true });
    expect(await signalman(args)).toMatchObject({
      status: 1,
      out: expect.stringContaining('not made again'),
    });
    const again = await signalman([...args, '--again', '--wait', '0']);
    expect(again).toMatchObject({ status: 0, out: expect.stringContaining('on its way after 0 s') });
    const [made] = await api.db.auditLog.findMany({
      where: { action: 'signal.create' },
      orderBy: { id: 'desc' },
    });
    expect(made?.after).toMatchObject({ symbol: 'BTC', isAgain: true });
    expect((await signalman(['signals'])).out).toMatch(
      /BTC +long +manual +1\.00 +50000 +pending +duplicate_signal/,
    );
    expect((await signalman(['signals', '--skipped'])).out).toContain('duplicate_signal');

    const trade = await api.db.trade.create({
      data: {
        signalId: posted.signalId,
        deploymentId: deployment.id,
        phase: 'skipped',
        symbol: 'BTC',
        side: 'long',
        accountId: deployment.walletAddress,
        refusalCode: 'too_small',
        refusalText: 'It comes to 0.',
      },
    });
    const short = trade.id.slice(-8);
    expect((await signalman(['trades'])).out).toContain(short);
    const shown = await signalman(['trade', short]);
    expect(shown.out).toContain('not taken (too_small): It comes to 0.');
    expect(await json('trade', short)).toMatchObject({ id: trade.id, phase: 'skipped' });

    const closed = await signalman(['close', short]);
    expect(closed).toMatchObject({ status: 1, err: expect.stringContaining('The trade has ended.') });
    expect((await signalman(['bills'])).out).toBe('no bills yet\n');
  });
});

describe('mistakes', () => {
  test('an unknown trade says so and how to list', async () => {
    const { status, err } = await signalman(['trade', randomUUID()]);
    expect(status).toBe(1);
    expect(err).toMatch(/^signalman: There is no trade .* List trades with: signalman trades\n$/);
  });

  test.each([
    [['trade']],
    [['trade', 'ab']],
    [['trades', '--limit', 'many']],
    [['trades', '--phase', 'flying']],
    [['fly']],
    [['signal', 'swing', 'BTC', 'long', '--stop', 'low']],
    [['agents', 'create', 'a', '--policy', '/nowhere.json']],
  ])('%j is a usage error', async (args) => {
    const { status, err } = await signalman(args);
    expect(status).toBe(2);
    expect(err).not.toBe('');
  });

  test('a wrong key and a silent address are told apart', async () => {
    const wrong = await signalman(['trades'], { SIGNALMAN_API_KEY: 'x'.repeat(40) });
    expect(wrong).toMatchObject({ status: 1, err: expect.stringContaining('does not know the key') });
    const silent = await signalman(['trades'], { SIGNALMAN_API_URL: 'http://127.0.0.1:9' });
    expect(silent).toMatchObject({ status: 1, err: expect.stringContaining('no API answers') });
  });
});

describe('doctor', () => {
  test('names what is there and what is missing, and shows no secret', async () => {
    writeSecretFile(masterKeyFile(api.stateDir), TEST_MASTER_KEY.key.toString('hex'));
    const run = await signalman(['doctor', '--json']);
    const { healthy, findings } = JSON.parse(run.out);
    const byPart = Object.fromEntries(
      findings.map(({ part, status }: { part: string; status: string }) => [part, status]),
    );
    expect(byPart).toEqual({
      node: 'ok',
      'state folder': 'ok',
      database: 'ok',
      migrations: 'ok',
      temporal: 'ok',
      'temporal ui': 'off',
      namespace: 'ok',
      'workers trading': 'broken',
      'workers watch': 'broken',
      'workers notifications': 'broken',
      'workers pipeline': 'broken',
      'prices hyperliquid': 'broken',
      'venue hyperliquid': 'ok',
      'venue ostium': 'off',
      'master key': 'ok',
      'trading keys': 'ok',
      api: 'ok',
      'api key': 'ok',
      openai: 'off',
      lunarcrush: 'off',
    });
    expect({ healthy, status: run.status }).toEqual({ healthy: false, status: 1 });
    for (const secret of [
      api.key,
      TEST_MASTER_KEY.key.toString('hex'),
      new URL(api.services.databaseUrl).password,
    ]) {
      expect(run.out).not.toContain(secret);
    }
  });

  test('warns of trading keys weeks before they end, and names those that have', async () => {
    const endIn = (days: number) =>
      api.db.tradingKey.updateMany({ data: { validUntil: new Date(Date.now() + days * 86_400_000) } });
    const signing = { SIGNALMAN_MASTER_KEY: TEST_MASTER_KEY.key.toString('hex') };
    await endIn(20);
    expect((await signalman(['doctor'], signing)).out).toMatch(
      /SOON +trading keys +(\d+) of \1 open.* ends 20/,
    );
    const metrics = (await api.call('GET', '/metrics')).text;
    const approved = await api.db.tradingKey.count({ where: { status: 'approved', active: true } });
    expect(metrics).toContain(
      `signalman_trading_keys{venue="hyperliquid",standing="expires_soon"} ${approved}\n`,
    );
    expect(metrics).toMatch(/signalman_trading_key_valid_seconds_min\{.*\} 17\d{5}\n/);
    await endIn(-1);
    expect((await signalman(['doctor'], signing)).out).toMatch(
      /BROKEN +trading keys +(\d+) of \1 open.* ends 20/,
    );
    await api.db.tradingKey.updateMany({ data: { validUntil: null } });
  });

  test('names trading keys that the master key does not open', async () => {
    const run = await signalman(['doctor'], { SIGNALMAN_MASTER_KEY: 'ab'.repeat(32) });
    expect(run.out).toMatch(/BROKEN +trading keys +0 of [1-9] open.*does not open/);
  });
});

describe('names and numbers on the command line', () => {
  test('agents, deployments and signals go by the end of their ids', async () => {
    const deployment = await json('deployments', 'create', 'swing', '--no-bills');
    const short = deployment.id.slice(-8);
    expect((await signalman(['deployments'])).out).toMatch(new RegExp(`^${short} .*active, not billed`, 'm'));
    expect((await signalman(['deployments', 'billing', short, 'on'])).out).toMatch(/: active\n/);
    expect((await signalman(['audit', '--of', `deployment/${deployment.id}`])).out).toContain(
      'deployment.billing',
    );
    expect(await signalman(['trades', '--deployment', short])).toMatchObject({
      status: 0,
      out: 'no such trades\n',
    });
    const [signal] = (await json('signals')).signals;
    const { body } = await api.call('GET', `/signals/${signal.id.slice(-10)}`);
    expect(body.id).toBe(signal.id);
    const nobody = await signalman(['deployments', 'pause', 'ffffffff']);
    expect(nobody).toMatchObject({ status: 1, err: expect.stringContaining('There is no deployment') });
  });

  test('a deployment that is not billed gets no bill, not even once billing is on again', async () => {
    const [signal] = (await json('signals')).signals;
    const { deployments } = await json('deployments', '--agent', 'swing');
    const [deployment] = deployments;
    const ended = {
      symbol: 'BTC',
      side: 'long',
      accountId: deployment.walletAddress,
      netPnlUsd: '10',
    } as const;
    const trade = await api.db.trade.create({
      data: {
        ...ended,
        signalId: signal.id,
        deploymentId: deployment.id,
        phase: 'closed',
        exitReason: 'take_profit',
      },
    });
    const tradeId = asId<TradeId>(trade.id);
    await json('deployments', 'billing', deployment.id, 'off');
    await billTrade(api.db, { tradeId });
    await json('deployments', 'billing', deployment.id, 'on');
    await billTrade(api.db, { tradeId });
    expect((await signalman(['bills'])).out).toBe('no bills yet\n');
    expect((await signalman(['trade', trade.id])).out).toContain('billed: Not billed: billing is off');
    await api.db.tradeEvent.deleteMany({ where: { tradeId: trade.id } });
    await billTrade(api.db, { tradeId });
    expect((await json('bills')).totalUsd).toBe('1.2');
  });

  test('errors name the option that was typed', async () => {
    const { status, err } = await signalman(['signal', 'swing', 'BTC', 'long', '--notional', '0']);
    expect({ status, err }).toEqual({
      status: 2,
      err: 'signalman: --notional: must be a positive number as text, such as "47500"\n',
    });
  });

  test('the version and examples are printed', async () => {
    expect((await signalman(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await signalman(['signal', '--help'])).out).toMatch(
      /--wait <seconds>.*default: 10[\s\S]*Examples:\n {2}\$ /,
    );
  });

  test('a source that can never be read is refused', async () => {
    const { status, err } = await signalman(['agents', 'create', 'birds', '--source', 'rss:feed.xml:50']);
    expect({ status, err }).toMatchObject({
      status: 1,
      err: expect.stringContaining('must be the URL of a feed') as string,
    });
  });
});
