import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startFeedServer, toRss, type FeedEntry, type FeedServer } from '#sandbox/rss/feed-server.ts';
import { SourceBlocked, SourceBusy, SourceDown, SourceInputError } from '../errors.ts';
import type { PollResult } from '../source.ts';
import { fetchFeed } from './fetch-feed.ts';
import { createRssSource } from './rss-source.ts';

const NOW = Date.UTC(2026, 0, 2, 12);
const EARLIER = 'Fri, 02 Jan 2026 11:58:00 GMT';
const LATER = 'Fri, 02 Jan 2026 11:59:00 GMT';

let server: FeedServer;
let cursor: unknown;
let path: string;
let paths = 0;
beforeAll(async () => {
  server = await startFeedServer();
});
afterAll(() => server.close());
beforeEach(() => {
  cursor = null;
  path = `/feed-${++paths}.xml`;
});

const open = createRssSource({ allowPrivate: true });
const request = (url = `${server.url}${path}`) => ({
  handle: url,
  options: {},
  secret: null,
  externalId: null,
  cursor,
  limit: 100,
  readsLeft: null,
  now: NOW,
  signal: new AbortController().signal,
});

/** Polls from where the last poll ended, through what the database makes of a cursor. */
async function poll(limit = 100): Promise<PollResult> {
  const page = await open.poll({ ...request(), limit });
  cursor = JSON.parse(JSON.stringify(page.cursor)) as unknown;
  return page;
}
const texts = async () => (await poll()).messages.map(({ text }) => text);
const publish = (...entries: FeedEntry[]) => server.publish(path, entries);
const call = (id: string, more: FeedEntry = {}): FeedEntry => ({
  title: `Long BTC ${id}`,
  guid: id,
  link: `https://desk.example/${id}`,
  pubDate: LATER,
  ...more,
});

