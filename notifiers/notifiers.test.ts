import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Webhook } from 'standardwebhooks';
import { startChannelSandbox, type ChannelSandbox } from '#sandbox/channels/server.ts';
import { startMailSandbox, type MailSandbox } from '#sandbox/mail/server.ts';
import type { ServiceFault } from '#sandbox/service/faults.ts';
import { startTelegramSandbox, type TelegramSandbox } from '#sandbox/telegram/server.ts';
import { createNotifiers } from './create-notifiers.ts';
import type { ChannelKind } from '#domain/statuses.ts';
import type { Message, Notice } from './notifier.ts';
import { newSigningSecret } from './webhook/signature.ts';

let telegram: TelegramSandbox;
let channels: ChannelSandbox;
let mail: MailSandbox;
beforeAll(async () => {
  [telegram, channels, mail] = await Promise.all([
    startTelegramSandbox(),
    startChannelSandbox(),
    startMailSandbox(),
  ]);
});
afterAll(() => Promise.all([telegram.close(), channels.close(), mail.close()]));
beforeEach(() => {
  telegram.faults.clear();
  channels.faults.clear();
});

const CHAT = 4711;
const SECRET = newSigningSecret();
const NOW = Date.now();
const HOOK_TOKEN = 'XyZsecretXyZ';

const targets = (): Record<ChannelKind, object> => ({
  telegram: { chatId: String(CHAT) },
  discord: { url: `${channels.url}/discord/${HOOK_TOKEN}` },
  slack: { url: `${channels.url}/slack/${HOOK_TOKEN}` },
  webhook: { url: `${channels.url}/hook/${HOOK_TOKEN}`, secret: SECRET },
  email: { address: 'ann@example.com' },
});

const notice = (change: Partial<Notice> = {}): Notice => ({
  id: 'event-1',
  topic: 'opened',
  severity: 'info',
  type: 'opened',
  title: 'Opened: momentum BTC',
  text: 'Entry filled: long 0.02 BTC at 50000',
  at: NOW,
  data: { size: '0.02' },
  ...change,
});
const message = (...notices: Partial<Notice>[]): Message => {
  const [first = notice(), ...others] = notices.map(notice);
  return { id: 'message-1', notices: [first, ...others] };
};

function send(
  kind: ChannelKind,
  given: Message,
  { target = targets()[kind], ...settings }: { target?: object; timeoutMs?: number; smtpUrl?: string } = {},
) {
  const { timeoutMs = 5_000, smtpUrl = mail.url } = settings;
  const notifiers = createNotifiers({
    telegram: { baseUrl: telegram.url, token: telegram.token },
    email: { smtpUrl, from: 'Signalman <signals@example.com>' },
    privateChannels: true,
    timeoutMs,
  });
  const notifier = notifiers.get(kind);
  if (!notifier) throw new Error(`no notifier of ${kind}`);
  return notifier.send({ target, message: given, now: NOW, signal: new AbortController().signal });
}
const failureOf = (sending: Promise<void>): Promise<unknown> =>
  sending.then(
    () => null,
    (error: unknown) => error,
  );
const lastTaken = () => channels.taken.at(-1);
const lastMail = () => mail.taken.at(-1)?.text ?? '';

/** What a post may hold to be more than words where it is shown. */
const UNKIND =
  '<b>@everyone</b> [click](https://evil.example) <!channel> *bold* & \u202Egpj.exe\r\nBcc: all@example.com';

