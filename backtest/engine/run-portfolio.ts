import { refuseByBounds } from '#domain/brakes/entry-bounds.ts';
import type { EntryLimits } from '#domain/brakes/entry-limits.ts';
import type { CandlePath } from '#domain/candles.ts';
import { planLevels } from '#domain/entry-plan.ts';
import { openExit } from '#domain/exit-engine.ts';
import { direction, type Symbol } from '#domain/ids.ts';
import { amount, decimalString, sum, type DecimalString } from '#domain/money.ts';
import { LASTING_REFUSALS, refusal, type Refusal } from '#domain/reasons.ts';
import { CALL_WINDOW_MS, checkFresh } from '#domain/signal.ts';
import { refuseBusy, sizeEntry, type HeldAccount, type SizedDecision } from '#domain/size-entry.ts';
import type { SizeModel, SizingLimits } from '#domain/sizing.ts';
import { untraded, type Call } from '../call.ts';
import { indexFrom, priceText } from '../prices/price-series.ts';
import {
  BACKTEST_REFUSALS,
  type BacktestRefusalCode,
  type EquityPoint,
  type UntradedSignal,
} from '../result.ts';
import { Account } from './account.ts';
import { Limits } from './bounds.ts';
import { entryFill } from './costs.ts';
import { ExitQueue } from './exit-queue.ts';
import type { Market } from './market.ts';
import { advance, openPosition } from './position.ts';
import { newTrade, type Trade } from './trade.ts';

/** How a portfolio is run. */
export interface PortfolioRules {
  capitalUsd: DecimalString;
  deployment: SizingLimits & { sizeModel: SizeModel | null };
  limits: EntryLimits;
  /** From a post to its order at the venue. */
  delayMs: number;
  /** Calls that repeat one within six hours are traded too. */
  again: boolean;
  /** Every call is a trade of its own, sized by the capital alone: no trade stands in the way of another. */
  independent: boolean;
  path: CandlePath;
  /** The other order of extremes that each trade is followed under; null for none. */
  otherPath: CandlePath | null;
  /** Whether stop moves and the curve of equity are kept. */
  keepsStory: boolean;
}

/** All that came of a run. */
export interface PortfolioOutcome {
  trades: Trade[];
  refusals: UntradedSignal[];
  equity: EquityPoint[];
  account: Account;
  period: { from: number; to: number };
}

const HOUR_MS = 3_600_000;
const MAX_POINTS = 20_000;

/** An entry that is due: its call, the market and the index of the first print that it can meet. */
interface Due {
  call: Call;
  market: Market;
  index: number;
  t: number;
}

/**
 * Runs calls against prices under one clock: exits, funding and entries of all instruments in the order of time. Exits
 * of a moment come before entries of that moment; what happens inside a candle is known at its end.
 */
export function runPortfolio(
  calls: readonly Call[],
  markets: ReadonlyMap<Symbol, Market>,
  rules: PortfolioRules,
): PortfolioOutcome {
  const run = new PortfolioRun(rules);
  const due = run.dueEntries(calls, markets);
  const to = endOf(markets);
  const from = due[0]?.t ?? startOf(markets);
  run.begin(from, to);
  for (const entry of due) run.enter(entry);
  run.settle(to);
  return run.outcome({ from, to });
}

const endOf = (markets: ReadonlyMap<Symbol, Market>): number =>
  Math.max(
    0,
    ...[...markets.values()].map(
      ({ series: { times, length, intervalMs } }) => times[length - 1]! + (intervalMs ?? 0),
    ),
  );

const startOf = (markets: ReadonlyMap<Symbol, Market>): number =>
  markets.size === 0 ? 0 : Math.min(...[...markets.values()].map(({ series }) => series.times[0]!));

class PortfolioRun {
  private readonly rules: PortfolioRules;
  private readonly account: Account;
  private readonly limits: Limits;
  private readonly queue = new ExitQueue();
  private readonly trades: Trade[] = [];
  private readonly refusals: UntradedSignal[] = [];
  private readonly equity: EquityPoint[] = [];
  private readonly latestCalls = new Map<string, { calledAt: number; stands: boolean }>();
  private nextHour = 0;
  private pointEveryMs = HOUR_MS;

