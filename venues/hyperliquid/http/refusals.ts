import type { RetryVerdict } from '../../venue.ts';

/** What a refusal in the venue's words means to us. */
export interface Refusal {
  code: string;
  verdict: RetryVerdict;
}

const UNKNOWN: Refusal = { code: 'venue_rejected', verdict: 'fatal' };

/**
 * Parts of the venue's texts and what they mean. Matched by substring, because live texts carry more than the
 * documentation shows (perp order errors end in ` asset=<id>`); the first match counts, so the narrower comes first.
 * Texts: official documentation, "error responses", "nonces and API wallets"; the ccxt exception table.
 */
const TEXTS: readonly [part: string, code: string, verdict: RetryVerdict][] = [
  ['duplicate nonce', 'nonce_duplicate', 'fatal'],
  ['nonce too low', 'nonce_too_low', 'fatal'],
  ['nonce too high', 'nonce_too_high', 'fatal'],
  ['Invalid nonce', 'nonce_invalid', 'fatal'],
  ['does not exist', 'signer_unknown', 'fatal'],
  ['Must deposit before', 'account_empty', 'fatal'],
  ['Unable to recover signer', 'signature_invalid', 'fatal'],
  ['could not immediately match', 'ioc_no_match', 'retry'],
  ['No liquidity available', 'no_liquidity', 'retry'],
  ['Insufficient margin', 'insufficient_margin', 'fatal'],
  ['minimum value', 'below_minimum', 'fatal'],
  ['divisible by tick size', 'price_illegal', 'fatal'],
  ['invalid price', 'price_illegal', 'fatal'],
  ['invalid size', 'size_illegal', 'fatal'],
  ['zero size', 'size_illegal', 'fatal'],
  ['too far from oracle', 'price_too_far', 'retry'],
  ['away from the reference price', 'price_too_far', 'retry'],
  ['Reduce only order would increase', 'reduce_only_would_increase', 'fatal'],
  ['TP/SL orders must be reduce', 'trigger_not_reduce_only', 'fatal'],
  ['Invalid TP/SL price', 'trigger_price_invalid', 'fatal'],
  ['Post only order would have', 'post_only_would_match', 'fatal'],
  ['open interest', 'open_interest_capped', 'postpone'],
  ['margin tier limit', 'position_too_large', 'fatal'],
  ['never placed, already canceled, or filled', 'order_over', 'fatal'],
  ['Cannot modify canceled or filled', 'order_over', 'fatal'],
  ['oo many open orders', 'too_many_open_orders', 'fatal'],
  ['Too many cumulative requests', 'action_budget_used_up', 'postpone'],
  ['Invalid leverage', 'leverage_out_of_range', 'fatal'],
  ['Cannot switch leverage type', 'leverage_type_fixed', 'fatal'],
  ['Cross margin is not allowed', 'cross_margin_refused', 'fatal'],
  ['available to decrease leverage', 'leverage_decrease_refused', 'fatal'],
  ['unified account', 'account_mode_unsupported', 'fatal'],
  ['Builder fee', 'builder_fee_refused', 'fatal'],
  ['Failed to deserialize', 'request_malformed', 'fatal'],
  ['Invalid asset', 'unknown_instrument', 'fatal'],
];

/** Reads a refusal. A text nobody has seen yet is `venue_rejected`. */
export function readRefusal(text: string): Refusal {
  const known = TEXTS.find(([part]) => text.includes(part));
  return known === undefined ? UNKNOWN : { code: known[1], verdict: known[2] };
}

/** Codes for the words `orderStatus` ends an order with. Source: official documentation, "query order status". */
const STATUS_WORDS: Readonly<Record<string, string>> = {
  canceled: 'canceled',
  marginCanceled: 'insufficient_margin',
  vaultWithdrawalCanceled: 'vault_withdrawal',
  openInterestCapCanceled: 'open_interest_capped',
  selfTradeCanceled: 'self_trade',
  reduceOnlyCanceled: 'reduce_only_would_increase',
  siblingFilledCanceled: 'sibling_filled',
  delistedCanceled: 'delisted',
  liquidatedCanceled: 'liquidated',
  scheduledCancel: 'scheduled_cancel',
  internalCancel: 'venue_internal',
  tickRejected: 'price_illegal',
  minTradeNtlRejected: 'below_minimum',
  perpMarginRejected: 'insufficient_margin',
  reduceOnlyRejected: 'reduce_only_would_increase',
  badAloPxRejected: 'post_only_would_match',
  iocCancelRejected: 'ioc_no_match',
  badTriggerPxRejected: 'trigger_price_invalid',
  marketOrderNoLiquidityRejected: 'no_liquidity',
  positionIncreaseAtOpenInterestCapRejected: 'open_interest_capped',
  positionFlipAtOpenInterestCapRejected: 'open_interest_capped',
  tooAggressiveAtOpenInterestCapRejected: 'open_interest_capped',
  openInterestIncreaseRejected: 'open_interest_capped',
  oracleRejected: 'price_too_far',
  perpMaxPositionRejected: 'position_too_large',
  tooManyOpenOrdersRejected: 'too_many_open_orders',
};

/** The code for a status word that ended an order; unknown words are `venue_rejected`. */
export const codeOfStatusWord = (word: string): string => STATUS_WORDS[word] ?? UNKNOWN.code;
