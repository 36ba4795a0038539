import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SourceBlocked } from '../errors.ts';
import type { PolledSource, PollRequest, PollResult } from '../source.ts';
import { createFileSource } from './file-source.ts';

let source: PolledSource;
let folder: string;
let path: string;
let cursor: unknown;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalman-file-source-'));
  path = join(folder, 'posts.jsonl');
  source = createFileSource([folder]);
  cursor = null;
});
afterEach(() => rmSync(folder, { recursive: true }));

const requestFor = (handle: string, more: Partial<PollRequest>): PollRequest => ({
  handle,
  options: {},
  secret: null,
  externalId: null,
  cursor: null,
  limit: 100,
  readsLeft: null,
  now: Date.now(),
  signal: new AbortController().signal,
  ...more,
});

/** Polls from where the last poll ended, through what the database makes of a cursor. */
async function poll(limit = 100): Promise<PollResult> {
  const page = await source.poll(requestFor(path, { cursor, limit }));
  cursor = JSON.parse(JSON.stringify(page.cursor)) as unknown;
  return page;
}
const texts = async (limit?: number) => (await poll(limit)).messages.map(({ text }) => text);
const line = (text: string, more: object = {}) =>
  `${JSON.stringify({ author: '@a', text, postedAt: 1_767_225_600_000, ...more })}\n`;

test('reads what is there, then what is added, each post once', async () => {
  expect(await texts()).toEqual([]);
  writeFileSync(path, line('one', { id: 'p1', postedAt: '2026-01-01T00:00:00Z' }) + line('two', { id: 7 }));
  expect((await poll()).messages).toEqual([
    { externalId: 'p1', author: '@a', text: 'one', postedAt: 1_767_225_600_000 },
    { externalId: '7', author: '@a', text: 'two', postedAt: 1_767_225_600_000 },
  ]);
  expect(await texts()).toEqual([]);
  appendFileSync(path, line('three'));
  expect(await texts()).toEqual(['three']);
});

test('reads page by page and says whether there is more', async () => {
  writeFileSync(path, line('one') + line('two') + line('three'));
  expect(await poll(2)).toMatchObject({ messages: [{ text: 'one' }, { text: 'two' }], more: true });
  expect(await poll(2)).toMatchObject({ messages: [{ text: 'three' }], more: false });
});

test('posts without an id keep theirs, and equal ones are told apart', async () => {
  writeFileSync(path, line('same') + line('same'));
  const [first, second] = (await poll()).messages;
  expect(first?.externalId).not.toBe(second?.externalId);
  cursor = null;
  expect((await poll()).messages.map(({ externalId }) => externalId)).toEqual([
    first?.externalId,
    second?.externalId,
  ]);
});

test('a half-written last line waits; a whole one without its newline does not', async () => {
  const written = line('late');
  writeFileSync(path, line('one') + written.slice(0, 20));
  expect(await poll()).toMatchObject({ messages: [{ text: 'one' }], malformed: [], more: false });
  appendFileSync(path, written.slice(20, -1));
  expect(await texts()).toEqual(['late']);
  appendFileSync(path, `\n${line('next')}`);
  expect(await texts()).toEqual(['next']);
});

test('lines that cannot be read are named, and what stands behind them is read', async () => {
  writeFileSync(
    path,
    [
      'no JSON\n',
      '[1]\n',
      `${JSON.stringify({ author: '@a', postedAt: 1_767_225_600_000 })}\n`,
      line('seconds', { postedAt: 1_767_225_600 }),
      line('no zone', { postedAt: '2026-01-01T00:00:00' }),
      line('x'.repeat(70_000)),
      '\r\n',
      `\uFEFF${line('good')}`,
    ].join(''),
  );
  const { messages, malformed } = await poll();
  expect(messages).toMatchObject([{ text: 'good' }]);
  expect(malformed.map(({ problem }) => problem)).toEqual([
    'posts.jsonl line 1: is not JSON',
    'posts.jsonl line 2: is not a JSON object',
    expect.stringContaining('posts.jsonl line 3: text'),
    'posts.jsonl line 4: postedAt must be an ISO 8601 time or epoch milliseconds',
    'posts.jsonl line 5: postedAt must be an ISO 8601 time or epoch milliseconds',
    'posts.jsonl line 6: is longer than 65536 bytes',
  ]);
  expect(new Set(malformed.map(({ externalId }) => externalId)).size).toBe(malformed.length);
});

