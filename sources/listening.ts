import type { SourceError } from './errors.ts';
import type { Delivery, PollResult, Source, SourceIdentity } from './source.ts';

/** A source as its listener knows it. */
export interface ListenedAccount<Options extends object = object> {
  id: string;
  handle: string;
  /** As the source's schema returned them. */
  options: Options;
  /** The opened token; null where none is stored. */
  secret: string | null;
  /** The source's own id of the account; null until it is known. */
  externalId: string | null;
}

/** What a listener hears of one account. */
export interface HeardDelivery extends Delivery {
  identity?: SourceIdentity;
  spent?: PollResult['spent'];
}

export interface ListenRequest<Options extends object = object> {
  /** Accounts of one connection; with others, listening begins anew. */
  accounts: readonly ListenedAccount<Options>[];
  /** Resolves once the delivery is stored. What it throws ends the listening, and the source delivers it again. */
  deliver: (accountId: string, delivery: HeardDelivery) => Promise<void>;
  /** Says that one account cannot be heard, while the others are. */
  refuse: (accountId: string, error: SourceError) => Promise<void>;
  /** Says that posts may have been missed: the accounts are polled now. */
  catchUp: (accountIds: readonly string[]) => Promise<void>;
  /** Says that the connection works. */
  alive: () => void;
  signal: AbortSignal;
}

/** A kind of source whose messages come over a connection that many accounts share. */
export interface ListeningSource<Options extends object = object> extends Source<Options> {
  /**
   * Returns the name of the connection that an account is heard over, or null while it is not to be heard. Accounts with
   * one name share it. It holds no secret.
   */
  connectionOf(account: ListenedAccount<Options>): string | null;
  /**
   * Delivers what it hears until `signal` ends it. Throws a `SourceError` when the connection fails; it is then made
   * again after ever longer pauses. Only one process listens to a connection at a time.
   */
  listen(request: ListenRequest<Options>): Promise<void>;
}

export const isListening = (source: Source): source is ListeningSource => 'listen' in source;
