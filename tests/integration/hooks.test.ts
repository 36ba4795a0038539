import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHash, randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import type { HookMade } from '#api/schemas/hook.ts';
import { startTestApi, type TestApi } from '#tests/support/api.ts';
import { postHook, signedHeaders } from '#tests/support/post-hook.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const OPEN = { action: 'open', instrument: 'BTC', side: 'long', stop: 48_000 };

async function makeHook(kind: 'webhook' | 'tradingview', more: object = {}): Promise<HookMade> {
  const answer = await api.call('POST', '/source-hooks', {
    kind,
    handle: `desk-${randomUUID().slice(0, 8)}`,
    ...more,
  });
  expect(answer.status).toBe(201);
  return answer.body;
}

const messagesOf = ({ sourceId }: HookMade) =>
  api.db.sourceMessage.findMany({ where: { sourceAccountId: sourceId }, orderBy: { receivedAt: 'asc' } });
const skipsOf = async ({ handle }: HookMade) =>
  (await api.db.skippedSignal.findMany({ where: { text: { contains: handle } } })).map(({ code }) => code);

describe('a signed webhook', () => {
  const send = (
    hook: HookMade,
    body: object | string,
    change: { id?: string; at?: number; secret?: string } = {},
  ) => {
    const bytes = typeof body === 'string' ? body : JSON.stringify(body);
    const { id = `msg_${randomUUID()}`, secret = hook.secret ?? '', at } = change;
    const signed = signedHeaders(secret, { id, body: bytes, ...(at !== undefined && { at }) });
    return postHook(api.app, hook.path, bytes, signed);
  };

  test('stores words and calls in fields, once for each id', async () => {
    const hook = await makeHook('webhook');
    const first = await send(hook, OPEN, { id: 'msg_1' });
    expect(first).toMatchObject({ status: 202, body: { duplicate: false } });
    expect(await send(hook, { text: 'Long ETH, stop 2400', author: 'ann' })).toMatchObject({ status: 202 });
    expect(await send(hook, OPEN, { id: 'msg_1' })).toEqual({
      status: 200,
      body: { messageId: first.body.messageId, duplicate: true },
    });
    expect(await messagesOf(hook)).toMatchObject([
      {
        id: first.body.messageId,
        externalId: 'msg_1',
        author: hook.handle,
        text: JSON.stringify(OPEN),
        call: { action: 'open', instrument: 'BTC', side: 'long', stop: { price: '48000' } },
      },
      { author: 'ann', text: 'Long ETH, stop 2400', call: null },
    ]);
    const days = await api.db.sourceDay.findMany({ where: { sourceAccountId: hook.sourceId } });
    expect(days.map(({ messages }) => messages)).toEqual([2]);
  });

  test('many attempts at once store one message', async () => {
    const hook = await makeHook('webhook');
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(hook, OPEN, { id: 'msg_1' })));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      ...Array.from({ length: 9 }, () => 200),
      202,
    ]);
    expect(await messagesOf(hook)).toHaveLength(1);
  });

  test('is refused with a reason where the signature is not right, and nothing is stored', async () => {
    const hook = await makeHook('webhook');
    const other = await makeHook('webhook');
    const refused = [
      await send(hook, OPEN, { at: Date.now() - 301_000 }),
      await send(hook, OPEN, { at: Date.now() + 302_000 }),
      await send(hook, OPEN, { secret: other.secret ?? '' }),
      await postHook(api.app, hook.path, JSON.stringify(OPEN)),
      await postHook(
        api.app,
        hook.path,
        '{"text":"other"}',
        signedHeaders(hook.secret ?? '', { id: 'a', body: '{}' }),
      ),
      await send(hook, OPEN, { id: 'with.stop' }),
    ];
    expect(refused.map(({ status, body }) => [status, body.code])).toEqual(
      refused.map(() => [401, 'hook_refused']),
    );
    expect(refused[0]?.body.detail).toContain('five minutes');
    expect(await messagesOf(hook)).toEqual([]);
  });

  test('the signature is judged before the body is read', async () => {
    const hook = await makeHook('webhook');
    expect((await postHook(api.app, hook.path, '{')).body.code).toBe('hook_refused');
    expect((await send(hook, '{')).body.code).toBe('validation_failed');
  });

  test('says each wrong field by its pointer, and keeps what came with the reason', async () => {
    const hook = await makeHook('webhook');
    const answer = await send(hook, { ...OPEN, side: 'flat', stopp: 1 });
    expect(answer).toMatchObject({
      status: 400,
      body: {
        code: 'validation_failed',
        errors: [
          { in: 'body', pointer: '/side' },
          { in: 'body', pointer: '/stopp', detail: 'is not a known field' },
        ],
      },
    });
    expect(await skipsOf(hook)).toEqual(['malformed_message']);
  });

  test('a replaced secret opens for a day, or not at all', async () => {
    const hook = await makeHook('webhook');
    const fresh = await makeHook('webhook', { handle: hook.handle });
    expect(fresh.sourceId).toBe(hook.sourceId);
    expect(Number(fresh.oldUntil) - Date.now()).toBeGreaterThan(23 * 3_600_000);
    expect((await send(hook, OPEN)).status).toBe(202);
    const last = await makeHook('webhook', { handle: hook.handle, endOldNow: true });
    expect((await send(hook, OPEN)).status).toBe(401);
    expect((await send(fresh, OPEN)).status).toBe(401);
    expect((await send(last, OPEN)).status).toBe(202);
  });

  test.each(['\u200Blong\u200B BTC', 'שורט ביטקוין', 'x'.repeat(60_000)])(
    'keeps a text as it came: %#',
    async (text) => {
      const hook = await makeHook('webhook');
      expect((await send(hook, { text })).status).toBe(202);
      expect((await messagesOf(hook)).map((message) => message.text)).toEqual([text]);
    },
  );

  test('a NUL is stored as what can be stored', async () => {
    const hook = await makeHook('webhook');
    expect((await send(hook, { text: 'long \u0000 BTC' })).status).toBe(202);
    expect((await messagesOf(hook))[0]?.text).toBe('long \uFFFD BTC');
  });

  test('more than 64 KiB is refused', async () => {
    const hook = await makeHook('webhook');
    expect(await send(hook, { text: 'x'.repeat(100_000) })).toMatchObject({
      status: 413,
      body: { code: 'body_too_large' },
    });
  });

  test('an address without a source is one answer, whatever is sent', async () => {
    const path = `/hooks/webhook/${randomUUID()}`;
    expect(await postHook(api.app, path, '{}')).toMatchObject({
      status: 404,
      body: { code: 'hook_not_found' },
    });
  });

  test('a paused source takes nothing and says so', async () => {
    const hook = await makeHook('webhook');
    await api.db.sourceAccount.update({ where: { id: hook.sourceId }, data: { status: 'paused' } });
    expect(await send(hook, OPEN)).toMatchObject({ status: 409, body: { code: 'hook_paused' } });
    expect(await messagesOf(hook)).toEqual([]);
  });
});

