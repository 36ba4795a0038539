import { expect, it } from 'vitest';
import { RateLimits } from './rate-limits.ts';

const IP = '127.0.0.1';
const list = (length: number): object[] => Array.from({ length }, () => ({}));

/** How many of the cheapest questions, of weight 2, still fit. */
function left(limits: RateLimits, ip = IP): number {
  let taken = 0;
  while (limits.takeInfo(ip, { type: 'allMids' })) taken++;
  return taken;
}

it.each([
  ['allMids', 598],
  ['meta', 589],
  ['userRole', 569],
])('counts %s by its weight', (type, rest) => {
  const limits = new RateLimits(true);
  limits.takeInfo(IP, { type });
  limits.takeInfo(IP, { type: 'allMids' });
  expect(left(limits)).toBe(rest);
});

it.each([
  ['userFills', 2_000, 100],
  ['userFunding', 19, 0],
  ['candleSnapshot', 5_000, 83],
  ['openOrders', 1_000, 0],
])('counts an answer to %s of %i items as %i more', (type, items, more) => {
  const limits = new RateLimits(true);
  limits.chargeInfo(IP, { type }, list(items));
  expect(left(limits)).toBe(Math.floor((1_200 - more) / 2));
});

it('counts a batch of orders by the forty, and each address of its own', () => {
  const limits = new RateLimits(true);
  expect(limits.takeExchange(IP, 400)).toBe(true);
  expect(left(limits)).toBe(594);
  expect(left(limits, '127.0.0.2')).toBe(600);
});

it('lets everything pass unless asked', () => {
  const limits = new RateLimits(false);
  limits.chargeInfo(IP, { type: 'userFills' }, list(100_000));
  expect(limits.takeInfo(IP, { type: 'meta' })).toBe(true);
});
