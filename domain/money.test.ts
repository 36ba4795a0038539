import { Decimal } from 'decimal.js';
import { expect, test } from 'vitest';
import { Amount, amount, decimalString } from './money.ts';

test('a text reads as one amount however often it is read, and none that is not a number', () => {
  const texts = Array.from({ length: 3_000 }, (_, at) => `${at % 1_500}.${at % 7}`);
  expect(texts.map((text) => decimalString(amount(text)))).toEqual(
    texts.map((text) => new Amount(text).toFixed()),
  );
  for (const bad of ['', 'x', '1e5', '+1', ' 1', 'NaN', 'Infinity'])
    expect(() => amount(bad)).toThrow(`not an amount: "${bad}"`);
  expect(() => amount(NaN)).toThrow('not an amount');
});

test('a decimal of another precision becomes one of ours', () => {
  const Coarse = Decimal.clone({ precision: 3 });
  expect(amount(new Coarse('1')).div(3).toFixed()).toBe(`0.${'3'.repeat(40)}`);
});
