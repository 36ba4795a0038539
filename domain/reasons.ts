/**
 * Stable codes for every reason why a signal is not traded or an action is not done. The database, the API and tests
 * depend on the codes, so they are never renamed; the sentences may be improved.
 */
export const REFUSALS = {
  // on the way from a message to a signal
  malformed_message: 'The message cannot be read.',
  message_edited: 'The post was edited after it was read: its first text stands.',
  message_deleted: 'The post was deleted: it opens no trade, and a trade that was taken on it goes on.',
  edited_before_read: 'The post had been edited before it was first read, and edited posts are not traded.',
  posted_before_source: 'The post was there before the source was first read.',
  no_idea: 'The message proposes no trade.',
  follow_up_ignored:
    'The post is about an open trade of its author, and the agent does not follow such posts.',
  follow_up_unclear: 'The post is about an open trade of its author, and does not say about which.',
  no_open_trade: 'The post is about a trade of its author that is not open here.',
  trade_paused: 'A person has paused the trade.',
  conditional_call: 'The call waits for a price, and the agent holds no such calls.',
  opposite_call: 'The call is against an open trade of its author, which it closes.',
  call_withdrawn: 'A later post of its author ended the call before it was traded.',
  no_agent: 'No agent listens to the source of the message.',
  classifiers_disagree: 'Rules and language model read different trades in the message.',
  // the signal itself
  stale: 'The signal expired before it could be traded.',
  drifted: 'The price has moved too far from the one the signal was made at.',
  duplicate_signal: 'The agent already made this call for the instrument and side within six hours.',
  low_confidence: 'The confidence of the signal is below what the deployment accepts.',
  score_not_positive: 'The market score is zero or negative, and only positive scores are traded.',
  wrong_side_stop: 'The stop is not on the losing side of the entry price.',
  wrong_side_target: 'A take profit is not on the winning side of the entry price.',
  invalid_barriers: 'The exits of the signal cannot be read or contradict each other.',
  stop_unreadable: 'A stop is written that cannot be read as a price or a distance.',
  implausible_level: 'A level lies too far from the price to be meant.',
  stop_needed: 'Sizing by risk needs a stop to measure the risk by.',
  // what is traded, and where
  unknown_instrument: 'No venue lists the instrument.',
  ambiguous_symbol: 'The symbol can mean more than one instrument.',
  not_tradable: 'The venue has delisted the instrument or stopped trading in it.',
  no_venue: 'No venue can take the trade now.',
  venue_unhealthy: 'The venue is not answering as it should.',
  venue_unreachable: 'The venue has not been reached yet, so nobody knows what it lists.',
  venue_not_requested: 'The signal asks for another venue.',
  market_closed: 'The market of the instrument is closed.',
  no_price: 'The venue gives no current price for the instrument.',
  below_minimum: 'The order would be smaller than the venue accepts.',
  costlier: 'Another venue takes the trade for less.',
  // size and limits
  too_small: 'The size comes out below the smallest the venue accepts.',
  no_margin: 'The account has too little free margin for the smallest order.',
  stop_beyond_liquidation: 'The venue would liquidate the position before its stop.',
  no_equity: 'The account holds no funds to size the trade by.',
  limit_reached: 'The deployment already has as many open positions as its limits allow.',
  leverage_reached: 'The account already holds as much as the leverage of the deployment allows.',
  instrument_busy: 'The account already holds a position in the instrument.',
  exposure_reached: 'As much is open as the limit of exposure allows.',
  instrument_exposure_reached: 'As much is open in the instrument as its limit allows.',
  entry_rate_reached: 'As many entries were made in a minute as the limit allows.',
  daily_loss_reached: 'The losses of the day have reached their limit.',
  drawdown_reached: 'The profit has fallen from its highest by as much as the limit allows.',
  loss_streak: 'Too many trades have lost one after another.',
  stop_losses_reached: 'Too many stops have been hit in a short time.',
  entries_braked: 'Entries are stopped.',
  venue_braked: 'Entries at the venue are stopped.',
  // who trades
  account_mode_unsupported: 'The account holds its collateral in a way that is not traded here.',
  account_paused: 'The account is paused.',
  agent_paused: 'The agent is paused.',
  no_deployment: 'Nobody has deployed the agent.',
  deployment_paused: 'The deployment is paused.',
  deployment_ended: 'The deployment has been ended.',
  wallet_not_approved: 'The trading key is not approved for the wallet at the venue.',
  key_unreadable: 'The sealed trading key cannot be opened with the configured master key.',
  no_trading_key: 'The deployment has no trading key for the venue.',
  closed_before_entry: 'A person closed the trade before its entry was sent.',
  allowance_missing: 'The wallet has not approved its USDC for the venue.',
  no_gas: 'The trading key cannot pay for its transactions: it needs some ETH.',
  wrong_network: 'The node that is configured belongs to another chain.',
  // what the venue said
  venue_rejected: 'The venue rejected the order.',
  settlement_timeout: 'The venue took the order and did not fill it in its time; it was taken back.',
  entry_not_filled: 'The entry order found no match within the allowed slippage.',
  unprotected: 'The stop could not be placed, so the position was closed.',
} as const satisfies Record<string, string>;

export type RefusalCode = keyof typeof REFUSALS;

/**
 * Refusals that a repeated call meets again. Every other refusal can pass: a call that all deployments refused for
 * such reasons does not block the next call like it.
 */
export const LASTING_REFUSALS: readonly RefusalCode[] = [
  'low_confidence',
  'score_not_positive',
  'invalid_barriers',
  'stop_needed',
  'unknown_instrument',
  'ambiguous_symbol',
  'not_tradable',
  'venue_not_requested',
  'costlier',
  'closed_before_entry',
];

/** Reason why something was not done: the stable code, and a sentence that a person can act on. */
export interface Refusal<Code extends RefusalCode = RefusalCode> {
  code: Code;
  text: string;
}

/** The result of a rule: a value or a refusal. */
export type Ruling<Value, Code extends RefusalCode = RefusalCode> =
  | { ok: true; value: Value }
  | { ok: false; refusal: Refusal<Code> };

/** Returns a refusal with the code's own sentence, followed by the particulars of this case. */
export function refusal<Code extends RefusalCode>(code: Code, particulars?: string): Refusal<Code> {
  return { code, text: particulars === undefined ? REFUSALS[code] : `${REFUSALS[code]} ${particulars}` };
}

export const accept = <Value>(value: Value): { ok: true; value: Value } => ({ ok: true, value });

export const refuse = <Code extends RefusalCode>(
  code: Code,
  particulars?: string,
): { ok: false; refusal: Refusal<Code> } => ({ ok: false, refusal: refusal(code, particulars) });

export const isRefusalCode = (text: string): text is RefusalCode => Object.hasOwn(REFUSALS, text);
