import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readPosts } from './posts.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalman-posts-'));
  file = join(folder, 'posts.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(...lines: (object | string)[]): void {
  const texts = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  writeFileSync(file, texts.join('\n'));
}

const dues = async (speed = 1) => (await readPosts(file, speed)).map(({ dueMs }) => dueMs);

test('posts are published as if made now, and lines that are none as they are', async () => {
  write(
    { id: 'a', author: '@one', text: 'long BTC', postedAt: '2024-01-01T00:00:00Z', afterMs: 5 },
    '{"half',
  );
  const posts = await readPosts(file, 1);
  expect(posts).toMatchObject([
    { author: '@one', id: 'a', line: 1 },
    { author: null, id: null, line: 2 },
  ]);
  expect(posts.map((post) => post.write(1_767_225_600_000))).toEqual([
    '{"id":"a","author":"@one","text":"long BTC","postedAt":1767225600000}',
    '{"half',
  ]);
});

test('a line whose time cannot be read is passed on with it', async () => {
  const strange = { author: '@one', text: 'long BTC', postedAt: 'yesterday' };
  write({ author: '@one', text: 'short BTC' }, strange);
  const [, second] = await readPosts(file, 1);
  expect(second?.author).toBeNull();
  expect(second?.write(0)).toBe(JSON.stringify(strange));
});

test('posts keep their distance, sped up and two seconds at most', async () => {
  const post = (postedAt: string) => ({ author: '@one', text: 'gm', postedAt });
  write(post('2024-01-01T00:00:00Z'), post('2024-01-01T00:10:00Z'), post('2024-01-02T00:00:00Z'));
  expect(await dues(1_000)).toEqual([1_000, 1_600, 3_600]);
});

test('a post that says when to come after the start comes then, and never before its predecessor', async () => {
  const post = (afterMs?: number) => ({
    author: '@one',
    text: 'gm',
    ...(afterMs !== undefined && { afterMs }),
  });
  write(post(500), post(200), post(), post(9_000));
  expect(await dues()).toEqual([500, 500, 1_500, 9_000]);
});

test('a file without a single post is named with what is wrong in it', async () => {
  await expect(readPosts(join(folder, 'none.jsonl'), 1)).rejects.toThrow('none.jsonl: there is no such file');
  write('');
  await expect(readPosts(file, 1)).rejects.toThrow('posts.jsonl:1: holds no posts');
  write('', { author: '@one' });
  await expect(readPosts(file, 1)).rejects.toThrow('posts.jsonl:2: text: Invalid input');
});
