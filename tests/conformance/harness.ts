import type { Symbol, VenueName } from '#domain/ids.ts';
import type { TradingAccount, TradingSigner, Venue } from '#venues/venue.ts';

/** A fault, named for every venue alike. Unless its comment says otherwise, it strikes once, at the next chance. */
export type FaultName =
  /** The command takes effect and its answer never comes. */
  | 'answer_lost'
  /** The line breaks before the command has been read. */
  | 'command_lost'
  /** An entry finds only half of its size. */
  | 'partial_fill'
  /** The venue asks for fewer requests. */
  | 'too_many_requests'
  /** Until healed, the venue answers reads with a server error. */
  | 'reads_fail'
  /** Live connections break. */
  | 'stream_lost';

/** A venue's sandbox with its adapter, as the conformance cases use them. */
export interface VenueHarness {
  readonly name: VenueName;
  /** The adapter; `restart` replaces it. */
  readonly venue: Venue;
  /** The instrument traded, open at all times, with a spread under 0.1 %. */
  readonly symbol: Symbol;
  /** The price it has when a case begins. */
  readonly price: number;
  /** A usual size worth between 100 and 2,000 USD, of which a half is legal too. */
  readonly size: string;
  /** Reasons of the faults that cannot happen at this venue. */
  readonly cannot: Partial<Record<FaultName, string>>;
  /** Why this machine's clock does not matter to the venue; null where nonces are times. */
  readonly noClock: string | null;
  /** A new account holding this much, and a key that may trade for it. */
  openAccount(usdc: string): Promise<TradingAccount>;
  /** Returns a signer whose key was never approved. */
  stranger(): TradingSigner;
  /** Returns a nonce above all earlier ones; a time where the venue wants times. */
  nextNonce(): number;
  setPrice(price: number): Promise<void>;
  inject(fault: FaultName): Promise<void>;
  heal(): Promise<void>;
  /** Ends the adapter and makes a new one without any state of the first. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}