describe('what is sent', () => {
  test('Telegram shows words as they are', async () => {
    telegram.chats.say(CHAT, '/start');
    await send('telegram', message({ text: UNKIND, severity: 'alarm' }));
    expect(telegram.chats.sent.at(-1)).toEqual({
      chatId: CHAT,
      text: 'ALARM: Opened: momentum BTC\n<b>@everyone</b> [click](https://evil.example) <!channel> *bold* & gpj.exe Bcc: all@example.com',
    });
  });

  test('Discord calls nobody, links nothing and formats nothing', async () => {
    await send('discord', message({ text: UNKIND }));
    const { body } = lastTaken() ?? {};
    expect(body).toMatchObject({ allowed_mentions: { parse: [] }, flags: 4 });
    expect(body.content).toContain(String.raw`\<b\>\@everyone\</b\> \[click\]\(https\://evil.example\)`);
    expect(body.content).toContain(String.raw`\*bold\*`);
  });

  test('Slack mentions and links nothing', async () => {
    await send('slack', message({ text: UNKIND }));
    expect(lastTaken()?.body).toMatchObject({ mrkdwn: false, unfurl_links: false });
    expect(lastTaken()?.body.text).toContain('&lt;!channel&gt; *bold* &amp; gpj.exe Bcc');
  });

  test('a webhook is signed, which the specification’s own library confirms', async () => {
    await send('webhook', message({ text: UNKIND }));
    const { headers, text } = lastTaken() ?? { headers: {}, text: '' };
    const named: Record<string, string> = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, String(value)]),
    );
    expect(new Webhook(SECRET).verify(text, named)).toMatchObject({
      type: 'opened.opened',
      data: { id: 'event-1', facts: { size: '0.02' } },
    });
    expect(named['webhook-id']).toBe('message-1');
  });

  test('a mail has one recipient and one subject, whatever the words are', async () => {
    await send('email', message({ title: `Opened\r\nBcc: all@example.com`, text: UNKIND }));
    expect(mail.taken.at(-1)).toMatchObject({ to: 'ann@example.com', from: 'signals@example.com' });
    expect(lastMail()).not.toMatch(/^bcc:/im);
    expect(lastMail()).toMatch(/^Subject: Signalman: Opened Bcc: all@example\.com$/m);
    expect(lastMail()).toMatch(/^Message-ID: <message-1@signalman>$/im);
  });

  test.each(['telegram', 'discord', 'slack', 'email'] as const)(
    '%s is told 3,000 things in one message that it takes',
    async (kind) => {
      telegram.chats.say(CHAT, '/start');
      const many = Array.from({ length: 3_000 }, (_, index) => ({
        id: `event-${index}`,
        topic: index % 2 === 0 ? ('skipped' as const) : ('opened' as const),
        text: `<${index}> & 😀`.repeat(40),
      }));
      await send(kind, message(...many));
      const shown = {
        telegram: telegram.chats.sent.at(-1)?.text ?? '',
        discord: String(lastTaken()?.body.content).replaceAll('\\', ''),
        slack: String(lastTaken()?.body.text),
        email: lastMail(),
      }[kind as 'telegram'];
      expect(shown).toMatch(/3000 events: 1500 skipped, 1500 opened/);
    },
  );
});

const answer = (status: number, body: unknown, headers: Record<string, string> = {}): ServiceFault => ({
  kind: 'answer',
  status,
  body,
  headers,
});
const HTML = '<html><body>Sign in</body></html>';

describe('how a channel fails', () => {
  test.each<[ChannelKind, ServiceFault, object]>([
    [
      'telegram',
      answer(429, { ok: false, description: 'Too Many Requests', parameters: { retry_after: 3_600 } }),
      { name: 'ChannelBusy', retryAt: NOW + 3_600_000 },
    ],
    [
      'telegram',
      answer(403, { ok: false, description: 'Forbidden: bot was blocked by the user' }),
      { name: 'ChannelGone', code: 'telegram_blocked' },
    ],
    [
      'telegram',
      answer(400, { ok: false, description: 'Bad Request: chat not found' }),
      { name: 'ChannelGone' },
    ],
    ['telegram', answer(401, { ok: false, description: 'Unauthorized' }), { name: 'ChannelDown' }],
    ['telegram', answer(200, HTML), { name: 'ChannelDown' }],
    ['telegram', answer(502, HTML), { name: 'ChannelDown' }],
    [
      'discord',
      answer(429, { message: 'limited', retry_after: 1.5 }),
      { name: 'ChannelBusy', retryAt: NOW + 1_500 },
    ],
    ['discord', answer(404, { code: 10_015, message: 'Unknown Webhook' }), { name: 'ChannelGone' }],
    ['discord', answer(200, HTML), { name: 'ChannelDown' }],
    ['discord', answer(500, {}), { name: 'ChannelDown' }],
    ['discord', answer(400, {}), { name: 'MessageRefused' }],
    [
      'slack',
      answer(429, 'slow down', { 'retry-after': '3600' }),
      { name: 'ChannelBusy', retryAt: NOW + 3_600_000 },
    ],
    ['slack', answer(410, 'channel_is_archived'), { name: 'ChannelGone' }],
    ['slack', answer(403, 'invalid_token'), { name: 'ChannelGone' }],
    ['slack', answer(200, HTML), { name: 'ChannelDown' }],
    ['slack', answer(400, 'invalid_payload'), { name: 'MessageRefused' }],
    ['webhook', answer(410, ''), { name: 'ChannelGone' }],
    ['webhook', answer(401, ''), { name: 'ChannelGone' }],
    ['webhook', answer(429, '', { 'retry-after': '60' }), { name: 'ChannelBusy', retryAt: NOW + 60_000 }],
    ['webhook', answer(503, '', { 'retry-after': '60' }), { name: 'ChannelBusy' }],
    ['webhook', answer(500, HTML), { name: 'ChannelDown' }],
    [
      'webhook',
      answer(302, '', { location: 'http://169.254.169.254/' }),
      { name: 'ChannelDown', message: expect.stringMatching(/redirects/) as string },
    ],
    ...(['telegram', 'discord', 'slack', 'webhook'] as const).flatMap(
      (kind): [ChannelKind, ServiceFault, object][] => [
        [kind, { kind: 'cut' }, { name: 'ChannelDown' }],
        [
          kind,
          { kind: 'hang' },
          { name: 'ChannelDown', message: expect.stringMatching(/did not answer within 0.2 s/) as string },
        ],
      ],
    ),
  ])('%s: %o', async (kind, fault, expected) => {
    (kind === 'telegram' ? telegram : channels).faults.add(fault);
    const failure = await failureOf(
      send(kind, message(), { timeoutMs: fault.kind === 'hang' ? 200 : 5_000 }),
    );
    expect(failure).toMatchObject(expected);
    const told = JSON.stringify([failure, (failure as Error).message, (failure as Error).stack]);
    for (const secret of [telegram.token, HOOK_TOKEN, SECRET]) expect(told).not.toContain(secret);
  });

  test('a chat that blocks the bot, and a group with a new number, say so themselves', async () => {
    const group = -4712;
    telegram.chats.say(group, '/start');
    telegram.chats.move(group, -1004712);
    const moved = await failureOf(send('telegram', message(), { target: { chatId: String(group) } }));
    expect(moved).toMatchObject({ name: 'ChannelMoved', target: { chatId: '-1004712' } });
    telegram.chats.say(4713, '/start');
    telegram.chats.block(4713);
    const blocked = await failureOf(send('telegram', message(), { target: { chatId: '4713' } }));
    expect(blocked).toMatchObject({ code: 'telegram_blocked' });
  });

  test('a mail server that refuses the address, refuses for now, refuses us, or hangs', async () => {
    mail.fail({ at: 'recipient', code: 550 });
    expect(await failureOf(send('email', message()))).toMatchObject({
      name: 'ChannelGone',
      code: 'email_refused',
    });
    mail.fail({ at: 'recipient', code: 450 });
    expect(await failureOf(send('email', message()))).toMatchObject({ name: 'ChannelDown' });
    mail.fail({ at: 'data', code: 554 });
    expect(await failureOf(send('email', message()))).toMatchObject({ name: 'MessageRefused' });
    mail.fail({ at: 'data', code: 'hang' });
    expect(await failureOf(send('email', message(), { timeoutMs: 300 }))).toMatchObject({
      name: 'ChannelDown',
    });
    const wrong = mail.url.replace('mail-password', 'wrong-password');
    const refused = await failureOf(send('email', message(), { smtpUrl: wrong }));
    expect(refused).toMatchObject({ name: 'ChannelDown' });
    expect(JSON.stringify([refused, (refused as Error).message])).not.toContain('wrong-password');
  });
});

