import { setTimeout as delay } from 'node:timers/promises';
import type { Symbol } from '#domain/ids.ts';
import { createChangeListener } from '#prisma/change-listener.ts';
import { listClosing } from '#prisma/repositories/trades.ts';
import { readAnnouncement, WATCH_CHANNEL } from '#prisma/repositories/watch-announcements.ts';
import type { WatchRecord } from '#prisma/repositories/watch-record.ts';
import { createLimited } from '#process/limited.ts';
import type { Venue } from '#venues/venue.ts';
import type { TradeMessenger } from '../deps.ts';
import type { ExecutionDeps } from '../execution/context.ts';
import { adoptWatch } from './adopt-watch.ts';
import { createAccountFills } from './account-fills.ts';
import { BackgroundWork } from './background-work.ts';
import { createBarRecorder } from './bar-recorder.ts';
import { createCatchUp } from './catch-up.ts';
import { createChangeReader } from './change-reader.ts';
import { createCheckpoint } from './checkpoint.ts';
import type { LiveWatch } from './live-watch.ts';
import { createPatientMessenger } from './patient-messenger.ts';
import { PriceFeed } from './price-feed.ts';
import { WatchActions } from './watch-actions.ts';
import { WatchBook } from './watch-book.ts';
import type { WatcherHealth } from './watcher-health.ts';
import { PACE } from './pace.ts';
import { createWatchOrders } from './watch-orders.ts';

export interface WatcherDeps extends ExecutionDeps {
  databaseUrl: string;
  messenger: TradeMessenger;
  /** Asks for a comparison of every account with its venue. */
  askToReconcile: () => Promise<void>;
}

/**
 * Watches every armed trade of one venue until `signal` aborts, and alone listens to the venue's prices. A successor
 * takes over from the database and the venue.
 */
export async function watchVenue(
  deps: WatcherDeps,
  venue: Venue,
  { signal, beat }: { signal: AbortSignal; beat: (details: WatcherHealth) => void },
): Promise<void> {
  const watcher = new Watcher(deps, venue);
  try {
    await watcher.run(signal, beat);
  } finally {
    await watcher.close();
  }
}

/** Connects the parts of a watcher: changed watches and prices come in, actions go out. */
class Watcher {
  readonly #deps: WatcherDeps;
  readonly #venue: Venue;
  readonly #work: BackgroundWork;
  readonly #watches = new WatchBook();
  readonly #messenger;
  readonly #orders;
  readonly #bars;
  readonly #listener;
  readonly #changes;
  readonly #checkpoint;
  readonly #fills;
  readonly #feed: PriceFeed;
  readonly #catchUp;
  readonly #actions: WatchActions;
  #hasTakenOver = false;
  #wake: () => void = () => undefined;

