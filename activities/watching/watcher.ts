import { setTimeout as delay } from 'node:timers/promises';
import type { AccountId, Symbol, TradeId, VenueName } from '#domain/ids.ts';
import { pruneBars } from '#prisma/repositories/price-bars.ts';
import {
  latestWatchVersion,
  listWatchChanges,
  WATCH_CHANNEL,
  type WatchRecord,
} from '#prisma/repositories/watches.ts';
import type { PriceTick, Venue, VenueFill, VenueStream } from '#venues/venue.ts';
import { findTrades, listClosing } from '#prisma/repositories/trades.ts';
import { bookFills } from '../books/book-fills.ts';
import type { ExecutionDeps } from '../execution/context.ts';
import { createBarRecorder } from './bar-recorder.ts';
import { createChangeListener } from './change-listener.ts';
import { createPatientMessenger } from './patient-messenger.ts';
import { createWatchOrders, type TradeMessenger } from './watch-orders.ts';
import {
  judge,
  judgeTime,
  newLiveWatch,
  updateLiveWatch,
  type LiveWatch,
  type Verdict,
} from './live-watch.ts';
import { pathSince } from './replay.ts';

export interface WatcherDeps extends ExecutionDeps {
  databaseUrl: string;
  messenger: TradeMessenger;
}

const CHANGES_POLL_MS = 250;
const CHANGES_PAGE = 500;
/** Versions are drawn before they commit, so a lower one may show up after a higher: look back this far. */
const VERSION_LOOKBACK = 200n;
const HOUSEKEEPING_MS = 250;
const BAR_FLUSH_MS = 1_000;
const TELL_AGAIN_MS = 1_000;
const FILLS_POLL_MS = 30_000;
/** Accounts the venue streams no fills for are asked more often. */
const UNSTREAMED_FILLS_POLL_MS = 3_000;
const PRUNE_MS = 600_000;
const BAR_RETENTION_MS = 3_600_000;

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

/** What the heartbeat says of a watcher. */
export interface WatcherHealth {
  watches: number;
  streamUp: boolean;
  lastTickAt: number | null;
}

class Watcher {
  readonly #deps: WatcherDeps;
  readonly #venue: Venue;
  readonly #messenger;
  readonly #orders;
  readonly #bars;
  readonly #listener;
  readonly #stream: VenueStream;
  readonly #watches = new Map<TradeId, LiveWatch>();
  readonly #bySymbol = new Map<Symbol, Set<LiveWatch>>();
  readonly #versions = new Map<TradeId, bigint>();
  readonly #lastTick = new Map<Symbol, PriceTick>();
  #cursor = 0n;
  #streamUp = false;
  #unstreamed: AccountId[] = [];
  #wake: () => void = () => undefined;
  /** Work started by stream events; awaited on the way out. */
  readonly #pending = new Set<Promise<unknown>>();

