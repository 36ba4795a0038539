import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startFeedServer, type FeedServer } from '#sandbox/rss/feed-server.ts';
import { openSecret } from '#sources/secret.ts';
import { ensureSchedules } from '#temporal/ensure-schedules.ts';
import { startTestApi, TEST_MASTER_KEY, type TestApi } from '../support/api.ts';

const SIGNALMAN = fileURLToPath(new URL('../../cli/signalman.mjs', import.meta.url));

let api: TestApi;
let feeds: FeedServer;
let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  [api, feeds] = await Promise.all([startTestApi(), startFeedServer()]);
  const url = await api.app.listen({ host: '127.0.0.1', port: 0 });
  env = { PATH: process.env['PATH'], SIGNALMAN_API_URL: url, SIGNALMAN_STATE_DIR: api.stateDir };
});
afterAll(async () => {
  await feeds?.close();
  await api?.stop();
});

interface Run {
  status: number;
  out: string;
  err: string;
}

const signalman = (args: string[], more: NodeJS.ProcessEnv = {}): Promise<Run> =>
  new Promise((resolve) => {
    execFile(process.execPath, [SIGNALMAN, ...args], { env: { ...env, ...more } }, (error, out, err) => {
      resolve({ status: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });

let made = 0;
const add = async (fields: object = {}) => {
  made += 1;
  const handle = `${feeds.url}/${made}.xml`;
  const { status, body } = await api.call('POST', '/sources', { kind: 'rss', handle, ...fields });
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
};
const pathOf = (source: { handle: string }) => new URL(source.handle).pathname;

describe('a source', () => {
  test('is added, found by a part of its id, changed and audited', async () => {
    const source = await add({ monthlyReads: 100 });
    expect(source).toMatchObject({
      state: 'waiting',
      periodMs: 120_000,
      monthlyReads: 100,
      hasSecret: false,
    });
    const short = source.id.slice(-8);
    await api.call('PATCH', `/sources/${short}`, { periodMs: 60_000, monthlyReads: null });
    expect((await api.call('GET', `/sources/${short}`)).body).toMatchObject({
      id: source.id,
      periodMs: 60_000,
      monthlyReads: null,
    });
    const { body } = await api.call('GET', `/audit-log?subject=source/${source.id}`);
    expect(body.items).toMatchObject([
      { action: 'source.change', before: { monthlyReads: 100 }, after: { periodMs: 60_000 } },
      { action: 'source.add' },
    ]);
  });

  test('is one for each kind and handle, and comes back after it was removed', async () => {
    const source = await add();
    const again = { kind: 'rss', handle: `${source.handle}#part` };
    expect((await api.call('POST', '/sources', again)).body).toMatchObject({ code: 'source_exists' });
    expect((await api.call('DELETE', `/sources/${source.id}`)).body).toMatchObject({ state: 'archived' });
    const listed = async (query: string) =>
      (await api.call('GET', `/sources${query}`)).body.items.map(({ id }: { id: string }) => id);
    expect(await listed('')).not.toContain(source.id);
    expect(await listed('?status=archived')).toContain(source.id);
    expect((await api.call('POST', '/sources', again)).body).toMatchObject({
      id: source.id,
      state: 'waiting',
    });
  });

  test('is paused, resumed, and stays while agents listen to it', async () => {
    const source = await add();
    const agent = { name: 'reader', sources: [{ sourceId: source.id, weight: 70 }] };
    expect((await api.call('POST', '/agents', agent)).body.sources).toEqual([
      { kind: 'rss', handle: source.handle, weight: 70 },
    ]);
    expect((await api.call('DELETE', `/sources/${source.id}`)).body).toMatchObject({
      code: 'source_in_use',
      detail: expect.stringContaining('reader') as string,
    });
    const paused = await api.call('POST', `/sources/${source.id}/pause`);
    expect(paused.body).toMatchObject({ state: 'paused', nextPollAt: null, agents: ['reader'] });
    await api.db.sourceAccount.update({ where: { id: source.id }, data: { stopCode: 'source_gone' } });
    const resumed = await api.call('POST', `/sources/${source.id}/resume`);
    expect(resumed.body).toMatchObject({ state: 'waiting', stopCode: null });
  });

  test('has a secret that is stored sealed and never shown', async () => {
    const telegram = {
      kind: 'telegram',
      handle: '@desk',
      secret: '123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    };
    const { body, text } = await api.call('POST', '/sources', telegram);
    expect(body).toMatchObject({ hasSecret: true });
    expect(text).not.toContain(telegram.secret);
    const row = await api.db.sourceAccount.findUniqueOrThrow({ where: { id: body.id } });
    const sealed = { sealed: row.sealedSecret ?? new Uint8Array(), sealKeyId: row.sealKeyId ?? '' };
    expect(Buffer.from(sealed.sealed).toString('latin1')).not.toContain('AAAAAAA');
    expect(openSecret([TEST_MASTER_KEY], body.id, sealed)).toBe(telegram.secret);
    const audit = await api.call('GET', '/audit-log');
    expect(audit.text + api.logged.join('')).not.toContain('AAAAAAA');
  });

  test.each([
    [{ kind: 'rss', handle: 'feed.xml' }, '/handle'],
    [{ kind: 'rss', handle: 'https://desk.example/feed', options: { colour: 1 } }, '/options'],
    [{ kind: 'rss', handle: 'https://desk.example/feed', secret: 'x' }, '/secret'],
    [{ kind: 'rss', handle: 'https://desk.example/feed', periodMs: 1_000 }, '/periodMs'],
    [{ kind: 'manual', handle: 'desk', periodMs: 60_000 }, '/periodMs'],
    [{ kind: 'file', handle: '/etc/passwd' }, '/handle'],
    [{ kind: 'manual', handle: 'a b' }, '/handle'],
    [{ kind: 'fax', handle: 'desk' }, '/kind'],
  ])('%j is refused at its field', async (input, pointer) => {
    const { status, body } = await api.call('POST', '/sources', input);
    expect([400, 422]).toContain(status);
    expect(body.errors).toMatchObject([{ pointer }]);
  });
});

test('sources are listed page by page, also those that fail', async () => {
  await api.db.sourceAccount.createMany({
    data: Array.from({ length: 250 }, (_, at) => ({ kind: 'manual' as const, handle: `page-${at}` })),
  });
  const handles = new Set<string>();
  let cursor: string | null = '';
  for (let pages = 0; cursor !== null && pages < 5; pages += 1) {
    const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const { body } = await api.call('GET', `/sources?kind=manual&limit=100${more}`);
    for (const { handle } of body.items) handles.add(handle);
    cursor = body.nextCursor;
  }
  expect([...handles].filter((handle) => handle.startsWith('page-'))).toHaveLength(250);
  const source = await add();
  await api.db.sourceAccount.update({ where: { id: source.id }, data: { failures: 2, lastError: 'away' } });
  const failing = await api.call('GET', '/sources?failing=true');
  expect(failing.body.items).toMatchObject([{ id: source.id, state: 'failing', lastError: 'away' }]);
});

test('a test polls once, shows the newest messages or the reason, and stores nothing', async () => {
  const source = await add();
  const run = async () => (await api.call('POST', `/sources/${source.id}/test`)).body;
  expect(await run()).toMatchObject({
    ok: false,
    code: 'source_down',
    error: expect.stringContaining('404') as string,
  });
  feeds.publish(pathOf(source), [{ title: 'Long BTC', guid: '1' }]);
  expect(await run()).toMatchObject({ ok: true, messages: [{ text: 'Long BTC' }] });
  expect(await api.db.sourceMessage.count({ where: { sourceAccountId: source.id } })).toBe(0);
});

test('a message by hand is stored once for its id, and only in a manual source', async () => {
  const { body: desk } = await api.call('POST', '/sources', { kind: 'manual', handle: 'desk' });
  const post = (id: string) =>
    api.call('POST', `/sources/${desk.id}/messages`, { id, text: ' Long BTC\u202E ' });
  expect((await post('1')).body).toEqual({ externalId: '1', isNew: true });
  expect((await post('1')).body).toEqual({ externalId: '1', isNew: false });
  expect(await api.db.sourceMessage.findMany({ where: { sourceAccountId: desk.id } })).toMatchObject([
    { text: ' Long BTC\u202E ', author: expect.stringContaining('owner') as string, evaluatedAt: null },
  ]);
  expect((await api.call('GET', `/sources/${desk.id}`)).body.today).toMatchObject({ messages: 1 });
  const feed = await add();
  const refused = await api.call('POST', `/sources/${feed.id}/messages`, { text: 'Long BTC' });
  expect(refused.body).toMatchObject({ code: 'source_refused' });
});

describe('signalman sources', () => {
  test('adds, shows, tests, pauses and removes', async () => {
    feeds.publish('/cli.xml', [{ title: 'Long BTC', guid: '1' }]);
    const added = await signalman(['sources', 'add', 'rss', `${feeds.url}/cli.xml`, '--every', '60']);
    expect(added).toMatchObject({ status: 0, err: '' });
    const [, id = ''] = /source (\w{8}) added/.exec(added.out) ?? [];
    expect((await signalman(['sources', 'show', id])).out).toMatch(/polled every\s+1m 0s/);
    expect((await signalman(['sources', 'test', id])).out).toContain('Desk: Long BTC');
    expect((await signalman(['sources', 'pause', id])).out).toContain('is paused');
    expect((await signalman(['sources'])).out).toMatch(new RegExp(`${id} +rss .*paused`));
    expect((await signalman(['sources', 'remove', id])).out).toContain('is removed');
  });

  test('takes a secret from its input, and says what is wrong in its own words', async () => {
    const channel = await signalman(['sources', 'add', 'telegram', '@calls', '--secret'], {
      SIGNALMAN_SOURCE_SECRET: '123456:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB',
    });
    expect(channel).toMatchObject({ status: 0 });
    expect(await signalman(['sources', 'add', 'rss', 'feed.xml'])).toMatchObject({
      status: 1,
      err: expect.stringMatching(/^signalman: <handle>: must be the URL of a feed/) as string,
    });
  });

  test('shows no control character of a stranger', async () => {
    const { body: desk } = await api.call('POST', '/sources', { kind: 'manual', handle: 'strange' });
    const title = 'a\u001B[2J\u001B]0;owned\u0007\u009B31m\u202Eb';
    await api.db.sourceAccount.update({
      where: { id: desk.id },
      data: { title, lastError: title, failures: 1 },
    });
    const { out } = await signalman(['sources', 'show', desk.id]);
    // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
    expect(out).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E]/);
    expect(out).toContain('owned');
    expect(JSON.parse((await signalman(['sources', 'show', desk.id, '--json'])).out).title).toBe(title);
  });
});

test('signalman schedules lists, pauses with a note, and resumes', async () => {
  expect((await signalman(['schedules'])).out).toMatch(/poll-rss .*missing/);
  expect((await signalman(['schedules', 'pause', 'poll-rss'])).err).toContain('is the pipeline running?');
  await ensureSchedules(api.temporal);
  expect((await signalman(['schedules', 'pause', 'poll-rss', '--note', 'moving'])).out).toBe(
    'poll-rss: paused\n',
  );
  expect((await signalman(['schedules'])).out).toMatch(/poll-rss .*paused .*moving/);
  expect((await signalman(['schedules', 'resume', 'poll-rss'])).out).toMatch(/^poll-rss: (waiting|running)/);
  expect((await signalman(['schedules', 'trigger', 'poll-rss'])).status).toBe(0);
  expect((await signalman(['schedules', 'pause', 'lunch'])).err).toContain('There is no schedule lunch');
  const { body } = await api.call('GET', '/audit-log?subject=schedule/poll-rss');
  expect(body.items.map(({ action }: { action: string }) => action)).toEqual([
    'schedule.trigger',
    'schedule.resume',
    'schedule.pause',
  ]);
});
