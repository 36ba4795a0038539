import type { Fault } from '../exchange/faults.ts';
import type { BookShape } from '../market/synthetic-book.ts';
import { isRecord } from '../wire/fields.ts';
import { CommandError } from '../../errors.ts';

/** A command that only tests, benches and the demo send; real clients never do. Unknown or malformed ones throw. */
export type ControlCommand =
  /** Deposits USDC, opening the account if needed; a negative amount takes it away. */
  | { type: 'fund'; address: string; usdc: string | number }
  /** Sets a coin's mark price, with everything that follows from it; answers `appliedAt`, by the clock of `orderLog`. */
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
  /** Pushes nothing on any WebSocket for a while; what happens meanwhile is lost to them. */
  | { type: 'freezeStreams'; durationMs: number }
  /** Changes the synthetic book of a coin. */
  | { type: 'setBook'; coin: string; book: Partial<BookShape> }
  | { type: 'setFundingRate'; coin: string; rate: string }
  /** Pays one hour of funding now. */
  | { type: 'payFunding' }
  /** Sets the oracle's price apart from the mark; with null they are one again. */
  | { type: 'setOracle'; coin: string; price: string | number | null }
  /** Takes a position, or `size` of it, from its owner at the mark. */
  | { type: 'deleverage'; address: string; coin: string; size?: string | number }
  /** Deregisters an account's agents and forgets their nonces, as the venue may once the account is empty. */
  | { type: 'pruneAgents'; address: string }
  /** Sets how many requests an address has sent so far, of those that its budget allows. */
  | { type: 'setRequests'; address: string; requests: number }
  /** Cancels all open orders of an account, as the venue may do by itself. */
  | { type: 'cancelAll'; address: string }
  /** Runs an account's scheduled cancel if its time has come by `nowMs`. */
  | { type: 'runScheduledCancel'; address: string; nowMs: number }
  /** The exchange requests received, see LoggedRequest. */
  | { type: 'orderLog'; sinceMs?: number; action?: string; limit?: number }
  | { type: 'clearOrderLog' }
  /** Starts to keep everything that happens, see HistoryEvent; `history` returns it. */
  | { type: 'recordHistory' | 'history' }
  /** Marks, account totals, and whether the prices have ended. */
  | { type: 'state' };

/** Reads a command from JSON. Throws CommandError for what is no command; fields are read as the command runs. */
export function parseCommand(body: unknown): ControlCommand {
  if (!isRecord(body) || typeof body['type'] !== 'string') throw new CommandError('not a control command');
  // Local tooling only: a wrong field fails where it is used.
  return body as unknown as ControlCommand; // oxlint-disable-line typescript/no-unsafe-type-assertion
}
