import type { AccountId, Symbol } from '#domain/ids.ts';
import type { VenueStream } from '#venues/venue.ts';
import type { WatchBook } from './watch-book.ts';

/** How long an instrument is listened to after an entry in it was announced; an entry takes less. */
const EXPECTED_MS = 120_000;

/** Subscriptions of a watcher at the venue's stream: those that its watches and expected watches need. */
export class Subscriptions {
  readonly #stream: VenueStream;
  readonly #watches: WatchBook;
  readonly #onLeft: (symbol: Symbol) => void;
  /** Instruments in which an entry is about to be sent, and until when they are listened to. */
  readonly #expected = new Map<Symbol, number>();
  #symbols: readonly Symbol[] = [];
  #unstreamed: readonly AccountId[] = [];

  /** `onLeft` is called with each instrument that is not listened to any more. */
  constructor(stream: VenueStream, watches: WatchBook, onLeft: (symbol: Symbol) => void) {
    this.#stream = stream;
    this.#watches = watches;
    this.#onLeft = onLeft;
  }

  /** Listens to an instrument before it has a watch. Returns whether that is new. */
  expect(symbol: Symbol, now: number): boolean {
    this.#expected.set(symbol, now + EXPECTED_MS);
    const isNew = !this.#symbols.includes(symbol);
    if (isNew) this.refresh(now);
    return isNew;
  }

  /** Updates the subscriptions after watches have come or gone. */
  refresh(now: number): void {
    for (const [symbol, until] of this.#expected) if (until <= now) this.#expected.delete(symbol);
    const symbols = [...new Set([...this.#watches.symbols(), ...this.#expected.keys()])];
    for (const symbol of this.#symbols) if (!symbols.includes(symbol)) this.#onLeft(symbol);
    this.#symbols = symbols;
    this.#stream.watchPrices(symbols);
    this.#unstreamed = this.#stream.watchFills(this.#watches.accounts());
  }

  /** Returns the accounts whose fills the stream brings. */
  streamed(): AccountId[] {
    const unstreamed = new Set(this.#unstreamed);
    return this.#watches.accounts().filter((accountId) => !unstreamed.has(accountId));
  }

  /** Returns the accounts beyond the stream's limit, whose fills must be asked for. */
  unstreamed(): readonly AccountId[] {
    return this.#unstreamed;
  }
}
