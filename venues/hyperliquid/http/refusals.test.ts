import { expect, test } from 'vitest';
import { codeOfRefusal, codeOfStatusWord } from './refusals.ts';

test.each([
  ['Invalid nonce: duplicate nonce 1700000000000', 'nonce_duplicate'],
  ['Invalid nonce: nonce too low 1700000000000 < 1700000000500', 'nonce_too_low'],
  [
    'L1 error: User or API Wallet 0x0000000000000000000000000000000000000001 does not exist.',
    'signer_unknown',
  ],
  [
    'Must deposit before performing actions. User: 0x0000000000000000000000000000000000000001',
    'account_empty',
  ],
  ['Order could not immediately match against any resting orders. asset=0', 'ioc_no_match'],
  ['Insufficient margin to place order. asset=5', 'insufficient_margin'],
  ['Order must have minimum value of $10. asset=5', 'below_minimum'],
  ['Price must be divisible by tick size. asset=5', 'price_illegal'],
  ['Order price cannot be more than 80% away from the reference price asset=5', 'price_too_far'],
  ['Reduce only order would increase position. asset=5', 'reduce_only_would_increase'],
  ['Order was never placed, already canceled, or filled. asset=5', 'order_over'],
  ['Cannot modify canceled or filled order', 'order_over'],
  [
    'Too many cumulative requests sent (37986 > 10436) for cumulative volume traded $437.92. Place taker orders to free up 1 request per USDC traded.',
    'action_budget_used_up',
  ],
  ['Only post-only orders allowed immediately after a network upgrade asset=0', 'post_only_mode'],
  ['Post only order would have immediately matched, bbo was 1@2. asset=0', 'post_only_would_match'],
  ['No liquidity available for market order.', 'no_liquidity'],
  ['Order would increase open interest too quickly', 'open_interest_capped'],
  ['Order has zero size.', 'size_illegal'],
  ['Action disabled when unified account is active', 'account_mode_unsupported'],
  ['Something nobody has ever read', 'venue_rejected'],
])('%s', (text, code) => {
  expect(codeOfRefusal(text)).toBe(code);
});

test('the word an order ended with has a code', () => {
  expect(codeOfStatusWord('siblingFilledCanceled')).toBe('sibling_filled');
  expect(codeOfStatusWord('iocCancelRejected')).toBe('ioc_no_match');
  expect(codeOfStatusWord('brandNewCanceled')).toBe('venue_rejected');
});
