import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createInsideCallers } from '#api/plugins/inside-callers.ts';
import { createBotName } from '#api/telegram/bot-name.ts';
import { Confirmations } from '#api/telegram/confirmations.ts';
import { listenToChats } from '#api/telegram/listen-to-chats.ts';
import { buildApp } from '#api/app.ts';
import { createNotifiers } from '#notifiers/create-notifiers.ts';
import { createSoleHolder } from '#prisma/sole-holder.ts';
import { startChannelSandbox, type ChannelSandbox } from '#sandbox/channels/server.ts';
import { startMailSandbox, type MailSandbox } from '#sandbox/mail/server.ts';
import { startTelegramSandbox, type TelegramSandbox } from '#sandbox/telegram/server.ts';
import { callApi, startTestApi, type Method, type TestApi } from '../support/api.ts';

/** Channels by the API and the command line, and commands from a chat. */
const SIGNALMAN = fileURLToPath(new URL('../../cli/signalman.mjs', import.meta.url));
const CHAT = 4711;

let api: TestApi;
let telegram: TelegramSandbox;
let channels: ChannelSandbox;
let mail: MailSandbox;
let app: Awaited<ReturnType<typeof buildApp>>;
let stopListening: () => Promise<void>;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  [api, telegram, channels, mail] = await Promise.all([
    startTestApi(),
    startTelegramSandbox(),
    startChannelSandbox(),
    startMailSandbox(),
  ]);
  const access = { baseUrl: telegram.url, token: telegram.token };
  const inside = createInsideCallers();
  const botName = createBotName(access);
  const deps = {
    ...api.deps,
    notifiers: createNotifiers({
      telegram: access,
      email: { smtpUrl: mail.url, from: 'Signalman <signals@example.com>' },
      privateChannels: true,
      timeoutMs: 1_000,
    }),
    telegramBot: botName,
    authenticators: [inside.authenticator],
  };
  app = await buildApp(deps);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  stopListening = listenToChats({
    db: api.db,
    app,
    inside,
    access,
    botName,
    logger: api.deps.logger,
    now: Date.now,
    channelKeys: api.deps.sourceKeys,
    confirmations: new Confirmations(Date.now),
    holder: createSoleHolder(api.services.databaseUrl, 'test bot'),
  });
  env = { PATH: process.env['PATH'], SIGNALMAN_API_URL: url, SIGNALMAN_STATE_DIR: api.stateDir };
});
afterAll(async () => {
  await stopListening?.();
  await app?.close();
  await Promise.all([telegram?.close(), channels?.close(), mail?.close()]);
  await api?.stop();
});

const call = (method: Method, url: string, body?: object) => callApi(app, api.key, method, `/v1${url}`, body);
const add = async (input: object) => call('POST', '/notification-channels', input);

function signalman(args: string[], input = ''): Promise<{ status: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [SIGNALMAN, 'notify', ...args], { env }, (error, out, err) =>
      resolve({ status: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
    child.stdin?.end(input);
  });
}

