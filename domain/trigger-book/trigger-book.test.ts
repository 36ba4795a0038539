import { describe, expect, test } from 'vitest';
import { createTriggerBook, type Triggers } from './trigger-book.ts';

const NOTHING: Triggers = { worse: null, better: null, peak: 100, trailPct: null, dueAt: null };
const NOON = 1_000;

function bookOf(side: 'long' | 'short', positions: Record<string, Partial<Triggers>>) {
  const book = createTriggerBook<string>(side);
  for (const [key, triggers] of Object.entries(positions)) book.set(key, { ...NOTHING, ...triggers });
  return book;
}

describe('a price', () => {
  test('touches levels at or through it, in the order in which the positions were added', () => {
    const book = bookOf('long', { a: { worse: 95 }, b: { worse: 97 }, c: { worse: 90 }, d: { better: 103 } });
    expect(book.touched(98, NOON)).toEqual([]);
    expect(book.touched(95, NOON)).toEqual(['a', 'b']);
    expect(book.touched(103, NOON)).toEqual(['d']);
  });

  test('for a short is on the losing side when it is higher', () => {
    const book = bookOf('short', { a: { worse: 105 }, b: { better: 97 }, c: { trailPct: 1 } });
    expect(book.touched(97, NOON)).toEqual(['b']);
    expect(book.touched(97.98, NOON)).toEqual(['c']);
    expect(book.touched(105, NOON)).toEqual(['a']);
  });

  test('leaves those it touched silent until they are set again, with the peak of before', () => {
    const book = bookOf('long', { a: { better: 104 } });
    expect(book.touched(105, NOON)).toEqual(['a']);
    expect(book.touched(106, NOON)).toEqual([]);
    expect(book.peakOf('a')).toBe(100);
    book.set('a', { ...NOTHING, peak: 106, better: 107 });
    expect(book.touched(107, NOON)).toEqual(['a']);
  });
});

describe('those who follow a peak', () => {
  test('ride it together once it has passed their own, each at its own distance', () => {
    const book = bookOf('long', {
      wide: { trailPct: 5 },
      late: { peak: 103, trailPct: 2 },
      near: { trailPct: 1 },
    });
    expect(book.touched(104, NOON)).toEqual([]);
    expect(['wide', 'late', 'near'].map((key) => book.peakOf(key))).toEqual([104, 104, 104]);
    expect(book.touched(102.96, NOON)).toEqual(['near']);
    expect(book.touched(101.92, NOON)).toEqual(['late']);
    expect(book.touched(98.8, NOON)).toEqual(['wide']);
  });

  test('keep the peak they had while it is not passed', () => {
    const book = bookOf('long', { high: { peak: 110, trailPct: 1 }, low: { trailPct: 10 } });
    expect(book.touched(109, NOON)).toEqual([]);
    expect([book.peakOf('high'), book.peakOf('low')]).toEqual([110, 109]);
    expect(book.touched(108.9, NOON)).toEqual(['high']);
  });
});

test('time alone touches those whose time has come', () => {
  const book = bookOf('long', { a: { dueAt: NOON }, b: { dueAt: NOON + 1 } });
  expect(book.due(NOON - 1)).toEqual([]);
  expect(book.due(NOON)).toEqual(['a']);
  expect(book.touched(100, NOON + 1)).toEqual(['b']);
});

test('a position that was removed is gone, and its place is taken by the next', () => {
  const book = bookOf('long', { a: { worse: 95, better: 105, trailPct: 1, dueAt: NOON } });
  book.remove('a');
  book.set('b', { ...NOTHING, worse: 90 });
  expect([book.size, book.has('a'), book.has('b')]).toEqual([1, false, true]);
  expect(book.touched(95, NOON)).toEqual([]);
  expect(book.touched(90, NOON)).toEqual(['b']);
  expect(() => book.peakOf('a')).toThrow('no such position');
});
