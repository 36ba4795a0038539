import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { fastify, type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { answerErrors } from './errors.ts';
import { serveWeb } from './web.ts';

let folder: string;
let app: FastifyInstance;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'signalman-web-'));
  writeFileSync(join(folder, 'secret.json'), '{}');
  app = fastify();
  answerErrors(app, await serveWeb(app, join(folder, 'dist')));
  app.get('/v1/trades', async () => ({ items: [] }));
});
afterEach(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

function build(): void {
  mkdirSync(join(folder, 'dist/assets'), { recursive: true });
  writeFileSync(join(folder, 'dist/index.html'), '<p>the page</p>');
  writeFileSync(join(folder, 'dist/icon.svg'), '<svg/>');
  writeFileSync(join(folder, 'dist/assets/index-abc.js'), 'run()');
  writeFileSync(join(folder, 'dist/assets/index-abc.js.br'), brotliCompressSync('run()'));
}

const asBrowser = (url: string) =>
  app.inject({ url, headers: { accept: 'text/html,*/*', 'accept-encoding': 'gzip, br' } });

test('a browser gets the page at every path that no route has, always asked for anew', async () => {
  build();
  for (const url of ['/', '/trades/abc?x=1', '/positions']) {
    const { statusCode, body, headers } = await asBrowser(url);
    expect([statusCode, body, headers['cache-control']]).toEqual([200, '<p>the page</p>', 'no-cache']);
  }
});

test('a file whose name changes with its content is kept for good, and sent compressed', async () => {
  build();
  const { headers } = await asBrowser('/assets/index-abc.js');
  expect(headers).toMatchObject({
    'cache-control': 'public, max-age=31536000, immutable',
    'content-encoding': 'br',
    'content-type': 'application/javascript; charset=utf-8',
  });
  expect((await asBrowser('/icon.svg')).headers['cache-control']).toBe('no-cache');
});

test('a missing file is a problem and not the page, so that an old page does not run the new one as a script', async () => {
  build();
  const { statusCode, headers } = await asBrowser('/assets/index-old.js');
  expect([statusCode, headers['content-type']]).toEqual([404, 'application/problem+json; charset=utf-8']);
});

test('programs and changes get problems, and routes are never shadowed', async () => {
  build();
  const program = await app.inject({ url: '/positions', headers: { accept: 'application/json' } });
  const change = await app.inject({ method: 'POST', url: '/positions', headers: { accept: 'text/html' } });
  expect([program.json().code, change.json().code]).toEqual(['route_not_found', 'route_not_found']);
  expect((await asBrowser('/v1/trades')).json()).toEqual({ items: [] });
});

test.each([
  '/../secret.json',
  '/assets/../../secret.json',
  '/%2e%2e/secret.json',
  '/..%2fsecret.json',
  '//secret.json',
])('%s leads to nothing outside', async (url) => {
  build();
  const { body } = await asBrowser(url);
  expect(body).not.toBe('{}');
});

test('before the first build a browser is told so, and finds the build once it is there', async () => {
  const before = await asBrowser('/positions');
  expect([before.statusCode, before.body]).toEqual([503, expect.stringContaining('not built yet')]);
  build();
  expect((await asBrowser('/positions')).statusCode).toBe(200);
});
