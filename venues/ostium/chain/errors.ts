import type { Result } from 'ethers';
import { VenueError, type Outcome } from '../../venue.ts';
import { REVERTS } from './abi.ts';
import { RpcRefusal } from './rpc.ts';

export type Failure = Exclude<Outcome<never>, { kind: 'confirmed' }>;

/** The stable code of a revert, and a text that helps a person. */
interface Meaning {
  code: string;
  text: string;
  /** True where the call may succeed in a moment, after something that the venue is doing. */
  passes?: true;
}

const MEANINGS: Record<string, Meaning> = {
  PairNotListed: { code: 'not_tradable', text: 'Ostium does not list the pair any more.' },
  NotDelegate: {
    code: 'wallet_not_approved',
    text: 'The trading key is not the delegate of the wallet: its owner has to call setDelegate.',
  },
  NoDelegate: { code: 'wallet_not_approved', text: 'The wallet has no delegate.' },
  DelegateForbidden: { code: 'delegate_forbidden', text: 'A delegate may not do this.' },
  ERC20InsufficientBalance: { code: 'no_margin', text: 'The wallet holds too little USDC.' },
  ERC20InsufficientAllowance: {
    code: 'allowance_missing',
    text: 'The wallet has not approved its USDC for TradingStorage: its owner has to approve it.',
  },
  BelowMinLevPos: { code: 'below_minimum', text: 'The trade is smaller than the pair allows.' },
  BelowFees: { code: 'below_minimum', text: 'The collateral would not pay the fees.' },
  AboveMaxAllowedCollateral: {
    code: 'above_maximum',
    text: 'The collateral is more than one trade may have.',
  },
  ExposureLimits: { code: 'open_interest_cap', text: 'Ostium takes no more of this pair now.' },
  WrongLeverage: { code: 'leverage_out_of_range', text: 'The pair does not allow this leverage.' },
  WrongTP: { code: 'trigger_price_invalid', text: 'The take profit is on the wrong side or too far away.' },
  WrongSL: { code: 'trigger_price_invalid', text: 'The stop is on the wrong side or too far away.' },
  WrongParams: { code: 'request_malformed', text: 'Ostium does not accept the order as it is written.' },
  NoTradeFound: { code: 'no_position', text: 'The trade is not open any more.' },
  TriggerPending: {
    code: 'trigger_pending',
    text: 'A stop or target of the trade is just being executed.',
    passes: true,
  },
  AlreadyMarketClosed: { code: 'close_pending', text: 'The trade is just being closed.', passes: true },
  MaxTradesPerPairReached: {
    code: 'limit_reached',
    text: 'The wallet has as many trades as a pair may have.',
  },
  MaxPendingMarketOrdersReached: { code: 'limit_reached', text: 'Too many orders of the wallet wait.' },
  WaitTimeout: { code: 'settlement_pending', text: 'The order may not be taken back yet.' },
  NoTradeToTimeoutFound: { code: 'order_unknown', text: 'The order is not waiting any more.' },
  IsPaused: { code: 'venue_paused', text: 'Ostium is paused.' },
  IsDone: { code: 'venue_paused', text: 'Ostium takes no orders any more.' },
};

/** Older tokens revert with a sentence instead of an error of their own. */
const SENTENCES: [RegExp, keyof typeof MEANINGS][] = [
  [/exceeds allowance/i, 'ERC20InsufficientAllowance'],
  [/exceeds balance/i, 'ERC20InsufficientBalance'],
];

/** Reads revert data; null when it holds none of the venue's errors. */
export function readRevert(data: string | null): { name: string; args: Result } | null {
  try {
    const parsed = data === null || data.length < 10 ? null : REVERTS.parseError(data);
    return parsed && { name: parsed.name, args: parsed.args };
  } catch {
    return null;
  }
}

/** Returns the failure of a call that was refused when it was tried. It was not sent, so nothing has happened. */
export function rejectionOf(refusal: RpcRefusal): Failure {
  const revert = readRevert(refusal.data);
  const words = wordsOf(refusal, revert);
  const spoken = SENTENCES.find(([pattern]) => pattern.test(words))?.[1];
  const meaning = MEANINGS[revert?.name ?? ''] ?? MEANINGS[spoken ?? ''];
  if (!meaning) return { kind: 'rejected', code: 'venue_rejected', text: words };
  const kind = meaning.passes ? 'denied' : 'rejected';
  return { kind, code: meaning.code, text: `${meaning.text} (${words})` };
}

const wordsOf = (refusal: RpcRefusal, revert: ReturnType<typeof readRevert>): string =>
  revert ? `${revert.name}(${revert.args.map(String).join(', ')})` : refusal.message;

/** Returns the failure of a command of which nothing was sent. Throws errors that are neither refusals nor `VenueError`. */
export function denialOf(error: unknown): Failure {
  if (error instanceof RpcRefusal) return rejectionOf(error);
  if (error instanceof VenueError) return { kind: 'denied', code: error.code, text: error.message };
  throw error;
}

/** Reasons why the callbacks cancelled an order. Source: `IOstiumTradingCallbacks.sol` (v1.2.4). */
const CANCEL_REASONS: [code: string, text: string][] = [
  ['venue_rejected', 'no reason given'],
  ['venue_paused', 'trading is paused'],
  ['market_closed', 'the market is closed'],
  ['ioc_no_match', 'the price moved past the allowed slippage'],
  ['ioc_no_match', 'the price is past the take profit already'],
  ['ioc_no_match', 'the price is past the stop already'],
  ['open_interest_cap', 'exposure limits are reached'],
  ['price_impact', 'the price impact would be too large'],
  ['leverage_out_of_range', 'the leverage is above the maximum'],
  ['no_position', 'the trade is not open any more'],
  ['no_margin', 'the trade would be under its liquidation price'],
  ['trigger_price_invalid', 'the price was not hit'],
  ['venue_rejected', 'the trade already gains or loses too much'],
  ['market_closed', 'day trading is closed'],
  ['market_closed', 'closing a day trade is not due'],
];

/** Returns the code and text of a cancel reason; an unknown one is told by its number. */
export function readCancelReason(reason: number): { code: string; text: string } {
  const [code, text] = CANCEL_REASONS[reason] ?? ['venue_rejected', `reason ${reason}`];
  return { code, text: `Ostium cancelled the order: ${text}.` };
}