  constructor(deps: WatcherDeps, venue: Venue) {
    this.#deps = deps;
    this.#venue = venue;
    this.#messenger = createPatientMessenger(deps.messenger, (error) => this.#warn('tell workflow', error));
    this.#orders = createWatchOrders({ ...deps, messenger: this.#messenger });
    this.#bars = createBarRecorder(deps.db, venue.name);
    this.#listener = createChangeListener(deps.databaseUrl, WATCH_CHANNEL, () => this.#wake());
    this.#stream = venue.market.stream({
      onPrice: (tick) => this.#onPrice(tick),
      onFills: (accountId, fills) => this.#start('book fills', this.#onFills(accountId, fills)),
      onUp: () => this.#start('catch up', this.#onUp()),
      onDown: (reason) => this.#onDown(reason),
    });
  }

  async run(signal: AbortSignal, beat: (details: WatcherHealth) => void): Promise<void> {
    await this.#takeOver();
    const timers = [
      every(HOUSEKEEPING_MS, () => this.#housekeep(beat)),
      every(BAR_FLUSH_MS, () => this.#start('flush bars', this.#bars.flush())),
      every(TELL_AGAIN_MS, () => this.#start('tell workflows', this.#messenger.deliverOwed())),
      every(FILLS_POLL_MS, () => this.#start('poll fills', this.#pollFills(this.#accounts()))),
      every(UNSTREAMED_FILLS_POLL_MS, () => this.#start('poll fills', this.#pollFills(this.#unstreamed))),
      every(PRUNE_MS, () => this.#start('prune bars', this.#prune())),
    ];
    try {
      while (!signal.aborted) {
        await this.#nextChange(signal);
        await this.#readChanges().catch((error: unknown) => this.#warn('read watches', error));
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

  /** Wakes on a notification, and in any case after the poll interval. */
  async #nextChange(signal: AbortSignal): Promise<void> {
    const woken = new Promise<void>((resolve) => (this.#wake = resolve));
    await Promise.race([woken, delay(CHANGES_POLL_MS, undefined, { signal }).catch(() => undefined)]);
  }

  /** Every trade that is to be watched now; what is over stays in the books. */
  async #takeOver(): Promise<void> {
    const { db } = this.#deps;
    this.#cursor = await latestWatchVersion(db);
    await this.#readPages(0n, (after) =>
      listWatchChanges(db, this.#venue.name, after, CHANGES_PAGE, ['armed', 'paused']),
    );
    // A watcher that died after its closing order may not have said so; hearing it twice does no harm.
    for (const { trade, reason } of await listClosing(db, this.#venue.name))
      this.#start('report the exit', this.#messenger.exitStarted(trade, reason));
  }

  async #readChanges(): Promise<void> {
    const from = this.#cursor > VERSION_LOOKBACK ? this.#cursor - VERSION_LOOKBACK : 0n;
    await this.#readPages(from, (after) =>
      listWatchChanges(this.#deps.db, this.#venue.name, after, CHANGES_PAGE),
    );
  }

  async #readPages(from: bigint, read: (after: bigint) => Promise<WatchRecord[]>): Promise<void> {
    for (let after = from, full = true; full;) {
      const records = await read(after);
      const fresh = records.filter(({ tradeId, version }) => this.#versions.get(tradeId) !== version);
      for (const record of fresh) this.#adopt(record);
      after = records.at(-1)?.version ?? after;
      if (after > this.#cursor) this.#cursor = after;
      full = records.length === CHANGES_PAGE;
      if (fresh.length > 0) this.#subscribe();
    }
  }

  #adopt(record: WatchRecord): void {
    this.#versions.set(record.tradeId, record.version);
    const known = this.#watches.get(record.tradeId);
    if (record.status === 'fired' || record.status === 'disarmed') {
      if (known) this.#drop(known);
      return;
    }
    if (known) {
      updateLiveWatch(known, record);
      return;
    }
    const watch = newLiveWatch(record);
    this.#watches.set(record.tradeId, watch);
    const onSymbol = this.#bySymbol.get(record.symbol) ?? new Set();
    this.#bySymbol.set(record.symbol, onSymbol.add(watch));
    this.#start('replay', this.#replay(watch));
    // Its end may have been booked by a watcher that died before it could say so.
    if (Number(record.remainingSize) === 0)
      this.#start('report the end', this.#messenger.fillsBooked(record));
  }

  #drop(watch: LiveWatch): void {
    this.#watches.delete(watch.record.tradeId);
    this.#bySymbol.get(watch.record.symbol)?.delete(watch);
  }

  #subscribe(): void {
    const symbols = [...this.#bySymbol].flatMap(([symbol, watches]) => (watches.size > 0 ? [symbol] : []));
    this.#stream.watchPrices(symbols);
    this.#unstreamed = this.#stream.watchFills(this.#accounts());
  }

  #accounts(): AccountId[] {
    return [...new Set([...this.#watches.values()].map(({ record }) => record.accountId))];
  }

  /** Walks the prices that went by before this watcher saw the trade, and acts on what they crossed. */
  async #replay(watch: LiveWatch): Promise<void> {
    watch.isBusy = true;
    try {
      const path = await pathSince(this.#deps.db, this.#venue.market, watch.record, this.#deps.now());
      watch.isBusy = false;
      for (const { price, t } of path) {
        const verdict = judge(watch, price, t);
        if (verdict.do === 'exit') return await this.#act(watch, verdict);
      }
    } finally {
      watch.isBusy = false;
      watch.passedStopAt = null;
      this.#judgeLatest(watch);
    }
  }

  /** The last price that came while an order was on its way must not wait for the next one. */
  #judgeLatest(watch: LiveWatch): void {
    const tick = this.#lastTick.get(watch.record.symbol);
    if (!tick || !this.#watches.has(watch.record.tradeId)) return;
    const verdict = judge(watch, tick.price, tick.t);
    // Only exits: a stop that the venue would not move is left to the next price.
    if (verdict.do === 'exit') this.#start(verdict.do, this.#act(watch, verdict));
  }

  #onPrice(tick: PriceTick): void {
    this.#lastTick.set(tick.symbol, tick);
    this.#bars.add(tick);
    for (const watch of this.#bySymbol.get(tick.symbol) ?? []) {
      const verdict = judge(watch, tick.price, tick.t);
      if (verdict.do !== 'nothing') this.#start(verdict.do, this.#act(watch, verdict));
    }
  }

  async #onFills(accountId: AccountId, fills: readonly VenueFill[]): Promise<void> {
    const tradeIds = await bookFills(this.#deps.db, this.#venue.name, accountId, fills);
    // Also those not on watch yet: a stop may fill before its trade is armed.
    const trades = await findTrades(this.#deps.db, tradeIds);
    await Promise.all(trades.map((trade) => this.#messenger.fillsBooked(trade)));
  }

  async #onUp(): Promise<void> {
    const wasDown = !this.#streamUp;
    this.#streamUp = true;
    if (!wasDown) return;
    await this.#pollFills(this.#accounts());
    await Promise.all([...this.#watches.values()].map((watch) => this.#replay(watch)));
  }

  #onDown(reason: string): void {
    this.#streamUp = false;
    this.#deps.logger.warn({ venue: this.#venue.name, reason }, 'price stream down');
  }

  async #pollFills(accounts: readonly AccountId[]): Promise<void> {
    for (const accountId of accounts) {
      const armedAt = [...this.#watches.values()]
        .filter(({ record }) => record.accountId === accountId)
        .map(({ record }) => record.armedAt);
      const since = Math.max(Math.min(...armedAt), this.#deps.now() - 7 * 86_400_000) - 60_000;
      await this.#onFills(accountId, await this.#venue.accounts.fillsSince(accountId, since));
    }
  }

  async #act(watch: LiveWatch, verdict: Verdict): Promise<void> {
    if (watch.isBusy || verdict.do === 'nothing') return;
    watch.isBusy = true;
    try {
      if (verdict.do === 'exit') {
        watch.exitReason = verdict.reason;
        await this.#orders.exit(watch, verdict);
        this.#drop(watch);
      } else if (verdict.do === 'moveStop') await this.#orders.moveStop(watch, verdict.to);
      else await this.#messenger.fillsBooked(watch.record);
    } finally {
      watch.isBusy = false;
      this.#judgeLatest(watch);
    }
  }

  #housekeep(beat: (details: WatcherHealth) => void): void {
    const ticks = [...this.#lastTick.values()].map(({ t }) => t);
    beat({
      watches: this.#watches.size,
      streamUp: this.#streamUp,
      lastTickAt: ticks.length > 0 ? Math.max(...ticks) : null,
    });
    const now = this.#deps.now();
    for (const watch of this.#watches.values()) {
      const price = this.#lastTick.get(watch.record.symbol)?.price;
      if (price === undefined) continue;
      const verdict = judgeTime(watch, price, now);
      if (verdict.do !== 'nothing') this.#start(verdict.do, this.#act(watch, verdict));
    }
    // Without it changes are only read later, at the next poll.
    this.#start('listen for watches', this.#listener.ensure());
  }

  async #prune(): Promise<void> {
    const armed = [...this.#watches.values()].map(({ record }) => record.armedAt);
    await pruneBars(this.#deps.db, this.#venue.name, Math.min(...armed, this.#deps.now() - BAR_RETENTION_MS));
  }

  /** Runs work that a stream event or timer started; what fails is logged and comes round again. */
  #start(what: string, work: Promise<unknown>): void {
    const tracked = work
      .catch((error: unknown) => this.#warn(what, error))
      .finally(() => this.#pending.delete(tracked));
    this.#pending.add(tracked);
  }

  #warn(what: string, error: unknown): void {
    this.#deps.logger.warn(
      { venue: this.#venue.name satisfies VenueName, what, err: error },
      'watcher: work failed',
    );
  }
}

const every = (intervalMs: number, work: () => void): NodeJS.Timeout => setInterval(work, intervalMs);