  constructor(rules: PortfolioRules) {
    this.rules = rules;
    this.account = new Account(rules.capitalUsd);
    this.limits = new Limits(rules.limits);
  }

  /** Returns the entries in the order in which they are due; calls without prices are refused. */
  dueEntries(calls: readonly Call[], markets: ReadonlyMap<Symbol, Market>): Due[] {
    const due: Due[] = [];
    for (const call of calls) {
      const market = markets.get(call.terms.symbol);
      if (!market) {
        this.refuse(call, 'no_prices', `There are none of ${call.terms.symbol}.`);
        continue;
      }
      const decidedAt = call.postedAt + this.rules.delayMs;
      const index = indexFrom(market.series, decidedAt);
      const t = index < market.series.length ? market.series.times[index]! : Infinity;
      if (t === Infinity) this.refuse(call, 'prices_ended', '');
      else if (t >= call.terms.expiresAt && decidedAt < call.terms.expiresAt)
        this.refuse(call, 'no_prices', `The next one is of ${new Date(t).toISOString()}.`);
      else due.push({ call, market, index, t });
    }
    // Sorting is stable: entries of one moment stay in the order of their posts.
    return due.toSorted((one, other) => one.t - other.t);
  }

  begin(from: number, to: number): void {
    this.nextHour = from - (from % HOUR_MS) + HOUR_MS;
    this.pointEveryMs = HOUR_MS * Math.max(1, Math.ceil((to - from) / HOUR_MS / MAX_POINTS));
    if (this.rules.keepsStory) this.equity.push({ t: from, ...this.account.pointAt(from) });
  }

  /** Books what is known by a moment: exits, and the funding of each hour. */
  settle(t: number): void {
    for (;;) {
      const exitAt = this.queue.next();
      if (exitAt <= t && exitAt <= this.nextHour) this.bookExit(exitAt);
      else if (this.nextHour <= t) this.passHour();
      else return;
    }
  }

  private bookExit(t: number): void {
    const trade = this.queue.take();
    if (!trade) return;
    this.account.exit(trade);
    if (trade.remaining.gt(0)) return;
    const last = trade.exits.at(-1);
    this.limits.noteEnd({ endedAt: t, netPnlUsd: netUsd(trade), exitReason: last?.reason ?? null });
  }

  private passHour(): void {
    const t = this.nextHour;
    this.account.payFunding(t);
    if (this.rules.keepsStory && t % this.pointEveryMs === 0)
      this.equity.push({ t, ...this.account.pointAt(t) });
    this.nextHour += HOUR_MS;
  }

  /** Decides about a call at the print that it meets, and enters it or writes down why not. */
  enter({ call, market, index, t }: Due): void {
    this.settle(t);
    const key = `${call.terms.symbol}/${call.terms.side}`;
    const refused = this.refuseRepeated(call, key) ?? this.trade(call, market, index, t);
    if (refused === null) this.latestCalls.set(key, { calledAt: call.terms.calledAt, stands: true });
    else {
      this.refusals.push(untraded(call, call.terms, refused));
      if (refused.code !== 'duplicate_signal')
        this.latestCalls.set(key, {
          calledAt: call.terms.calledAt,
          stands: LASTING_REFUSALS.includes(refused.code),
        });
    }
  }

  private refuseRepeated({ terms }: Call, key: string): Refusal | null {
    const latest = this.latestCalls.get(key);
    if (this.rules.again || this.rules.independent || !latest) return null;
    const isLater = terms.calledAt >= latest.calledAt;
    if (terms.calledAt >= latest.calledAt + CALL_WINDOW_MS || (isLater && !latest.stands)) return null;
    return refusal('duplicate_signal');
  }

