import type { AccountId, Symbol } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { PriceTick, Venue, VenueFill, VenueStream } from '#venues/venue.ts';
import type { TradingDeps } from '../deps.ts';
import type { BarRecorder } from './bar-recorder.ts';
import { Subscriptions } from './subscriptions.ts';
import type { WatchBook } from './watch-book.ts';

/** Receives events of the venue's stream. */
export interface FeedEvents {
  onPrice(tick: PriceTick): void;
  onFills(accountId: AccountId, fills: readonly VenueFill[]): void;
  onUp(): void;
  /** `lastPriceAt` returns when the last price of an instrument came, in epoch ms; the present where none has come. */
  onDown(lastPriceAt: (symbol: Symbol) => number): void;
}

/** The stream of one venue: its subscriptions, the last price of each instrument, and the bars of these prices. */
export class PriceFeed {
  readonly subscriptions: Subscriptions;
  readonly #deps: Pick<TradingDeps, 'now' | 'logger'>;
  readonly #venue: Venue;
  readonly #bars: BarRecorder;
  readonly #events: FeedEvents;
  readonly #stream: VenueStream;
  /** Empty while the stream is down. */
  readonly #lastTick = new Map<Symbol, PriceTick>();
  #lastTickAt: number | null = null;
  #isUp = false;

  constructor(
    deps: Pick<TradingDeps, 'now' | 'logger'>,
    { venue, watches, bars }: { venue: Venue; watches: WatchBook; bars: BarRecorder },
    events: FeedEvents,
  ) {
    this.#deps = deps;
    this.#venue = venue;
    this.#bars = bars;
    this.#events = events;
    this.#stream = venue.market.stream({
      onPrice: (tick) => this.#onPrice(tick),
      onFills: (accountId, fills) => events.onFills(accountId, fills),
      onUp: () => this.#onUp(),
      onDown: (reason) => this.#onDown(reason),
    });
    this.subscriptions = new Subscriptions(this.#stream, watches, (symbol) => {
      bars.breakOff(symbol);
      this.#lastTick.delete(symbol);
    });
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** When the last price of any instrument came, in epoch ms. */
  get lastTickAt(): number | null {
    return this.#lastTickAt;
  }

  /** Returns the price of now; undefined while the stream is down, and before the first price. */
  priceOf(symbol: Symbol): DecimalString | undefined {
    return this.#lastTick.get(symbol)?.price;
  }

  /** Ends the bar of an instrument, so that later prices can be told from those before a watch was armed. */
  cutBar(symbol: Symbol): void {
    this.#bars.cut(symbol);
    const last = this.#lastTick.get(symbol);
    if (last) this.#bars.add({ ...last, t: this.#deps.now() });
  }

  close(): Promise<void> {
    return this.#stream.close();
  }

  /** Stamps a price by the clock that all processes share, instead of the clock of this process. */
  #onPrice({ symbol, price }: PriceTick): void {
    const tick = { symbol, price, t: this.#deps.now() };
    this.#lastTick.set(symbol, tick);
    this.#lastTickAt = tick.t;
    this.#bars.add(tick);
    this.#events.onPrice(tick);
  }

  #onUp(): void {
    this.#isUp = true;
    this.#events.onUp();
  }

  #onDown(reason: string): void {
    this.#deps.logger.warn({ venue: this.#venue.name, reason }, 'price stream down');
    const now = this.#deps.now();
    if (this.#isUp) this.#events.onDown((symbol) => this.#lastTick.get(symbol)?.t ?? now);
    this.#isUp = false;
    this.#lastTick.clear();
    this.#bars.breakOff();
  }
}
