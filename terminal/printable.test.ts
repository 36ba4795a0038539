import { expect, test } from 'vitest';
import { excerpt, printable } from './printable.ts';

test.each([
  ['plain, ümläut, 多, 🚀', 'plain, ümläut, 多, 🚀'],
  ['two\nlines\r\nand\ttabs', 'two lines and tabs'],
  ['\u001b[31mred\u001b[0m', '⟨U+001B⟩[31mred⟨U+001B⟩[0m'],
  ['\u001b]0;title\u0007', '⟨U+001B⟩]0;title⟨U+0007⟩'],
  ['a\u200bb\u202ec', 'a⟨U+200B⟩b⟨U+202E⟩c'],
  ['\u0085\u2028\ud800', '⟨U+0085⟩⟨U+2028⟩⟨U+D800⟩'],
])('%j', (text, shown) => {
  expect(printable(text)).toBe(shown);
});

test('an excerpt cuts between characters, never inside one', () => {
  expect(excerpt('🚀🚀🚀', 4)).toBe('🚀…');
  expect(excerpt('  short   text ', 20)).toBe('short text');
});