describe('items', () => {
  test('are delivered oldest first, each once, with what a reader sees', async () => {
    publish(
      call('2', { description: '<p>Entry <b>60k</b> &amp; up</p><p>Stop 59k</p><script>x()</script>' }),
      call('1', { pubDate: EARLIER, description: 'price < 50000 and > 40000' }),
    );
    expect((await poll()).messages).toEqual([
      {
        externalId: '1',
        author: 'Desk',
        text: 'Long BTC 1\n\nprice < 50000 and > 40000',
        postedAt: Date.parse(EARLIER),
        url: 'https://desk.example/1',
      },
      {
        externalId: '2',
        author: 'Desk',
        text: 'Long BTC 2\n\nEntry 60k & up\nStop 59k',
        postedAt: Date.parse(LATER),
        url: 'https://desk.example/2',
      },
    ]);
    publish(
      call('4', {
        title: 'Long <SOL> <now>',
        description: '<o:p>Entry</o:p> <x-box a="1">150</x-box> <!DOCTYPE html>&lt;ETH&gt;<br/>x',
      }),
    );
    expect(await texts()).toEqual(['Long <SOL> <now>\n\nEntry 150 <ETH>\nx']);
    publish(call('3'), call('2', { description: 'x' }), call('1', { pubDate: EARLIER }));
    expect(await texts()).toEqual(['Long BTC 3']);
  });

  test('come page by page, and the version counts as read once all of them are', async () => {
    publish(call('3'), call('2'), call('1'));
    expect(await poll(2)).toMatchObject({ messages: [{ externalId: '1' }, { externalId: '2' }], more: true });
    expect(await poll(2)).toMatchObject({ messages: [{ externalId: '3' }], more: false });
    expect(
      server.requests.filter((seen) => seen.path === path).map(({ headers }) => headers['if-none-match']),
    ).toEqual([undefined, undefined]);
    expect(await poll()).toMatchObject({ messages: [], more: false });
    expect(server.requests.at(-1)?.headers['if-none-match']).toMatch(/^"/);
  });

  test('that change their text are edits', async () => {
    publish(call('1'));
    await poll();
    publish(call('1', { title: 'Short BTC' }));
    expect(await poll()).toMatchObject({ messages: [], edits: [{ externalId: '1', text: 'Short BTC' }] });
    expect(await poll()).toMatchObject({ messages: [], edits: [] });
  });

  test('keep their ids when the feed changes them, by link and title or by text and date', async () => {
    const undated = { title: 'No date and no link' };
    publish(call('a'), { title: 'No link', guid: 'b', pubDate: LATER }, { ...undated, guid: 'c' });
    expect(await texts()).toHaveLength(3);
    publish(
      { ...call('a'), guid: 'new-a' },
      { title: 'No link', guid: 'new-b', pubDate: LATER },
      { ...undated, guid: 'new-c' },
    );
    expect(await poll()).toMatchObject({ messages: [], edits: [] });
    publish({ ...call('a', { title: 'Short BTC' }), guid: 'new-a' });
    expect(await poll()).toMatchObject({ messages: [{ text: 'Short BTC' }] });
  });

  test('without ids are known by link, else by contents', async () => {
    publish({ title: 'linked', link: 'https://desk.example/x' }, { title: 'bare' });
    const first = (await poll()).messages;
    expect(first.map(({ externalId }) => externalId)).toContain('https://desk.example/x');
    expect(new Set(first.map(({ externalId }) => externalId)).size).toBe(2);
    cursor = null;
    expect((await poll()).messages).toEqual(first);
  });

  test.each([
    ['no time', 'not a date'],
    ['a time nobody can have meant', '0001-01-01T00:00:00Z'],
    ['a time that has not come', 'Fri, 01 Jan 2027 00:00:00 GMT'],
  ])('with %s count as published when they were received', async (_what, pubDate) => {
    publish(call('1', { pubDate }));
    expect((await poll()).messages).toMatchObject([{ postedAt: NOW }]);
  });

  test('of one id in one feed are one message, and empty ones none', async () => {
    publish(call('1'), call('1', { title: 'again' }), { guid: 'empty' });
    expect((await poll()).messages).toHaveLength(1);
  });

  test('with a text of 100 kB, of zero-width characters or of another script are delivered whole', async () => {
    const long = `Long BTC ${'x'.repeat(100_000)}`;
    publish(
      call('1', { title: long }),
      call('2', { title: 'L\u200Bong \u202EBTC' }),
      call('3', { title: 'ロング BTC' }),
    );
    expect(new Set(await texts())).toEqual(new Set([long, 'L\u200Bong \u202EBTC', 'ロング BTC']));
  });
});

test('a cursor that means nothing starts over', async () => {
  publish(call('1'));
  for (const strange of [5, 'x', { known: [1] }, { validators: 'no' }]) {
    cursor = strange;
    expect(await texts()).toEqual(['Long BTC 1']);
  }
});

describe('what was not changed', () => {
  test('is asked for by both validators, and 304 keeps the cursor', async () => {
    const headers = { etag: 'W/"1"', 'last-modified': LATER };
    server.serve(path, toRss([call('1')]), headers);
    await poll();
    server.answer(path, (response) => response.writeHead(304).end());
    const before = cursor;
    expect(await poll()).toMatchObject({ messages: [], more: false, cursor: before });
    expect(server.requests.at(-1)?.headers).toMatchObject({
      'if-none-match': 'W/"1"',
      'if-modified-since': LATER,
    });
  });

  test('is asked for again when it stops being fresh, within reason', async () => {
    server.serve(path, toRss([]), { 'cache-control': 'public, max-age=300', age: '60' });
    expect(await poll()).toMatchObject({ retryAt: NOW + 240_000 });
    server.serve(path, toRss([]), { 'cache-control': 'max-age=86400' });
    expect(await poll()).toMatchObject({ retryAt: NOW + 600_000 });
  });
});

describe('charsets', () => {
  const euro = (encoding: string) =>
    `<?xml version="1.0" encoding="${encoding}"?>\n${toRss([{ title: 'Gewinn für 5 €' }]).slice(39)}`;
  const latin = (encoding: string) => Buffer.from(euro(encoding).replace('€', '\u0080'), 'latin1');

  test.each([
    ['UTF-8 under a header of another charset', Buffer.from(euro('utf-8')), 'text/xml; charset=iso-8859-1'],
    ['the charset of the header', latin('utf-8'), 'text/xml; charset=windows-1252'],
    ['the charset of the declaration', latin('windows-1252'), 'text/xml'],
    ['bytes that are not in the charset they say', latin('utf-8'), 'text/xml; charset=utf-8'],
    ['a charset nobody knows', latin('klingon'), 'text/xml; charset=klingon'],
    ['UTF-16 by its mark', Buffer.from(`\uFEFF${euro('utf-16')}`, 'utf16le'), 'text/xml'],
    ['UTF-16 without a mark', Buffer.from(euro('utf-16'), 'utf16le'), 'text/xml'],
  ])('%s', async (_what, body, type) => {
    server.serve(path, body, { 'content-type': type });
    expect(await texts()).toEqual(['Gewinn für 5 €']);
  });
});

describe('answers that are no feed', () => {
  const failure = (source = open, url?: string) => source.poll(request(url)).catch((error: unknown) => error);
  const status = (code: number, headers: Record<string, string> = {}) =>
    server.answer(path, (response) => response.writeHead(code, headers).end());

  test.each([404, 403, 500, 502, 204])('status %i is down', async (code) => {
    status(code);
    expect(await failure()).toBeInstanceOf(SourceDown);
  });

  test('410 stops the feed', async () => {
    status(410);
    expect(await failure()).toBeInstanceOf(SourceBlocked);
  });

  test.each([
    [429, '120', NOW + 120_000],
    [503, 'Fri, 02 Jan 2026 13:00:00 GMT', Date.UTC(2026, 0, 2, 13)],
  ])('status %i says when to come back', async (code, after, retryAt) => {
    status(code, { 'retry-after': after });
    expect(await failure()).toMatchObject({ retryAt });
    expect(await failure()).toBeInstanceOf(SourceBusy);
  });

  test.each([
    ['an HTML page', '<!doctype html><html><body>Just a moment</body></html>'],
    ['nothing', ''],
    ['no XML', '{"items": []}'],
    [
      'an external entity',
      `<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>${toRss([{ title: '&x;' }]).slice(39)}`,
    ],
    ['tags without an end', `<rss><channel><item><title>${'<a>'.repeat(300_000)}`],
  ])('%s', async (_what, body) => {
    server.serve(path, body);
    expect(await failure()).toBeInstanceOf(SourceDown);
  });

  test('entities that multiply are not multiplied', async () => {
    const levels = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((name, i, all) =>
      i === 0 ? `<!ENTITY a "lol">` : `<!ENTITY ${name} "${`&${all[i - 1]};`.repeat(10)}">`,
    );
    server.serve(
      path,
      `<?xml version="1.0"?><!DOCTYPE r [${levels.join('')}]><rss><channel><item><title>&i;</title></item></channel></rss>`,
    );
    const read = await poll().catch((error: unknown) => error);
    const isSmall = JSON.stringify(read).length < 10_000;
    expect([read instanceof SourceDown, isSmall]).toContain(true);
  });

  test('a feed that was cut off is read as far as it goes', async () => {
    const whole = toRss([call('2'), call('1')]);
    server.serve(path, whole.slice(0, whole.lastIndexOf('<item>') + 20));
    expect(await poll()).toMatchObject({ messages: [{ externalId: '2' }] });
  });

  test('50 MB, sent or unpacked, are not read to their end', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    let sent = 0;
    server.answer(path, (response) => {
      const more = () => {
        while (sent < 50 && !response.destroyed && response.write(chunk)) sent += 1;
      };
      response.on('drain', more);
      more();
    });
    expect(await failure()).toMatchObject({ message: expect.stringMatching(/larger than/) as string });
    expect(sent).toBeLessThan(50);
    server.serve(path, gzipSync(Buffer.alloc(50 * 1024 * 1024)), { 'content-encoding': 'gzip' });
    expect(await failure()).toMatchObject({ message: expect.stringMatching(/larger than/) as string });
  });

  test('packed bodies are unpacked; broken and unknown ones are down', async () => {
    server.serve(path, gzipSync(toRss([call('1')])), { 'content-encoding': 'gzip' });
    expect(await texts()).toEqual(['Long BTC 1']);
    server.serve(path, gzipSync(toRss([call('1')])).subarray(0, 50), { 'content-encoding': 'gzip' });
    expect(await failure()).toBeInstanceOf(SourceDown);
    server.serve(path, 'x', { 'content-encoding': 'br' });
    expect(await failure()).toBeInstanceOf(SourceDown);
  });

  test('a body that drips, an answer that never comes and a closed line end in time', async () => {
    const hasty = createRssSource({ allowPrivate: true, timeoutMs: 200 });
    server.answer(path, (response) => {
      const drip = setInterval(() => (response.destroyed ? clearInterval(drip) : response.write(' ')), 20);
    });
    expect(await failure(hasty)).toMatchObject({ message: expect.stringMatching(/in time/) as string });
    server.answer(path, () => undefined);
    expect(await failure(hasty)).toBeInstanceOf(SourceDown);
    server.answer(path, (response) => response.destroy());
    expect(await failure()).toBeInstanceOf(SourceDown);
    expect(await failure(open, 'http://127.0.0.1:1/')).toBeInstanceOf(SourceDown);
  });
});

