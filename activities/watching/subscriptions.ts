import type { AccountId, Symbol } from '#domain/ids.ts';
import type { VenueStream } from '#venues/venue.ts';
import type { WatchBook } from './watch-book.ts';

/** How long an instrument is listened to after an entry in it was announced: longer than an entry takes to conclude. */
const EXPECTED_MS = 120_000;

/** What a watcher asks the stream of its venue for: no more than its watches, and those about to come, need. */
export class Subscriptions {
  readonly #stream: VenueStream;
  readonly #watches: WatchBook;
  readonly #onLeft: (symbol: Symbol) => void;
  /** Instruments that a trade is being opened in, and until when they are waited for. */
  readonly #expected = new Map<Symbol, number>();
  #symbols: readonly Symbol[] = [];
  #unstreamed: readonly AccountId[] = [];

  /** `onLeft` hears of every instrument whose prices are not asked for any more. */
  constructor(stream: VenueStream, watches: WatchBook, onLeft: (symbol: Symbol) => void) {
    this.#stream = stream;
    this.#watches = watches;
    this.#onLeft = onLeft;
  }

  /** Asks for prices before the watch that needs them is there. Answers whether they were not asked for so far. */
  expect(symbol: Symbol, now: number): boolean {
    this.#expected.set(symbol, now + EXPECTED_MS);
    const isNew = !this.#symbols.includes(symbol);
    if (isNew) this.refresh(now);
    return isNew;
  }

  /** To be called when watches have come or gone. */
  refresh(now: number): void {
    for (const [symbol, until] of this.#expected) if (until <= now) this.#expected.delete(symbol);
    const symbols = [...new Set([...this.#watches.symbols(), ...this.#expected.keys()])];
    for (const symbol of this.#symbols) if (!symbols.includes(symbol)) this.#onLeft(symbol);
    this.#symbols = symbols;
    this.#stream.watchPrices(symbols);
    this.#unstreamed = this.#stream.watchFills(this.#watches.accounts());
  }

  /** Accounts whose fills the stream brings. */
  streamed(): AccountId[] {
    const unstreamed = new Set(this.#unstreamed);
    return this.#watches.accounts().filter((accountId) => !unstreamed.has(accountId));
  }

  /** Accounts past what the stream takes: they have to be asked. */
  unstreamed(): readonly AccountId[] {
    return this.#unstreamed;
  }
}