describe('an alert of TradingView', () => {
  const send = (hook: HookMade, body: object | string, type = 'application/json; charset=utf-8') =>
    postHook(api.app, hook.path, typeof body === 'string' ? body : JSON.stringify(body), {
      'content-type': type,
    });

  test('comes as JSON or as text, under its token', async () => {
    const hook = await makeHook('tradingview');
    expect(hook.path).toMatch(/^\/hooks\/tradingview\/[\w-]{43}$/);
    expect((await send(hook, OPEN)).status).toBe(202);
    expect(
      (await send(hook, 'BTC crossing 60000: long, stop 58000', 'text/plain; charset=utf-8')).status,
    ).toBe(202);
    expect((await messagesOf(hook)).map(({ text, call }) => [text, call === null])).toEqual([
      [JSON.stringify(OPEN), false],
      ['BTC crossing 60000: long, stop 58000', true],
    ]);
  });

  test('one that comes again is passed over: by its id, or as the same body', async () => {
    const hook = await makeHook('tradingview');
    const alert = { ...OPEN, id: 'BTCUSDT-2026-01-01T00:00:00Z' };
    const statuses = [];
    for (const body of [alert, { ...alert, stop: 47_000 }, OPEN, OPEN, { ...OPEN, stop: 47_000 }])
      statuses.push((await send(hook, body)).status);
    expect(statuses).toEqual([202, 200, 202, 200, 202]);
    expect(await messagesOf(hook)).toHaveLength(3);
  });

  test('one that is too old is refused, and the reason is kept', async () => {
    const hook = await makeHook('tradingview');
    const ago = (s: number) => new Date(Date.now() - s * 1_000).toISOString();
    expect((await send(hook, { ...OPEN, timestamp: ago(200) })).status).toBe(202);
    expect(await send(hook, { ...OPEN, timestamp: ago(400) })).toMatchObject({
      status: 422,
      body: { code: 'hook_too_old', detail: /400 s ago.*300 s old/ },
    });
    expect((await send(hook, { ...OPEN, timestamp: ago(400), max_lag: 600 })).status).toBe(202);
    expect((await send(hook, { ...OPEN, timestamp: ago(90), max_lag: 60 })).status).toBe(422);
    expect(await skipsOf(hook)).toEqual(['stale', 'stale']);
  });

  test('a template whose placeholder was empty is kept with the reason', async () => {
    const hook = await makeHook('tradingview');
    const body = '{"action":"open","instrument":"BTC","side":"long","stop":}';
    expect((await send(hook, body, 'text/plain; charset=utf-8')).status).toBe(400);
    const [skip] = await api.db.skippedSignal.findMany({ where: { text: { contains: hook.handle } } });
    expect(skip?.text).toContain('placeholder');
    expect(skip?.text).toContain(body);
  });

  test('another token opens nothing, also not the one that was replaced', async () => {
    const hook = await makeHook('tradingview');
    const fresh = await makeHook('tradingview', { handle: hook.handle, endOldNow: true });
    const wrong = `${fresh.path.slice(0, -1)}${fresh.path.endsWith('A') ? 'B' : 'A'}`;
    for (const path of [hook.path, wrong])
      expect(await postHook(api.app, path, '{}')).toMatchObject({
        status: 404,
        body: { code: 'hook_not_found' },
      });
    expect((await send(fresh, OPEN)).status).toBe(202);
  });

  test('a token of one kind opens no other door', async () => {
    const hook = await makeHook('tradingview');
    const answer = await postHook(api.app, `/hooks/webhook/${hook.sourceId}`, JSON.stringify(OPEN));
    expect(answer).toMatchObject({ status: 404, body: { code: 'hook_not_found' } });
  });
});

test('doors are listed without what opens them, and no token or secret is stored or logged', async () => {
  const made = [await makeHook('webhook'), await makeHook('tradingview')];
  const listed = await api.call('GET', '/source-hooks');
  const secrets = made.map(({ secret, path }) => secret ?? path.split('/').at(-1) ?? '');
  expect(listed.body.items.map(({ sourceId }: HookMade) => sourceId)).toEqual(
    expect.arrayContaining(made.map(({ sourceId }) => sourceId)),
  );
  await postHook(api.app, made[1]?.path ?? '', '{');
  await api.app.inject({ method: 'GET', url: made[1]?.path ?? '' });
  const audit = await api.db.auditLog.findMany({ where: { action: 'source.hook' } });
  const hooks = await api.db.sourceHook.findMany();
  const kept = inspect([listed.body, api.logged, audit, hooks], { depth: null, maxArrayLength: null });
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(40);
    expect(kept).not.toContain(secret);
  }
  const token = secrets[1] ?? '';
  expect(kept).toContain(createHash('sha256').update(token).digest('hex'));
});

test('a kind that is not posted to gets no door', async () => {
  const answer = await api.call('POST', '/source-hooks', { kind: 'x', handle: 'desk' });
  expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '/kind' }] } });
});
