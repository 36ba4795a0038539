import { direction } from '#domain/ids.ts';
import { amount, decimalString, sum, ZERO, type Amount, type DecimalString } from '#domain/money.ts';
import type { BacktestResult, ClosedTrade } from '../result.ts';

/** A trade as it was made live, from its fills. */
export interface LiveTrade {
  signalId: string;
  symbol: string;
  enteredAt: number;
  exitedAt: number;
  entryPrice: DecimalString;
  /** Average over its exits, by size. */
  exitPrice: DecimalString;
  size: DecimalString;
  feesUsd: DecimalString;
  fundingUsd: DecimalString;
  netUsd: DecimalString;
}

/**
 * Causes of the gap between a run and the live trades of its time: another price of the entry or of the exit, another
 * size, fees and funding, and trades that only one of them made.
 */
export const GAP_CAUSES = [
  'entry_price',
  'exit_price',
  'size',
  'fees',
  'funding',
  'only_live',
  'only_backtest',
] as const;
export type GapCause = (typeof GAP_CAUSES)[number];

/** How far live trades are from those of a run, by cause; amounts are live - run, in USD. */
export interface LiveGap {
  backtestUsd: DecimalString;
  liveUsd: DecimalString;
  gapUsd: DecimalString;
  /** They add up to `gapUsd`, to the last digit. */
  causes: { cause: GapCause; usd: DecimalString; trades: number }[];
  trades: TradeGap[];
  /** Signals that were traded on one side only. */
  onlyLive: string[];
  onlyBacktest: string[];
}

/** The gap of a trade that both made. */
export interface TradeGap {
  signalId: string;
  symbol: string;
  gapUsd: DecimalString;
  causes: Partial<Record<GapCause, DecimalString>>;
  /** Live - run: how much later it was entered and closed. */
  entryLagMs: number;
  exitLagMs: number;
}

/** Returns the gap between the closed trades of a run and the live trades of the same signals, by cause. */
export function compareLive({ trades }: Pick<BacktestResult, 'trades'>, live: readonly LiveTrade[]): LiveGap {
  const run = new Map(trades.map((trade) => [trade.signalId, trade]));
  const made = new Map(live.map((trade) => [trade.signalId, trade]));
  const pairs = live.flatMap((trade) => {
    const own = run.get(trade.signalId);
    return own ? [gapOf(own, trade)] : [];
  });
  const onlyLive = live.filter(({ signalId }) => !run.has(signalId));
  const onlyBacktest = trades.filter(({ signalId }) => !made.has(signalId));
  const [backtest, lived] = [netOf(trades), netOf(live)];
  return {
    backtestUsd: decimalString(backtest),
    liveUsd: decimalString(lived),
    gapUsd: decimalString(lived.sub(backtest)),
    causes: [
      ...causesOf(pairs),
      ...sideCause('only_live', netOf(onlyLive), onlyLive.length),
      ...sideCause('only_backtest', netOf(onlyBacktest).neg(), onlyBacktest.length),
    ],
    trades: pairs.sort((a, b) => Math.abs(Number(b.gapUsd)) - Math.abs(Number(a.gapUsd))),
    onlyLive: onlyLive.map(({ signalId }) => signalId),
    onlyBacktest: onlyBacktest.map(({ signalId }) => signalId),
  };
}

const netOf = (trades: readonly { netUsd: DecimalString }[]): Amount =>
  sum(trades.map(({ netUsd }) => netUsd));

/**
 * Returns the gap of a trade. The prices are charged on the size of the run, and the rest of the gap of prices and
 * sizes goes to the size, so that nothing is left unexplained.
 */
function gapOf(own: ClosedTrade, live: LiveTrade): TradeGap {
  const sign = direction(own.side);
  const entry = amount(own.entryPrice).sub(live.entryPrice).mul(own.size).mul(sign);
  const exit = amount(live.exitPrice).sub(own.exitPrice).mul(own.size).mul(sign);
  const fees = amount(own.feesUsd).sub(live.feesUsd);
  const funding = amount(live.fundingUsd).sub(own.fundingUsd);
  const gap = amount(live.netUsd).sub(own.netUsd);
  const size = gap.sub(entry).sub(exit).sub(fees).sub(funding);
  return {
    signalId: own.signalId,
    symbol: own.symbol,
    gapUsd: decimalString(gap),
    causes: {
      entry_price: decimalString(entry),
      exit_price: decimalString(exit),
      size: decimalString(size),
      fees: decimalString(fees),
      funding: decimalString(funding),
    },
    entryLagMs: live.enteredAt - own.enteredAt,
    exitLagMs: live.exitedAt - own.exitedAt,
  };
}

function causesOf(pairs: readonly TradeGap[]): LiveGap['causes'] {
  return GAP_CAUSES.flatMap((cause) => {
    const parts = pairs.map(({ causes }) => amount(causes[cause] ?? '0')).filter((usd) => !usd.isZero());
    return parts.length === 0 ? [] : [{ cause, usd: decimalString(sum(parts)), trades: parts.length }];
  });
}

const sideCause = (cause: GapCause, usd: Amount, trades: number): LiveGap['causes'] =>
  trades === 0 ? [] : [{ cause, usd: decimalString(usd.add(ZERO)), trades }];