describe('a channel', () => {
  test('of a webhook is added with a secret that is shown once, tested, changed, paused and removed', async () => {
    const secretPath = '/hook/very-secret-path-wxyz';
    const made = await add({ kind: 'webhook', name: 'ops', target: { url: `${channels.url}${secretPath}` } });
    expect(made.status, made.text).toBe(201);
    expect(made.body).toMatchObject({
      state: 'ok',
      link: null,
      secret: expect.stringMatching(/^whsec_/) as string,
    });
    const shown = await call('GET', '/notification-channels/ops');
    const listed = await call('GET', '/notification-channels');
    const audited = await call('GET', '/audit-log?limit=100');
    for (const { text } of [shown, listed, audited]) {
      expect(text).not.toContain('very-secret-path');
      expect(text).not.toContain('whsec_');
    }
    expect((await call('POST', '/notification-channels/ops/test')).body).toMatchObject({ ok: true });
    expect(channels.taken.at(-1)).toMatchObject({ path: secretPath, body: { type: 'channel.test' } });
    const quiet = { from: '22:00', to: '07:00' };
    const changed = await call('PATCH', '/notification-channels/ops', {
      quiet,
      timeZone: 'Europe/Berlin',
      digest: 'hourly',
    });
    expect(changed.body).toMatchObject({ quiet, timeZone: 'Europe/Berlin', digest: 'hourly' });
    expect((await call('POST', '/notification-channels/ops/pause')).body).toMatchObject({ state: 'paused' });
    expect((await call('POST', '/notification-channels/ops/resume')).body).toMatchObject({ state: 'ok' });
    expect((await call('DELETE', '/notification-channels/ops')).status).toBe(200);
    expect((await call('GET', '/notification-channels/ops')).body).toMatchObject({
      code: 'channel_not_found',
    });
  });

  test('that is gone says so when it is tested', async () => {
    await add({ kind: 'slack', name: 'gone', target: { url: `${channels.url}/slack/gone` } });
    channels.faults.add({ kind: 'answer', status: 410, body: 'channel_is_archived', path: '/slack/gone' });
    expect((await call('POST', '/notification-channels/gone/test')).body).toMatchObject({
      ok: false,
      code: 'slack_webhook_gone',
    });
  });

  test.each([
    [{ kind: 'discord', name: 'd', target: { url: 'not a url' } }, '/target/url'],
    [{ kind: 'email', name: 'e', target: { address: 'nobody' } }, '/target/address'],
    [{ kind: 'email', name: 'e', target: { address: 'a@example.com', bcc: 'b@example.com' } }, '/target'],
    [{ kind: 'telegram', name: 't', target: { chatId: '1' } }, '/target'],
  ])('%o is refused', async (input, pointer) => {
    const { status, body } = await add(input);
    expect([status, body.code, body.errors?.[0]?.pointer]).toEqual([422, 'channel_refused', pointer]);
  });

  test('has a name of its own, and there are not many of them', async () => {
    const mailTo = (name: string) => ({ kind: 'email', name, target: { address: 'ann@example.com' } });
    expect((await add(mailTo('twice'))).status).toBe(201);
    expect((await add(mailTo('twice'))).body).toMatchObject({ code: 'channel_exists' });
    const codes: unknown[] = [];
    for (let index = 0; index < 20; index += 1) codes.push((await add(mailTo(`mail-${index}`))).body.code);
    expect(codes.at(-1)).toBe('too_many_channels');
    await api.db.notificationChannel.deleteMany();
  });

  test('is added, listed, tested and removed on the command line, with no address among its words', async () => {
    const url = `${channels.url}/discord/hook-secret-1234`;
    const added = await signalman(
      ['add', 'discord', 'desk', '--topics', 'alarm,breach', '--quiet', '22:00-7:00'],
      url,
    );
    expect(added.out + added.err).toContain('channel desk added: discord 127.0.0.1');
    expect((await signalman(['test', 'desk'])).out).toMatch(/channel desk took it in/);
    const { out } = await signalman([]);
    expect(out).toMatch(/desk +discord +127\.0\.0\.1:\d+\/…1234 +ok +at once, quiet 22:00-07:00/);
    expect(out + added.out).not.toContain('hook-secret');
    const mailed = await signalman(['add', 'email', 'me', '--to', 'ann@example.com']);
    expect(mailed.out).toContain('channel me added: email a…@example.com');
    expect((await signalman(['test', 'me'])).status).toBe(0);
    expect(mail.taken.at(-1)?.text).toMatch(/^Subject: Signalman: Test$/m);
    expect((await signalman(['add', 'email', 'me'])).err).toContain('--to');
    expect((await signalman(['remove', 'desk'])).out).toContain('is removed');
    expect((await signalman(['test', 'desk'])).status).toBe(1);
  });
});

