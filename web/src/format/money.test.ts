import { expect, test } from 'vitest';
import { price, signedUsd, signOf, size, sumOf, usd } from './money.ts';

test('amounts keep every digit that a float would lose', () => {
  expect(usd('12345678901234567.891')).toBe('12,345,678,901,234,567.89');
  expect(usd('0.005')).toBe('0.01');
  expect(usd(null)).toBe('–');
});

test('gains and losses carry a sign, and nothing carries none', () => {
  expect([signedUsd('12.5'), signedUsd('-3'), signedUsd('0'), signedUsd('-0.001')]).toEqual([
    '+12.50',
    '−3.00',
    '0.00',
    '0.00',
  ]);
});

test.each([
  ['51480.123', '51,480'],
  ['123456.7', '123,457'],
  ['2000.5', '2,000.5'],
  ['3.2', '3.2000'],
  ['0.000123456', '0.00012346'],
])('the price %s reads %s', (text, shown) => {
  expect(price(text)).toBe(shown);
});

test('sizes lose no digit that a venue takes', () => {
  expect([size('0.01943'), size('1200'), size('-0.5')]).toEqual(['0.01943', '1,200', '−0.5']);
});

test('the sign is read from the text', () => {
  expect([signOf('0.000'), signOf('-0.01'), signOf('4'), signOf(null)]).toEqual([0, -1, 1, 0]);
});

test('sums are exact, and skip what is not known', () => {
  expect(sumOf(['0.1', '0.2', null, '-0.3'])).toMatch(/^0\.0+$/);
  expect(usd(sumOf(['1234.56', '-2000.01']))).toBe('−765.45');
});