describe('what can be a channel', () => {
  const { webhook, discord, slack, email } = Object.fromEntries(
    createNotifiers({
      telegram: { baseUrl: 'https://api.telegram.org', token: null },
      email: { smtpUrl: null, from: 'x@example.com' },
      privateChannels: false,
    }),
  );

  test.each([
    'http://example.com/hook',
    'https://127.0.0.1/hook',
    'https://[::1]/hook',
    'https://169.254.169.254/latest',
    'https://10.0.0.1/',
    'https://localhost/',
    'https://db.internal/',
    'https://user:password@example.com/',
    'https://2130706433/',
    'file:///etc/passwd',
  ])('not %s', (url) => {
    expect(webhook?.target.safeParse({ url, secret: SECRET }).success).toBe(false);
  });

  test('not a name that leads into a private network, which is seen where it is connected to', async () => {
    const sending = webhook?.send({
      target: { url: 'https://localhost.localdomain./', secret: SECRET },
      message: message(),
      now: NOW,
      signal: new AbortController().signal,
    });
    await expect(sending).rejects.toMatchObject({ name: 'ChannelDown' });
  });

  test('Discord and Slack at their own addresses only, and mail to one address', () => {
    const isTaken = (notifier: typeof discord, given: object) => notifier?.target.safeParse(given).success;
    expect(isTaken(discord, { url: 'https://discord.com/api/webhooks/123/abc-DEF_1' })).toBe(true);
    expect(isTaken(discord, { url: 'https://discord.com.evil.example/api/webhooks/123/abc' })).toBe(false);
    expect(isTaken(slack, { url: 'https://hooks.slack.com/services/T0/B0/xyz' })).toBe(true);
    expect(isTaken(slack, { url: 'https://hooks.slack.com.evil.example/services/T0/B0/xyz' })).toBe(false);
    expect(isTaken(email, { address: 'ann@example.com, bob@example.com' })).toBe(false);
    expect(isTaken(email, { address: 'ann@example.com\r\nRCPT TO:<bob@example.com>' })).toBe(false);
  });

  test('what lists show of a channel lets nobody write there', () => {
    expect(webhook?.describe({ url: 'https://example.com/hooks/very-secret-abcd', secret: SECRET })).toBe(
      'example.com/…abcd',
    );
    expect(email?.describe({ address: 'ann@example.com' })).toBe('a…@example.com');
  });
});