  /** Returns why a call is not traded; null where it is. */
  private trade(call: Call, market: Market, index: number, t: number): Refusal | null {
    const { terms } = call;
    const price = priceText(market.series.open[index]!);
    const refused = checkFresh(terms, t, price) ?? this.refuseHeld(terms.symbol);
    if (refused) return refused;
    const sized = this.size(call, market, t, price);
    if ('code' in sized) return sized;
    const entryPrice = entryFill(terms.side, price, market.fillCosts);
    const { plan } = sized;
    if (amount(entryPrice).sub(plan.worstPrice).mul(direction(terms.side)).gt(0))
      return refusal('entry_not_filled');
    const levels = planLevels(plan, plan.size, entryPrice);
    if (!levels.ok) return levels.refusal;
    const state = openExit(levels.value, { side: terms.side, entryPrice, openedAt: t });
    const { path, otherPath, keepsStory } = this.rules;
    const position = openPosition(state, market.series, index, { path, otherPath, keepsMoves: keepsStory });
    this.hold(
      newTrade({ call, market, plan, position, decidedAt: call.postedAt + this.rules.delayMs, price }),
    );
    return null;
  }

  /** The check that most refused calls meet comes before the account is counted up, where no limit comes before it. */
  private refuseHeld(symbol: Symbol): Refusal | null {
    if (this.rules.independent || !this.limits.areNone()) return null;
    return refuseBusy(
      [...this.account.held].map(({ market }) => market.instrument),
      symbol,
    );
  }

  private size({ terms }: Call, market: Market, t: number, price: DecimalString): SizedDecision | Refusal {
    const { independent, capitalUsd, deployment } = this.rules;
    const { instrument } = market;
    const account = independent ? untouched(capitalUsd) : this.account.at(t);
    const bounds = independent ? {} : this.limits.at(t, terms.symbol, account, this.openProfit(account));
    const braked = refuseByBounds(bounds, instrument.venue);
    if (braked) return braked;
    const openPositions = independent ? 0 : this.account.held.size;
    return sizeEntry(
      {
        signal: terms,
        deployment,
        marketScore: null,
        room: bounds.room,
        openPositions,
        noteCheck: noteNothing,
      },
      { venue: instrument.venue, instrument, price },
      { account, reservedUsd: '0', ...market },
    );
  }

  private hold(trade: Trade): void {
    this.account.enter(trade);
    this.limits.noteEntry(trade.enteredAt);
    this.trades.push(trade);
    this.lead(trade, trade.market.series.length);
  }

  /** Leads a trade along its prices before an index, and queues the exits that this brings. */
  private lead(trade: Trade, end: number): void {
    const known = trade.position.fires.length;
    advance(trade.position, end);
    for (const fire of trade.position.fires.slice(known)) this.queue.add(fire.knownAt, trade);
  }

  private openProfit({ equityUsd }: HeldAccount): DecimalString {
    return decimalString(amount(equityUsd).sub(this.account.cash));
  }

  private refuse(call: Call, code: Exclude<BacktestRefusalCode, Refusal['code']>, particulars: string): void {
    const text = `${BACKTEST_REFUSALS[code]} ${particulars}`.trim();
    this.refusals.push(untraded(call, call.terms, { code, text }));
  }

  outcome(period: { from: number; to: number }): PortfolioOutcome {
    const { trades, refusals, equity, account } = this;
    if (this.rules.keepsStory && equity.at(-1)?.t !== period.to)
      equity.push({ t: period.to, ...account.pointAt(period.to) });
    return { trades, refusals, equity, account, period };
  }
}

const noteNothing = (): void => undefined;

const untouched = (capitalUsd: DecimalString): HeldAccount => ({
  equityUsd: capitalUsd,
  freeMarginUsd: capitalUsd,
  spareEquityUsd: capitalUsd,
  positions: [],
});

/** Returns the profit of the closed parts of a trade after all fees and funding. */
const netUsd = (trade: Trade): DecimalString => {
  const gross = trade.exits.map(({ price, size }) =>
    amount(price).sub(trade.entryPrice).mul(size).mul(direction(trade.position.side)),
  );
  return decimalString(sum(gross).sub(trade.feesUsd).add(trade.fundingUsd));
};
