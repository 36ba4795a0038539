import type { VenueName } from '#domain/ids.ts';
import type { Refusal } from '#domain/reasons.ts';

/** The checks of an entry, in the order in which they are made. */
export const CHECKS = {
  call: 'the agent has not made the call within six hours',
  standing: 'signal, agent and deployment are live',
  brakes: 'no brake holds entries, and not too many were made in a minute',
  market: 'the venue has a key, lists the instrument, is open and gives a price',
  drift: 'the price is near the one the call was made at',
  key: 'the venue lets the trading key trade for the wallet',
  account: 'the venue says what the account holds',
  instrument: 'the account holds nothing in the instrument',
  exits: 'stop and targets fit the price',
  size: 'score, limits, margin and minimum leave a size',
  room: 'other trades leave room in the account',
} as const;
export type CheckName = keyof typeof CHECKS;

/** One check with what was found. */
export interface Check {
  name: CheckName;
  /** Null for a check that is not about a venue. */
  venue: VenueName | null;
  /** Null when it was passed. */
  refusal: Refusal | null;
}

/** Is told of each check of a decision, as it is made. */
export type NoteCheck = (check: Check) => void;

/** An order is waiting: nobody reads the checks. */
export const noteNothing: NoteCheck = () => undefined;
