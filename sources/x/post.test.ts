import { expect, test } from 'vitest';
import { isWanted } from './options.ts';
import { rawPost, readPost } from './post.ts';
import created from './recorded/post-create.json' with { type: 'json' };
import postNames from './recorded/timeline-post.json' with { type: 'json' };
import tweetNames from './recorded/timeline-tweet.json' with { type: 'json' };
import { firstIdAt, timeOf } from './snowflake.ts';

const read = ({ data, includes }: { data: unknown[]; includes: object }) =>
  data.map((each) => readPost(rawPost.parse(each), includes));

test('a page in either family of names is read as the same posts', () => {
  const posts = read(tweetNames);
  expect(read(postNames)).toEqual(posts);
  expect(posts.map(({ kind, isEdit, firstId, text }) => [kind, isEdit, firstId, text])).toEqual([
    [
      'post',
      false,
      '1973412098731589713',
      'Long post in short words, all of it.\nBTC long 62000, stop 60500',
    ],
    ['post', true, '1973410000000000001', 'Corrected: ETH short 2500, stop 2580'],
    [
      'repost',
      false,
      '1973400000000000000',
      'RT @X: SOL long 140, stop 132, and a sentence that is cut where a repost is cut',
    ],
    ['reply', false, '1973380000000000000', '@other no'],
  ]);
});

test('a repost whose original is gone keeps the text that came', () => {
  const [, , repost] = tweetNames.data;
  expect(readPost(rawPost.parse(repost)).text).toBe(repost?.text);
});

test('a post is as old as the id of its first version says', () => {
  const posts = read(tweetNames);
  const { id, created_at: createdAt } = created.data.payload;
  expect(Math.floor(timeOf(id) / 1_000)).toBe(Date.parse(createdAt) / 1_000);
  expect(posts[1]?.postedAt).toBe(timeOf('1973410000000000001'));
  expect(timeOf(firstIdAt(1_760_000_000_000))).toBe(1_760_000_000_000);
});

test.each([
  [{ reposts: false, replies: 'none' as const }, ['post', 'quote']],
  [{ reposts: true, replies: 'none' as const }, ['post', 'quote', 'repost']],
  [{ reposts: false, replies: 'own' as const }, ['post', 'quote', 'own reply']],
  [{ reposts: false, replies: 'all' as const }, ['post', 'quote', 'own reply', 'reply']],
])('%o lets %o through', (options, through) => {
  const kinds = ['post', 'quote', 'repost', 'own reply', 'reply'];
  const [post] = read(tweetNames);
  const wanted = kinds.filter((each) => {
    const kind = each === 'own reply' ? 'reply' : (each as 'post');
    return post && isWanted({ ...post, kind, isOwnThread: each === 'own reply' }, options);
  });
  expect(wanted.toSorted()).toEqual(through.toSorted());
});