describe('a chat of Telegram', () => {
  const answers = (chat = CHAT) =>
    telegram.chats.sent.filter(({ chatId }) => chatId === chat).map(({ text }) => text);
  async function say(text: string, chat = CHAT): Promise<string> {
    const before = answers(chat).length;
    telegram.chats.say(chat, text);
    await expect.poll(() => answers(chat).length, { timeout: 10_000 }).toBe(before + 1);
    return answers(chat).at(-1) ?? '';
  }

  test('shows itself by its word, once, and is told then', async () => {
    const { body } = await add({ kind: 'telegram', name: 'phone' });
    expect(body).toMatchObject({
      state: 'waiting',
      link: { url: `https://t.me/reader_bot?start=${body.link.word}` },
    });
    expect(await say('/start wrong-word')).toMatch(/wrong or too old/);
    expect(await say(`/start ${body.link.word}`)).toMatch(/This is the channel phone from now on/);
    expect(await say(`/start ${body.link.word}`, 999)).toMatch(/wrong or too old/);
    expect((await call('POST', '/notification-channels/phone/test')).body).toMatchObject({ ok: true });
    expect(answers().at(-1)).toBe('Test\nThe channel phone works.');
  });

  test('that is nobody’s is told nothing, and groups give no commands', async () => {
    expect(await say('/start', 5_000)).toMatch(/not known here/);
    telegram.chats.say(5_000, '/positions');
    const { body } = await add({ kind: 'telegram', name: 'friends' });
    expect(await say(`/start ${body.link.word}`, -77)).toMatch(/Commands are taken from private chats only/);
    telegram.chats.say(-77, '/pause');
    expect(await say('/status')).toMatch(/open trades/);
    expect(answers(5_000)).toHaveLength(1);
    expect(answers(-77)).toHaveLength(1);
  });

  test('pauses and resumes what is its person’s own, audited', async () => {
    const agent = (await call('POST', '/agents', { name: 'momentum', sources: [] })).body;
    const made = await call('POST', `/agents/${agent.id}/deployments`, {
      venue: 'hyperliquid',
      fundUsdc: '1000',
      maxNotionalUsd: '500',
    });
    expect(made.status, made.text).toBe(201);
    const stranger = await api.db.user.create({ data: { name: 'stranger' } });
    const other = await api.db.agentDeployment.create({
      data: {
        agentId: agent.id,
        userId: stranger.id,
        walletAddress: `0x${'9'.repeat(40)}`,
        maxNotionalUsd: '1',
        trialEndsAt: new Date(),
      },
    });
    expect(await say('/pause')).toBe('momentum: no new trades. Open ones go on under their exits.');
    const statuses = await api.db.agentDeployment.findMany({
      select: { id: true, status: true },
      orderBy: { createdAt: 'asc' },
    });
    expect(statuses).toEqual([
      { id: made.body.id, status: 'paused' },
      { id: other.id, status: 'active' },
    ]);
    expect(await say('/pause')).toBe('None takes new trades.');
    expect(await say('/status')).toMatch(/^0 of 1 deployments/);
    expect(await say('/resume')).toBe('momentum: new trades again.');
    const { body } = await call('GET', '/audit-log?limit=100');
    const actions = body.items.map(
      ({ action, actor }: { action: string; actor: string }) => `${action} ${actor}`,
    );
    expect(actions).toContain('telegram.command owner (telegram …4711)');
    expect(actions).toContain('deployment.pause owner (telegram …4711)');
  });

  test('closes only what it confirms in time', async () => {
    expect(await say('/close')).toMatch(/^Say which/);
    expect(await say('/close BTC')).toMatch(/no open trade BTC/);
    expect(await say('/confirm 1234')).toMatch(/Nothing waits/);
    expect(await say('/positions')).toBe('No open trades.');
    expect(await say('/pnl')).toMatch(/today: 0\.00 USD\n7 days: 0\.00 USD/);
    expect(await say('<b>hello</b>')).toMatch(/^\/status/);
  });

  test('of a person who is disabled commands nothing', async () => {
    await api.db.user.updateMany({ where: { name: 'owner' }, data: { disabledAt: new Date() } });
    telegram.chats.say(CHAT, '/pause');
    await expect.poll(() => telegram.bot.pending.length).toBe(0);
    await api.db.user.updateMany({ where: { name: 'owner' }, data: { disabledAt: null } });
    expect(await api.db.agentDeployment.count({ where: { status: 'paused' } })).toBe(0);
  });

  test('leaves no token in the log', () => {
    expect(api.logged.join('')).not.toContain(telegram.token.split(':')[1]);
  });
});

test('confirmations hold for a minute and three tries, each once', () => {
  let now = 0;
  const confirmations = new Confirmations(() => now);
  const code = confirmations.ask('1', { tradeIds: ['a'] });
  expect(confirmations.take('2', code)).toBeNull();
  expect(confirmations.take('1', code)).toMatchObject({ tradeIds: ['a'] });
  expect(confirmations.take('1', code)).toBeNull();
  const late = confirmations.ask('1', { tradeIds: ['a'] });
  now += 61_000;
  expect(confirmations.take('1', late)).toBeNull();
  const guessed = confirmations.ask('1', { tradeIds: ['a'] });
  for (let tries = 0; tries < 3; tries += 1) expect(confirmations.take('1', 'none')).toBeNull();
  expect(confirmations.take('1', guessed)).toBeNull();
});
