import { expect, test } from 'vitest';
import { toDeliveries } from './deliveries.ts';
import updates from './recorded/updates.json' with { type: 'json' };
import { readUpdate } from './update.ts';

const posts = updates.flatMap((raw) => readUpdate(raw)?.post ?? []);
const account = (handle: string, change: object = {}) => ({
  id: handle,
  handle,
  options: { forwards: true },
  secret: null,
  externalId: null,
  ...change,
});

test('posts, edits and captions are read, and every update has its number', () => {
  expect(updates.map((raw) => readUpdate(raw)?.updateId)).toEqual([
    914000001, 914000002, 914000003, 914000004, 914000005,
  ]);
  expect(posts.map(({ chatId, isEdit, isForward, message }) => [chatId, isEdit, isForward, message])).toEqual(
    [
      [
        '-1001234567890',
        false,
        false,
        {
          externalId: '41',
          author: 'Calls',
          text: 'BTC long 62000, stop 60500',
          postedAt: 1_767_225_600_000,
          url: 'https://t.me/Calls/41',
        },
      ],
      [
        '-1001234567890',
        true,
        false,
        {
          externalId: '41',
          author: 'Calls',
          text: 'BTC long 62000, stop 61000',
          postedAt: 1_767_225_600_000,
          url: 'https://t.me/Calls/41',
        },
      ],
      [
        '-1009876543210',
        false,
        true,
        {
          externalId: '7',
          author: 'Ann',
          text: 'ETH short 2500',
          postedAt: 1_767_225_700_000,
          url: 'https://t.me/c/9876543210/7',
        },
      ],
      ['-1009876543210', false, false, null],
    ],
  );
});

test('what is no update is passed over', () => {
  expect([null, 'text', {}, { update_id: 'x' }].map(readUpdate)).toEqual([null, null, null, null]);
});

test('each account gets the posts of its channel: by number, or by name while that is unknown', () => {
  const deliveries = toDeliveries(
    [
      account('@calls'),
      account('@renamed', { externalId: '-1009876543210', options: { forwards: false } }),
      account('@private', { externalId: '-1009876543210' }),
      account('@elsewhere'),
    ],
    posts,
  );
  expect(
    deliveries.map(([id, { messages, edits, identity }]) => [id, messages.length, edits.length, identity]),
  ).toEqual([
    ['@calls', 1, 1, { externalId: '-1001234567890', title: 'Calls' }],
    ['@renamed', 0, 0, { externalId: '-1009876543210', title: 'Private room' }],
    ['@private', 1, 0, { externalId: '-1009876543210', title: 'Private room' }],
  ]);
});
