import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isStorable, toStorable } from './storable-text.ts';

test.each([
  ['plain', 'plain'],
  ['a\0b', 'a\ufffdb'],
  ['half \ud83d of one', 'half \ufffd of one'],
  ['whole \u{1f600}', 'whole \u{1f600}'],
  [String.raw`a \u0000 in plain text`, String.raw`a \u0000 in plain text`],
])('%j is held as %j', (text, held) => {
  expect(toStorable(text)).toBe(held);
});

test('whatever is written as JSON can be held, and is read as it was but for what cannot', () => {
  const texts = fc.string({ unit: fc.constantFrom('\0', '\\', 'u0000', '"', 'a', '\ud83d', '\udc00', '\n') });
  fc.assert(
    fc.property(texts, (text) => {
      const { read } = JSON.parse(toStorable(JSON.stringify({ read: text }))) as { read: string };
      expect(isStorable(read)).toBe(true);
      expect(read).toBe(text.replaceAll(/[\0\p{Cs}]/gu, '\ufffd'));
    }),
  );
});