describe('redirects', () => {
  const redirect = (code: number, location: string) =>
    server.answer(path, (response) => response.writeHead(code, { location }).end());

  test.each([
    [301, true],
    [308, true],
    [302, false],
    [307, false],
  ])('%i is followed; lasting: %s', async (code, lasts) => {
    const target = `${path}-moved`;
    server.publish(target, [call('1')]);
    redirect(code, target);
    expect(await texts()).toEqual(['Long BTC 1']);
    const sent = server.requests.length;
    await poll();
    expect(server.requests[sent]?.path).toBe(lasts ? target : path);
  });

  test('more than five are not', async () => {
    redirect(302, path);
    await expect(poll()).rejects.toThrow(/redirects more than/);
  });

  test.each(['ftp://desk.example/', 'file:///etc/passwd', ''])('to %j is refused', async (location) => {
    redirect(302, location);
    await expect(poll()).rejects.toThrow(SourceDown);
  });
});

test.each(['127.0.0.2', '[::1]'])('a redirect to %s is refused where it is closed', async (host) => {
  server.answer(path, (response) =>
    response.writeHead(302, { location: `http://${host}:${server.port}/` }).end(),
  );
  const only = { isOpen: (address: string) => address === '127.0.0.1', anyPort: true, timeoutMs: 5_000 };
  const url = `http://127.0.0.1:${server.port}${path}`;
  const asked = { url, validators: {}, now: NOW, signal: new AbortController().signal };
  await expect(fetchFeed(asked, only)).rejects.toThrow(/private network/);
});

describe('private networks', () => {
  const closed = createRssSource({ allowPrivate: false });

  test.each([
    'http://127.0.0.1/feed',
    'http://2130706433/feed',
    'http://0x7f.1/feed',
    'http://[::1]/feed',
    'http://[::ffff:10.0.0.1]/feed',
    'http://169.254.169.254/latest/meta-data',
    'http://10.1.2.3/',
    'http://localhost/',
    'http://db.internal/',
    'https://desk.example:8443/feed',
    'ftp://desk.example/feed',
    'https://user:pass@desk.example/feed',
    'feed.xml',
  ])('%s is refused when it is given', (url) => {
    expect(() => closed.parseHandle(url)).toThrow(SourceInputError);
  });

  test('a public URL is kept in its one spelling', () => {
    expect(closed.parseHandle(' HTTPS://Desk.Example/feed.xml#top ')).toBe('https://desk.example/feed.xml');
  });

  test('an address or a name that leads there is not connected to', async () => {
    const before = server.requests.length;
    await expect(closed.poll(request('http://127.0.0.1/feed'))).rejects.toThrow(/private network/);
    await expect(closed.poll(request('http://localhost/feed'))).rejects.toThrow(/private network/);
    expect(server.requests.length).toBe(before);
  });
});
