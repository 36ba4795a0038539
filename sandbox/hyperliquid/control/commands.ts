import type { FeeRates } from '../accounts/fee-rates.ts';
import type { Fault } from '../exchange/faults.ts';
import type { BookShape } from '../market/synthetic-book.ts';
import { isRecord } from '../wire/fields.ts';
import { CommandError } from '../../errors.ts';

/** A candle of the past; `startMs` in epoch ms, volume in coins. */
export interface PastCandle {
  startMs: number;
  open: string | number;
  high: string | number;
  low: string | number;
  close: string | number;
  volume: string | number;
}

/** A command that only tests, benches and the demo send; real clients never do. Unknown or malformed ones throw. */
export type ControlCommand =
  /** Deposits USDC and opens the account if needed. A negative amount is withdrawn. */
  | { type: 'fund'; address: string; usdc: string | number }
  /** Sets a coin's mark price with all its effects. Returns `appliedAt`, by the clock of `orderLog`. */
  | { type: 'setPrice'; coin: string; price: string | number }
  /** Sets several prices one after the other. */
  | { type: 'setPrices'; prices: { coin: string; price: string | number }[] }
  /** Stops and restarts the feed; nothing is skipped. */
  | { type: 'pausePrices' | 'resumePrices' }
  /** Arms a fault (see FaultKind and FaultMatch). */
  | { type: 'fault'; fault: Fault }
  | { type: 'clearFaults' }
  /** Cuts all WebSocket connections. */
  | { type: 'dropSockets' }
  /** Sends nothing on any WebSocket for a while. Changes of that time are never sent. */
  | { type: 'freezeStreams'; durationMs: number }
  /** Changes the synthetic book of a coin. */
  | { type: 'setBook'; coin: string; book: Partial<BookShape> }
  | { type: 'setFundingRate'; coin: string; rate: string }
  /**
   * Puts candles of the past before those of the coin. Each is kept as the bar of the minute in which it starts; the
   * volume of those of the last day counts as traded.
   */
  | { type: 'addCandles'; coin: string; candles: PastCandle[] }
  /** Pays one hour of funding now. */
  | { type: 'payFunding' }
  /** Sets an oracle price that differs from the mark. With null the oracle price is the mark again. */
  | { type: 'setOracle'; coin: string; price: string | number | null }
  /** Takes a position, or `size` of it, from its owner at the mark. */
  | { type: 'deleverage'; address: string; coin: string; size?: string | number }
  /** Deregisters an account's agents and forgets their nonces, as the venue may once the account is empty. */
  | { type: 'pruneAgents'; address: string }
  /** Sets what an account pays from now on; `userFees` says so. */
  | { type: 'setFeeRates'; address: string; rates: Partial<FeeRates> }
  /** Sets how many requests an address has used of its budget. */
  | { type: 'setRequests'; address: string; requests: number }
  /** Cancels all open orders of an account, as the venue may do by itself. */
  | { type: 'cancelAll'; address: string }
  /** Runs an account's scheduled cancel if its time has come by `nowMs`. */
  | { type: 'runScheduledCancel'; address: string; nowMs: number }
  /** The exchange requests received, see LoggedRequest. */
  | { type: 'orderLog'; sinceMs?: number; action?: string; limit?: number }
  | { type: 'clearOrderLog' }
  /** `recordHistory` starts to record every event, `history` returns the events. See HistoryEvent. */
  | { type: 'recordHistory' | 'history' }
  /** Marks, account totals, and whether the prices have ended. */
  | { type: 'state' };

/** Reads a command from JSON. Throws CommandError if it has no type. Its fields are checked when it runs. */
export function parseCommand(body: unknown): ControlCommand {
  if (!isRecord(body) || typeof body['type'] !== 'string') throw new CommandError('not a control command');
  // Only local tools send commands, so a wrong field may fail later, where it is used.
  return body as unknown as ControlCommand; // oxlint-disable-line typescript/no-unsafe-type-assertion
}