test('a line longer than is ever read at once is reported once and passed over', async () => {
  writeFileSync(path, `${'y'.repeat(900_000)}\n${line('behind')}`);
  const pages = [await poll(), await poll(), await poll(), await poll(), await poll()];
  expect(pages.flatMap(({ malformed }) => malformed)).toHaveLength(1);
  expect(pages.flatMap(({ messages }) => messages)).toMatchObject([{ text: 'behind' }]);
});

test('a truncated or rewritten file is read from its beginning', async () => {
  writeFileSync(path, line('one') + line('two'));
  await poll();
  truncateSync(path, 0);
  appendFileSync(path, line('three'));
  expect(await texts()).toEqual(['three']);
  truncateSync(path, 0);
  appendFileSync(path, line('another beginning') + line('and longer than what was there before'));
  expect(await texts()).toHaveLength(2);
});

test('a rotated file is read to its end before the new one', async () => {
  writeFileSync(path, line('one'));
  await poll();
  appendFileSync(path, line('last of the old'));
  renameSync(path, `${path}.1`);
  writeFileSync(path, line('first of the new'));
  expect(await poll()).toMatchObject({ messages: [{ text: 'last of the old' }], more: true });
  expect(await texts()).toEqual(['first of the new']);
  expect(await texts()).toEqual([]);
});

test('a cursor that means nothing starts over', async () => {
  writeFileSync(path, line('one'));
  for (const strange of [
    { offset: -1 },
    'x',
    5,
    { offset: 1e9, line: 1, file: 'a', head: 'b', headLength: 0 },
  ]) {
    cursor = strange;
    expect(await texts()).toEqual(['one']);
  }
});

test('calls back when the file appears, grows and is replaced, and not after it was stopped', async () => {
  const onChange = vi.fn<() => void>();
  const stop = source.watch?.(path, onChange);
  writeFileSync(path, line('one'));
  await vi.waitUntil(() => onChange.mock.calls.length > 0, 10_000);
  renameSync(path, `${path}.1`);
  const before = onChange.mock.calls.length;
  writeFileSync(path, line('two'));
  await vi.waitUntil(() => onChange.mock.calls.length > before, 10_000);
  stop?.();
  const after = onChange.mock.calls.length;
  appendFileSync(path, line('three'));
  expect(onChange.mock.calls.length).toBe(after);
});

describe('files outside the folders that sources may read', () => {
  const pollOf = (handle: string) =>
    source.poll(requestFor(handle, { limit: 10, signal: AbortSignal.timeout(5_000) }));

  test.each([
    ['an absolute path elsewhere', () => '/etc/hostname'],
    ['a way up', () => join(folder, '..', 'posts.jsonl')],
    ['a relative way up', () => '../../etc/hostname'],
    ['a neighbour whose name begins alike', () => `${folder}-other/posts.jsonl`],
    ['the folder itself', () => folder],
  ])('%s is refused, and the error names what to do', async (_what, handle) => {
    await expect(pollOf(handle())).rejects.toThrow(/SIGNALMAN_FILE_SOURCES/);
  });

  test('links out of the folder are refused, also when the folder of the file is one', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'signalman-outside-'));
    writeFileSync(join(outside, 'secret.jsonl'), line('secret'));
    symlinkSync(join(outside, 'secret.jsonl'), path);
    symlinkSync(outside, join(folder, 'inside'));
    await expect(pollOf(path)).rejects.toThrow(SourceBlocked);
    await expect(pollOf(join(folder, 'inside', 'secret.jsonl'))).rejects.toThrow(SourceBlocked);
    await expect(pollOf(join(folder, 'inside', 'later.jsonl'))).rejects.toThrow(SourceBlocked);
    rmSync(outside, { recursive: true });
  });

  test('links inside are followed, and a relative name is looked for in the first folder', async () => {
    writeFileSync(join(folder, 'real.jsonl'), line('one'));
    symlinkSync(join(folder, 'real.jsonl'), path);
    expect((await pollOf(path)).messages).toMatchObject([{ text: 'one' }]);
    expect((await pollOf('posts.jsonl')).messages).toMatchObject([{ text: 'one' }]);
  });

  test('a pipe is refused at once', async () => {
    execFileSync('mkfifo', [path]);
    await expect(pollOf(path)).rejects.toThrow(/no plain file/);
  });
});
