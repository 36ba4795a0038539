import { expect, test } from 'vitest';
import { refuseImplausible } from './levels.ts';

test.each([
  ['long', '65000', { stopLoss: { price: '64' } }],
  ['short', '150', { stopLoss: { price: '155000' } }],
  ['long', '65000', { takeProfits: [{ price: '670000' }] }],
  ['short', '3000', { takeProfits: [{ price: '280' }] }],
] as const)('a level of a %s at %s that lost a decimal sign is refused: %j', (side, price, barriers) => {
  expect(refuseImplausible(barriers, { side, price })).toMatchObject({ code: 'implausible_level' });
});

test.each([
  ['long', '65000', { stopLoss: { price: '30000' }, takeProfits: [{ price: '200000' }] }],
  ['short', '150', { stopLoss: { price: '300' }, takeProfits: [{ price: '30' }] }],
  ['long', '0.08', { stopLoss: { pct: 50 }, takeProfits: [{ pct: 500 }] }],
] as const)('a wide %s at %s is a trade: %j', (side, price, barriers) => {
  expect(refuseImplausible(barriers, { side, price })).toBeNull();
});
