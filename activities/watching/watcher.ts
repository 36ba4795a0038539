import type { TradeMessenger } from '../deps.ts';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExitReason } from '#domain/barriers.ts';
import type { Symbol } from '#domain/ids.ts';
import { amount } from '#domain/money.ts';
import { listClosing } from '#prisma/repositories/trades.ts';
import { readAnnouncement, WATCH_CHANNEL, type WatchRecord } from '#prisma/repositories/watches.ts';
import type { PriceTick, Venue, VenueStream } from '#venues/venue.ts';
import type { ExecutionDeps } from '../execution/context.ts';
import { createAccountFills } from './account-fills.ts';
import { createBarRecorder } from './bar-recorder.ts';
import { createCatchUp } from './catch-up.ts';
import { createCheckpoint } from './checkpoint.ts';
import { afterExits, SETTLING_WAITS_MS } from './after-exits.ts';
import { createChangeListener } from '#prisma/change-listener.ts';
import { createChangeReader } from './change-reader.ts';
import { createLimited } from '#process/limited.ts';
import { newLiveWatch, updateLiveWatch, type LiveWatch, type Verdict } from './live-watch.ts';
import { createPatientMessenger } from './patient-messenger.ts';
import { Subscriptions } from './subscriptions.ts';
import { WatchBook } from './watch-book.ts';
import type { WatcherHealth } from './watcher-health.ts';
import { createWatchOrders, WatchChangedError } from './watch-orders.ts';

export interface WatcherDeps extends ExecutionDeps {
  databaseUrl: string;
  messenger: TradeMessenger;
  /** Has every account compared with its venue soon. */
  askToReconcile: () => Promise<void>;
}

const CHANGES_POLL_MS = 250;
const HOUSEKEEPING_MS = 250;
const BAR_FLUSH_MS = 1_000;
const TELL_AGAIN_MS = 1_000;
const CATCH_UP_MS = 1_000;
const FILLS_POLL_MS = 30_000;
/** Accounts the venue streams no fills for are asked in turns, one each time. */
const UNSTREAMED_FILLS_POLL_MS = 3_000;
const CHECKPOINT_MS = 600_000;
/**
 * Orders on their way at once: more would only wait for a connection to the database. A stop is moved under the lock of
 * its trade, which holds one connection while it needs another.
 */
const EXITS_AT_ONCE = 12;
const MOVES_AT_ONCE = 4;
/** How long after an order about a trade failed the next is tried. What only moves a stop must not use up the budget. */
const RETRY_MS = { exit: 500, moveStop: 5_000, takeProfit: 1_000, review: 500 } as const;
/** An order that is refused again and again is sent ever more rarely, down to this. An exit does not wait. */
const LONGEST_RETRY_MS = 60_000;

/**
 * Watches every armed trade of one venue until `signal` aborts. Whoever runs this owns the venue's prices;
 * everything it needs to take over from a predecessor is in the books and at the venue.
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

/** A verdict that takes an order or a message. */
type Action = Exclude<Verdict, { do: 'nothing' } | { do: 'expectFills' }>;

class Watcher {
  readonly #deps: WatcherDeps;
  readonly #venue: Venue;
  readonly #messenger;
  readonly #orders;
  readonly #bars;
  readonly #listener;
  readonly #changes;
  readonly #checkpoint;
  readonly #watches = new WatchBook();
  readonly #fills;
  readonly #catchUp;
  readonly #exits = createLimited(EXITS_AT_ONCE);
  readonly #moves = createLimited(MOVES_AT_ONCE);
  readonly #stream: VenueStream;
  readonly #subscriptions: Subscriptions;
  /** The price of now; none while the stream is down. */
  readonly #lastTick = new Map<Symbol, PriceTick>();
  #lastTickAt: number | null = null;
  #streamUp = false;
  #hasTakenOver = false;
  #wake: () => void = () => undefined;
  /** Work started by stream events; awaited on the way out. */
  readonly #pending = new Set<Promise<unknown>>();

