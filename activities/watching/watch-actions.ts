import { doublingPause } from '#domain/doubling-pause.ts';
import type { DecimalString } from '#domain/money.ts';
import type { Symbol, VenueName } from '#domain/ids.ts';
import type { WatchRecord } from '#prisma/repositories/watch-record.ts';
import type { Limited } from '#process/limited.ts';
import { createLimited } from '#process/limited.ts';
import type { TradeMessenger } from '../deps.ts';
import type { ExecutionDeps } from '../execution/context.ts';
import { recordExit, type ExitSent } from '../execution/record-exit.ts';
import type { AccountFills } from './account-fills.ts';
import { afterExits, SETTLING_WAITS_MS } from './after-exits.ts';
import type { BackgroundWork } from './background-work.ts';
import type { ChangeReader } from './change-reader.ts';
import type { LiveWatch, Verdict } from './live-watch.ts';
import type { WatchBook } from './watch-book.ts';
import { WatchChangedError, type WatchOrders } from './watch-orders.ts';

/** A verdict that takes an order or a message. */
export type Action = Exclude<Verdict, { do: 'nothing' } | { do: 'expectFills' }>;

type ExitAction = Extract<Action, { do: 'exit' }>;

/** A stop is moved under the lock of its trade, which holds one database connection while it needs another. */
const MOVES_AT_ONCE = 4;
/** How long after an order about a trade failed the next is tried. Moves of a stop must not use up the request budget. */
const RETRY_MS = { exit: 500, moveStop: 5_000, takeProfit: 1_000, review: 500 } as const;
/** An order that is refused again and again is sent ever more rarely, down to this. An exit does not wait. */
const LONGEST_RETRY_MS = 60_000;

/** What actions about watches need. */
export interface WatchActionsDeps extends Pick<ExecutionDeps, 'db' | 'now' | 'logger'> {
  venue: VenueName;
  watches: WatchBook;
  orders: WatchOrders;
  fills: Pick<AccountFills, 'closeGap'>;
  messenger: TradeMessenger;
  changes: Pick<ChangeReader, 'again'>;
  /** Lane of closing orders, which everything else makes way for. */
  exits: Limited;
  work: BackgroundWork;
  priceOf: (symbol: Symbol) => DecimalString | undefined;
  /** Takes over the record of a watch that has changed. */
  adopt: (record: WatchRecord) => void;
  /** The price is through a level that rests at the venue: fills should come. */
  expectFills: (watch: LiveWatch) => void;
}

/** Does what verdicts about watches call for: one action at a time for each watch, exits before all else. */
export class WatchActions {
  readonly #deps: WatchActionsDeps;
  readonly #moves = createLimited(MOVES_AT_ONCE);

  constructor(deps: WatchActionsDeps) {
    this.#deps = deps;
  }

  /** Begins the action of a verdict. */
  dispatch(watch: LiveWatch, verdict: Verdict): void {
    if (verdict.do === 'expectFills') this.#deps.expectFills(watch);
    else if (verdict.do !== 'nothing') this.#deps.work.start(verdict.do, this.#runAction(watch, verdict));
  }

  /** Begins an exit that a price decided which has gone by, at the price of now. */
  resumeExit(watch: LiveWatch): void {
    const { exitReason: reason, record } = watch;
    if (reason === null || watch.isBusy) return;
    const price = this.#deps.priceOf(record.symbol) ?? null;
    this.dispatch(watch, { do: 'exit', reason, price });
  }

  /** Judges all watches again as time passes, at the last prices. */
  judgeDue(): void {
    const { watches, now, priceOf } = this.#deps;
    for (const { watch, verdict } of watches.due(now(), priceOf)) this.dispatch(watch, verdict);
  }

  async #runAction(watch: LiveWatch, action: Action): Promise<void> {
    if (watch.isBusy) return;
    const { watches, fills, exits, now } = this.#deps;
    watches.change(watch, () => {
      watch.isBusy = true;
      if (action.do === 'exit') watch.exitReason = action.reason;
    });
    let isDone = false;
    try {
      const gap = action.do === 'exit' ? fills.closeGap(watch) : null;
      if (gap) await gap;
      const lane = action.do === 'exit' ? exits : this.#moves;
      isDone = await lane.run(() => this.#perform(watch, action));
    } finally {
      watches.change(watch, () => {
        watch.isBusy = false;
        const isExitDue = action.do !== 'exit' && watch.exitReason !== null;
        watch.failures = isDone ? 0 : watch.failures + 1;
        watch.waitsUntil = isDone || isExitDue ? null : now() + retryAfter(watch, action);
      });
      // A price that came during the action must not wait for the next one.
      this.judgeDue();
    }
  }

  /** Performs an action. Returns whether it is done; otherwise it is tried again. */
  async #perform(watch: LiveWatch, action: Action): Promise<boolean> {
    const { watches, orders, messenger } = this.#deps;
    switch (action.do) {
      case 'exit':
        return this.#close(watch, action);
      case 'moveStop':
        watches.catchUp(watch);
        return orders.moveStop(watch, watch.trail ?? action.to);
      case 'takeProfit':
        return orders.takeProfit(watch, action);
      default:
        await messenger.fillsBooked(watch.record);
        return true;
    }
  }

  /** Closes the position. When the watch has changed, reads the change, by which the exit is decided anew. */
  async #close(watch: LiveWatch, action: ExitAction): Promise<boolean> {
    const { watches, orders, changes, adopt, work, logger } = this.#deps;
    try {
      const exit = await orders.close(watch, action);
      watches.remove(watch);
      work.start('report the exit', this.#reportExit(watch, action, exit));
      return true;
    } catch (error) {
      if (!(error instanceof WatchChangedError)) throw error;
      const { tradeId, version } = watch.record;
      const record = await changes.again(tradeId);
      if (record) adopt(record);
      if (record?.version === version)
        logger.warn({ tradeId, version: String(version) }, 'an exit could not be claimed');
      return record?.version !== version;
    }
  }

  /** Records an exit and reports it to the trade's workflow, once no closing order waits. */
  async #reportExit({ record }: LiveWatch, { reason }: ExitAction, exit: ExitSent | null): Promise<void> {
    const { exits, messenger } = this.#deps;
    await afterExits(exits, SETTLING_WAITS_MS);
    await Promise.all([exit && recordExit(this.#deps, exit), messenger.exitStarted(record, reason)]);
  }
}

function retryAfter({ failures }: LiveWatch, action: Action): number {
  const first = RETRY_MS[action.do];
  return action.do === 'exit'
    ? first
    : doublingPause({ firstMs: first, longestMs: LONGEST_RETRY_MS }, failures - 1);
}