  constructor(deps: WatcherDeps, venue: Venue) {
    const watches = this.#watches;
    const exits = createLimited(PACE.exitsAtOnce);
    const work = new BackgroundWork(deps.logger, venue.name);
    this.#deps = deps;
    this.#venue = venue;
    this.#work = work;
    this.#messenger = createPatientMessenger(deps.messenger, (error) => work.warn('tell workflow', error));
    const telling = { ...deps, messenger: this.#messenger };
    this.#orders = createWatchOrders(telling, venue.name);
    this.#bars = createBarRecorder(deps.db, venue.name);
    this.#fills = createAccountFills(telling, venue, watches, exits);
    this.#catchUp = createCatchUp(deps, venue, watches, this.#bars, (watch) =>
      this.#actions.resumeExit(watch),
    );
    this.#listener = createChangeListener(deps.databaseUrl, WATCH_CHANNEL, (payload) =>
      this.#onNotification(payload),
    );
    this.#changes = createChangeReader(deps.db, venue.name, deps.now);
    this.#checkpoint = createCheckpoint(deps, venue.name, watches);
    this.#actions = new WatchActions({
      ...telling,
      venue: venue.name,
      watches,
      orders: this.#orders,
      fills: this.#fills,
      changes: this.#changes,
      exits,
      work,
      priceOf: (symbol) => this.#feed.priceOf(symbol),
      adopt: (record) => this.#adoptChanges([record]),
      expectFills: (watch) => this.#askUnstreamedFills(watch),
    });
    this.#feed = new PriceFeed(
      deps,
      { venue, watches, bars: this.#bars },
      {
        onPrice: ({ symbol, price, t }) => {
          for (const { watch, verdict } of watches.feed(symbol, price, t))
            this.#actions.dispatch(watch, verdict);
        },
        onFills: (accountId, fills) => work.start('book fills', this.#fills.book(accountId, fills)),
        onUp: () => this.#onStreamUp(),
        onDown: (lastPriceAt) => this.#catchUp.oweSince(lastPriceAt),
      },
    );
  }

  async run(signal: AbortSignal, beat: (details: WatcherHealth) => void): Promise<void> {
    await this.#takeOver();
    const timers = this.#timers(beat).map(([intervalMs, tick]) => setInterval(tick, intervalMs));
    try {
      while (!signal.aborted) {
        await this.#nextChange(signal);
        await this.#readChanges();
      }
    } finally {
      for (const timer of timers) clearInterval(timer);
    }
  }

  async close(): Promise<void> {
    await this.#feed.close();
    await this.#listener.close();
    await Promise.allSettled([this.#work.settled(), this.#bars.flush()]);
  }

  /** Everything that is done at intervals. */
  #timers(beat: (details: WatcherHealth) => void): [intervalMs: number, tick: () => void][] {
    const work = this.#work;
    const { subscriptions } = this.#feed;
    const isUpToDate = () => this.#feed.isUp && !this.#catchUp.isBehind;
    return [
      [PACE.housekeepingMs, () => this.#housekeep(beat)],
      [PACE.barFlushMs, () => work.start('flush bars', this.#bars.flush())],
      [PACE.tellAgainMs, () => work.start('tell workflows', this.#messenger.deliverOwed())],
      [PACE.catchUpMs, () => this.#startCatchUp()],
      [PACE.fillsPollMs, () => work.start('poll fills', this.#fills.ask(subscriptions.streamed()))],
      [
        PACE.unstreamedFillsPollMs,
        () => work.start('poll fills', this.#fills.askNext(subscriptions.unstreamed())),
      ],
      [PACE.checkpointMs, () => work.start('checkpoint', this.#checkpoint(isUpToDate()))],
    ];
  }

  #housekeep(beat: (details: WatcherHealth) => void): void {
    beat({
      watches: this.#watches.size,
      streamUp: this.#feed.isUp,
      behind: this.#catchUp.isBehind,
      lastTickAt: this.#feed.lastTickAt,
      changesSeenAfterMs: this.#changes.lag(),
    });
    this.#actions.judgeDue();
    // Without the listener, changes are only read at the next poll.
    this.#work.start('listen for watches', this.#listener.ensure());
  }

  /** Adopts every trade that is to be watched now. */
  async #takeOver(): Promise<void> {
    this.#work.start('listen for watches', this.#listener.ensure());
    this.#adoptChanges(await this.#changes.current());
    this.#hasTakenOver = true;
    // A watcher that died after its closing order may not have reported it. A second report does no harm.
    for (const { trade, reason } of await listClosing(this.#deps.db, this.#venue.name))
      this.#work.start('report the exit', this.#messenger.exitStarted(trade, reason));
  }

  #onNotification(notification: string): void {
    const announced = readAnnouncement(notification);
    if (announced === null) this.#wake();
    else if (announced.venue === this.#venue.name && this.#hasTakenOver) this.#expectPrices(announced.symbol);
  }

  /** Listens to an instrument in which an entry is about to be sent. */
  #expectPrices(symbol: Symbol): void {
    if (this.#feed.subscriptions.expect(symbol, this.#deps.now()))
      this.#work.start('look back', this.#catchUp.lookBack(symbol));
  }

  /** Wakes on a notification, and in any case after the poll interval. */
  async #nextChange(signal: AbortSignal): Promise<void> {
    const woken = new Promise<void>((resolve) => (this.#wake = resolve));
    await Promise.race([woken, delay(PACE.changesPollMs, undefined, { signal }).catch(() => undefined)]);
  }

  /** Watches armed since the last reading are owed the prices since then, which therefore stay remembered. */
  async #readChanges(): Promise<void> {
    const now = this.#deps.now();
    try {
      this.#adoptChanges(await this.#changes.changes());
      this.#bars.rememberFrom(now);
    } catch (error) {
      this.#work.warn('read watches', error);
    }
  }

  #adoptChanges(records: readonly WatchRecord[]): void {
    if (records.length === 0) return;
    const added: LiveWatch[] = [];
    for (const record of records) {
      const adopted = adoptWatch(this.#watches, record);
      // Its end may have been booked by a watcher that died before it could report that.
      if (adopted === 'flat') this.#work.start('report the end', this.#messenger.fillsBooked(record));
      else if (adopted) added.push(adopted);
    }
    this.#feed.subscriptions.refresh(this.#deps.now());
    for (const symbol of new Set(added.map(({ record }) => record.symbol))) {
      this.#feed.cutBar(symbol);
      this.#orders.prepare(symbol);
    }
    for (const watch of added) this.#catchUp.oweSinceArmed(watch);
    if (added.length > 0) this.#startCatchUp();
  }

  #onStreamUp(): void {
    this.#fills.restart();
    this.#startCatchUp();
    this.#work.start('poll fills', this.#fills.ask(this.#feed.subscriptions.streamed()));
    // While the venue was out of reach, it may have closed, liquidated or cancelled.
    this.#work.start('ask to reconcile', this.#deps.askToReconcile());
  }

  /** Makes up for prices that went by. Waits for the stream, because nothing is fired without a price of now. */
  #startCatchUp(): void {
    if (this.#feed.isUp && this.#catchUp.isBehind) this.#work.start('catch up', this.#catchUp.settle());
  }

  #askUnstreamedFills({ record: { accountId } }: LiveWatch): void {
    if (this.#feed.subscriptions.unstreamed().includes(accountId))
      this.#work.start('ask fills', this.#fills.ask([accountId]));
  }
}