  constructor(deps: WatcherDeps, venue: Venue) {
    this.#deps = deps;
    this.#venue = venue;
    this.#messenger = createPatientMessenger(deps.messenger, (error) => this.#warn('tell workflow', error));
    const telling = { ...deps, messenger: this.#messenger };
    this.#orders = createWatchOrders(telling, venue.name);
    this.#bars = createBarRecorder(deps.db, venue.name);
    this.#fills = createAccountFills(telling, venue, this.#watches, this.#exits);
    this.#catchUp = createCatchUp(deps, venue, this.#watches, this.#bars, (watch) => this.#goOn(watch));
    this.#listener = createChangeListener(deps.databaseUrl, WATCH_CHANNEL, (payload) => this.#hear(payload));
    this.#changes = createChangeReader(deps.db, venue.name, deps.now);
    this.#checkpoint = createCheckpoint(deps, venue.name, this.#watches);
    this.#stream = venue.market.stream({
      onPrice: (tick) => this.#onPrice(tick),
      onFills: (accountId, fills) => this.#start('book fills', this.#fills.book(accountId, fills)),
      onUp: () => this.#onUp(),
      onDown: (reason) => this.#onDown(reason),
    });
    this.#subscriptions = new Subscriptions(this.#stream, this.#watches, (symbol) => {
      this.#bars.breakOff(symbol);
      this.#lastTick.delete(symbol);
    });
  }

  async run(signal: AbortSignal, beat: (details: WatcherHealth) => void): Promise<void> {
    await this.#takeOver();
    const timers = [
      every(HOUSEKEEPING_MS, () => this.#housekeep(beat)),
      every(BAR_FLUSH_MS, () => this.#start('flush bars', this.#bars.flush())),
      every(TELL_AGAIN_MS, () => this.#start('tell workflows', this.#messenger.deliverOwed())),
      every(CATCH_UP_MS, () => this.#settle()),
      every(FILLS_POLL_MS, () => this.#start('poll fills', this.#fills.ask(this.#subscriptions.streamed()))),
      every(UNSTREAMED_FILLS_POLL_MS, () =>
        this.#start('poll fills', this.#fills.askNext(this.#subscriptions.unstreamed())),
      ),
      every(CHECKPOINT_MS, () =>
        this.#start('checkpoint', this.#checkpoint(this.#streamUp && !this.#catchUp.isBehind)),
      ),
    ];
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
    await this.#stream.close();
    await this.#listener.close();
    await Promise.allSettled([...this.#pending, this.#bars.flush()]);
  }

  /** Watches armed since the last reading are owed the prices since, which therefore stay remembered. */
  async #readChanges(): Promise<void> {
    const now = this.#deps.now();
    try {
      this.#adopt(await this.#changes.changes());
      this.#bars.rememberFrom(now);
    } catch (error) {
      this.#warn('read watches', error);
    }
  }

  #hear(notification: string): void {
    const announced = readAnnouncement(notification);
    if (announced === null) this.#wake();
    else if (announced.venue === this.#venue.name && this.#hasTakenOver) this.#expect(announced.symbol);
  }

  #expect(symbol: Symbol): void {
    if (this.#subscriptions.expect(symbol, this.#deps.now()))
      this.#start('look back', this.#catchUp.lookBack(symbol));
  }

  /** Wakes on a notification, and in any case after the poll interval. */
  async #nextChange(signal: AbortSignal): Promise<void> {
    const woken = new Promise<void>((resolve) => (this.#wake = resolve));
    await Promise.race([woken, delay(CHANGES_POLL_MS, undefined, { signal }).catch(() => undefined)]);
  }

  /** Every trade that is to be watched now; what is over stays in the books. */
  async #takeOver(): Promise<void> {
    this.#start('listen for watches', this.#listener.ensure());
    this.#adopt(await this.#changes.current());
    this.#hasTakenOver = true;
    // A watcher that died after its closing order may not have said so; hearing it twice does no harm.
    for (const { trade, reason } of await listClosing(this.#deps.db, this.#venue.name))
      this.#start('report the exit', this.#messenger.exitStarted(trade, reason));
  }

  #adopt(records: readonly WatchRecord[]): void {
    if (records.length === 0) return;
    const added = records.flatMap((record) => this.#adoptOne(record) ?? []);
    this.#subscriptions.refresh(this.#deps.now());
    for (const symbol of new Set(added.map(({ record }) => record.symbol))) {
      this.#cutBar(symbol);
      this.#orders.expect(symbol);
    }
    for (const watch of added) this.#catchUp.oweSinceArmed(watch);
    if (added.length > 0) this.#settle();
  }

  /** Ends the bar, so that what comes from now on can be told from what came before a watch was armed. */
  #cutBar(symbol: Symbol): void {
    this.#bars.cut(symbol);
    const last = this.#lastTick.get(symbol);
    if (last) this.#bars.add({ ...last, t: this.#deps.now() });
  }

  /** Answers a watch that was not known before. */
  #adoptOne(record: WatchRecord): LiveWatch | null {
    const known = this.#watches.get(record.tradeId);
    const isOver = record.status === 'fired' || record.status === 'disarmed';
    if (known) {
      if (isOver) this.#watches.remove(known);
      else this.#watches.change(known, () => updateLiveWatch(known, record));
      return null;
    }
    if (isOver) return null;
    // Its end may have been booked by a watcher that died before it could say so.
    if (record.remainingSize !== null && amount(record.remainingSize).isZero()) {
      this.#start('report the end', this.#messenger.fillsBooked(record));
      return null;
    }
    const watch = newLiveWatch(record);
    this.#watches.add(watch);
    return watch;
  }

  /** What the venue's stream stamps by this process's clock is put on the clock that all processes share. */
  #onPrice({ symbol, price }: PriceTick): void {
    const tick = { symbol, price, t: this.#deps.now() };
    this.#lastTick.set(symbol, tick);
    this.#lastTickAt = tick.t;
    this.#bars.add(tick);
    for (const { watch, verdict } of this.#watches.feed(symbol, price, tick.t)) this.#follow(watch, verdict);
  }

  #onUp(): void {
    this.#streamUp = true;
    this.#fills.restart();
    this.#settle();
    this.#start('poll fills', this.#fills.ask(this.#subscriptions.streamed()));
    // Who was out of reach may have closed, liquidated or cancelled in the meantime.
    this.#start('ask to reconcile', this.#deps.askToReconcile());
  }

  #onDown(reason: string): void {
    this.#deps.logger.warn({ venue: this.#venue.name, reason }, 'price stream down');
    const now = this.#deps.now();
    if (this.#streamUp) this.#catchUp.oweSince((symbol) => this.#lastTick.get(symbol)?.t ?? now);
    this.#streamUp = false;
    this.#lastTick.clear();
    this.#bars.breakOff();
  }

  /** While prices are unknown nothing is fired, so that what went by is of no use yet. */
  #settle(): void {
    if (this.#streamUp && this.#catchUp.isBehind) this.#start('catch up', this.#catchUp.settle());
  }

  #follow(watch: LiveWatch, verdict: Verdict): void {
    const { accountId } = watch.record;
    if (verdict.do === 'expectFills') {
      if (this.#subscriptions.unstreamed().includes(accountId))
        this.#start('ask fills', this.#fills.ask([accountId]));
    } else if (verdict.do !== 'nothing') this.#start(verdict.do, this.#act(watch, verdict));
  }

  /** Goes on with an exit that was decided by a price that went by, at the price of now. */
  #goOn(watch: LiveWatch): void {
    const { exitReason: reason, record } = watch;
    if (reason === null || watch.isBusy) return;
    const price = this.#lastTick.get(record.symbol)?.price ?? null;
    this.#start('exit', this.#act(watch, { do: 'exit', reason, price }));
  }

  async #act(watch: LiveWatch, verdict: Action): Promise<void> {
    if (watch.isBusy) return;
    this.#watches.change(watch, () => {
      watch.isBusy = true;
      if (verdict.do === 'exit') watch.exitReason = verdict.reason;
    });
    let isDone = false;
    try {
      const gap = verdict.do === 'exit' ? this.#fills.closeGap(watch) : null;
      if (gap) await gap;
      const lane = verdict.do === 'exit' ? this.#exits : this.#moves;
      isDone = await lane.run(() => this.#perform(watch, verdict));
    } finally {
      this.#watches.change(watch, () => {
        watch.isBusy = false;
        const isExitDue = verdict.do !== 'exit' && watch.exitReason !== null;
        watch.failures = isDone ? 0 : watch.failures + 1;
        watch.waitsUntil = isDone || isExitDue ? null : this.#deps.now() + retryAfter(watch, verdict);
      });
      // A price that came meanwhile must not wait for the next one.
      this.#judgeDue();
    }
  }

  /** Answers whether it is done; what is not is tried again. */
  async #perform(watch: LiveWatch, verdict: Action): Promise<boolean> {
    switch (verdict.do) {
      case 'exit':
        return this.#exit(watch, verdict);
      case 'moveStop':
        this.#watches.catchUp(watch);
        return this.#orders.moveStop(watch, watch.trail ?? verdict.to);
      case 'takeProfit':
        return this.#orders.takeProfit(watch, verdict);
      default:
        await this.#messenger.fillsBooked(watch.record);
        return true;
    }
  }

  /** An exit that was decided by a watch as it is no more is decided anew once the change is read. */
  async #exit(watch: LiveWatch, verdict: Extract<Action, { do: 'exit' }>): Promise<boolean> {
    try {
      const note = await this.#orders.exit(watch, verdict);
      this.#watches.remove(watch);
      this.#start('report the exit', this.#report(watch, verdict.reason, note));
      return true;
    } catch (error) {
      if (!(error instanceof WatchChangedError)) throw error;
      const { tradeId, version } = watch.record;
      const record = await this.#changes.again(tradeId);
      if (record) this.#adopt([record]);
      if (record?.version === version)
        this.#deps.logger.warn({ tradeId, version: String(version) }, 'an exit could not be claimed');
      return record?.version !== version;
    }
  }

  /** Closing orders go first: all that settling takes would only hold up those that wait. */
  async #report({ record }: LiveWatch, reason: ExitReason, note: () => Promise<void>): Promise<void> {
    await afterExits(this.#exits, SETTLING_WAITS_MS);
    await Promise.all([note(), this.#messenger.exitStarted(record, reason)]);
  }

  #housekeep(beat: (details: WatcherHealth) => void): void {
    beat({
      watches: this.#watches.size,
      streamUp: this.#streamUp,
      behind: this.#catchUp.isBehind,
      lastTickAt: this.#lastTickAt,
      changesSeenAfterMs: this.#changes.lag(),
    });
    this.#judgeDue();
    // Without it changes are only read later, at the next poll.
    this.#start('listen for watches', this.#listener.ensure());
  }

  #judgeDue(): void {
    const due = this.#watches.due(this.#deps.now(), (symbol) => this.#lastTick.get(symbol)?.price);
    for (const { watch, verdict } of due) this.#follow(watch, verdict);
  }

  /** Runs work that a stream event or timer started; what fails is logged and comes round again. */
  #start(what: string, work: Promise<unknown>): void {
    const tracked = work
      .catch((error: unknown) => this.#warn(what, error))
      .finally(() => this.#pending.delete(tracked));
    this.#pending.add(tracked);
  }

  #warn(what: string, error: unknown): void {
    this.#deps.logger.warn({ venue: this.#venue.name, what, err: error }, 'watcher: work failed');
  }
}

function retryAfter({ failures }: LiveWatch, verdict: Action): number {
  const first = RETRY_MS[verdict.do];
  return verdict.do === 'exit' ? first : Math.min(LONGEST_RETRY_MS, first * 2 ** Math.min(failures - 1, 10));
}

const every = (intervalMs: number, work: () => void): NodeJS.Timeout => setInterval(work, intervalMs);
