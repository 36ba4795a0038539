/** The code of a refusal in words that nobody has seen yet. */
const UNKNOWN = 'venue_rejected';

/**
 * Parts of the venue's texts, and the code of each. They are matched by substring, because live texts carry more than
 * the documentation shows (perp order errors end in ` asset=<id>`). The first match counts, so the narrower comes first.
 * Texts: official documentation, "error responses", "nonces and API wallets"; the ccxt exception table.
 */
const TEXTS: readonly [part: string, code: string][] = [
  ['duplicate nonce', 'nonce_duplicate'],
  ['nonce too low', 'nonce_too_low'],
  ['nonce too high', 'nonce_too_high'],
  ['Invalid nonce', 'nonce_invalid'],
  ['does not exist', 'signer_unknown'],
  ['Must deposit before', 'account_empty'],
  ['Unable to recover signer', 'signature_invalid'],
  ['could not immediately match', 'ioc_no_match'],
  ['No liquidity available', 'no_liquidity'],
  ['Insufficient margin', 'insufficient_margin'],
  ['minimum value', 'below_minimum'],
  ['divisible by tick size', 'price_illegal'],
  ['invalid price', 'price_illegal'],
  ['invalid size', 'size_illegal'],
  ['zero size', 'size_illegal'],
  ['too far from oracle', 'price_too_far'],
  ['away from the reference price', 'price_too_far'],
  ['Reduce only order would increase', 'reduce_only_would_increase'],
  ['TP/SL orders must be reduce', 'trigger_not_reduce_only'],
  ['Invalid TP/SL price', 'trigger_price_invalid'],
  // For two or three minutes after the venue was upgraded. Source: hummingbot issues 6730 and 6800.
  ['Only post-only orders', 'post_only_mode'],
  ['Post only order would have', 'post_only_would_match'],
  ['open interest', 'open_interest_capped'],
  ['margin tier limit', 'position_too_large'],
  ['never placed, already canceled, or filled', 'order_over'],
  ['Cannot modify canceled or filled', 'order_over'],
  ['oo many open orders', 'too_many_open_orders'],
  ['Too many cumulative requests', 'action_budget_used_up'],
  ['Invalid leverage', 'leverage_out_of_range'],
  ['Cannot switch leverage type', 'leverage_type_fixed'],
  ['Cross margin is not allowed', 'cross_margin_refused'],
  ['available to decrease leverage', 'leverage_decrease_refused'],
  ['unified account', 'account_mode_unsupported'],
  ['Builder fee', 'builder_fee_refused'],
  ['Failed to deserialize', 'request_malformed'],
  ['Invalid asset', 'unknown_instrument'],
];

/** Returns the code of a refusal in the venue's words; `venue_rejected` for a text that is not known. */
export const codeOfRefusal = (text: string): string =>
  TEXTS.find(([part]) => text.includes(part))?.[1] ?? UNKNOWN;

/** The codes of the words with which `orderStatus` says that an order has ended. Source: official documentation, "query order status". */
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

/** Returns the code of a status word that ended an order; `venue_rejected` for a word that is not known. */
export const codeOfStatusWord = (word: string): string => STATUS_WORDS[word] ?? UNKNOWN;
