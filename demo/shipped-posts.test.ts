import { readFileSync } from 'node:fs';
import { classifyText } from '#classifiers/rules/classifier.ts';
import { expect, test } from 'vitest';
import { z } from 'zod';

const lines = readFileSync(new URL('posts.jsonl', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '');

const Post = z.object({ id: z.string(), author: z.string(), text: z.string(), afterMs: z.number() });

function read(line: string): string {
  try {
    const { id, text } = Post.parse(JSON.parse(line));
    const { label, ideas } = classifyText(text);
    return [id, label, ...ideas.map(({ side, symbol }) => `${side} ${symbol}`)].join(' ');
  } catch {
    return 'cannot be read';
  }
}

test('the shipped posts hold calls both ways and every way to be skipped', () => {
  expect(lines.map(read)).toEqual([
    'mara-1 noise',
    'mara-2 call long BTC',
    'carl-1 call short ETH',
    'desk-1 call long SOL',
    'desk-8 call long EUR-USD',
    'carl-2 call long HYPE',
    'mara-8 call long XAU',
    'mara-3 call short DOGE',
    'desk-2 call short SOL',
    'carl-3 call long ZORBLAX',
    'carl-4 call long XRP',
    'desk-3 call short AVAX',
    'mara-4 call long BTC',
    'desk-4 call short LINK',
    'mara-5 call long BNB',
    'mara-6 noise',
    'desk-5 opinion short ETH',
    'carl-5 call long ARB',
    'desk-6 call long AAVE',
    'mara-7 call short SUI',
    'carl-6 call short NEAR',
    'cannot be read',
  ]);
});
