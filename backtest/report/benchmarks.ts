import type { Barriers } from '#domain/barriers.ts';
import type { Side, Symbol, VenueName } from '#domain/ids.ts';
import { quantile } from '#domain/quantile.ts';
import { createRandom, randomIndex } from '../random.ts';
import type { BacktestResult, ClosedTrade, InstrumentPrices } from '../result.ts';
import { entryValue } from './columns.ts';
import { relativeBarriers } from './relative-barriers.ts';

/** What holding the instruments would have made instead, without costs. */
export interface HoldingResult {
  /** Of the capital in equal parts, in USD and percent. */
  profitUsd: number;
  profitPct: number;
  instruments: { symbol: Symbol; venue: VenueName; from: number; to: number; changePct: number }[];
}

/** Returns what the capital makes that is put into the instruments in equal parts; null without prices. */
export function holdingResult({ instruments, capitalUsd }: BacktestResult): HoldingResult | null {
  if (instruments.length === 0) return null;
  const rows = instruments.map(({ symbol, venue, first, last }) => ({
    symbol,
    venue,
    from: first.t,
    to: last.t,
    changePct: (last.price / first.price - 1) * 100,
  }));
  const profitPct = rows.reduce((total, { changePct }) => total + changePct, 0) / rows.length;
  return { profitPct, profitUsd: (profitPct / 100) * Number(capitalUsd), instruments: rows };
}

/** An entry at a moment that nobody called, with the side, the size and the exits of a trade of the run. */
export interface RandomEntry {
  symbol: Symbol;
  venue: VenueName;
  side: Side;
  at: number;
  /** Value of the entry. */
  entryUsd: number;
  barriers: Barriers;
}

/**
 * Runs entries through the exits and costs of the run, each on its own; returns the net profit of each in USD, open
 * ones at their last price, NaN where there are no prices.
 */
export type RunEntries = (entries: readonly RandomEntry[]) => Float64Array;

/** What entries at random moments come to, each with side, size and exits of a trade of the run. */
export interface RandomResult {
  rounds: number;
  seed: number;
  /** Net profit of a round in USD: 5 %, half and 95 % of the rounds do not exceed these. */
  lowUsd: number;
  medianUsd: number;
  highUsd: number;
  /** Share of the rounds that made as much as the run or more, 0 to 1: its signals have to beat chance. */
  asGoodShare: number;
}

const MOST_ENTRIES = 20_000;
const MOST_ROUNDS = 200;

/** Returns what random moments in place of the signals' own come to; null without closed trades. */
export function randomResult(
  { trades, instruments }: BacktestResult,
  runEntries: RunEntries,
  seed: number,
): RandomResult | null {
  const markets = new Map(instruments.map((each) => [marketKey(each), each]));
  const drawn = trades.filter((trade) => markets.has(marketKey(trade)));
  if (drawn.length === 0) return null;
  const rounds = Math.max(1, Math.min(MOST_ROUNDS, Math.floor(MOST_ENTRIES / drawn.length)));
  const random = createRandom(seed);
  const own = drawn.reduce((total, { netUsd }) => total + Number(netUsd), 0);
  const profits = Array.from({ length: rounds }, () => {
    const entries = drawn.map((trade) => moved(trade, markets.get(marketKey(trade)), random()));
    return runEntries(entries).reduce((total, net) => total + (Number.isNaN(net) ? 0 : net), 0);
  }).sort((a, b) => a - b);
  return {
    rounds,
    seed,
    lowUsd: quantile(profits, 0.05),
    medianUsd: quantile(profits, 0.5),
    highUsd: quantile(profits, 0.95),
    asGoodShare: profits.filter((profit) => profit >= own).length / rounds,
  };
}

const marketKey = ({ venue, symbol }: { venue: VenueName; symbol: Symbol }): string => `${venue} ${symbol}`;

/** Returns the entry of a trade at a share (0 to 1) of the time that there are prices for. */
function moved(trade: ClosedTrade, market: InstrumentPrices | undefined, share: number): RandomEntry {
  const { symbol, venue, side } = trade;
  const barriers = relativeBarriers(trade.barriers, trade);
  const [from, to] = [market?.first.t ?? 0, market?.last.t ?? 0];
  const at = from + randomIndex(() => share, to - from + 1);
  return { symbol, venue, side, at, entryUsd: entryValue(trade), barriers };
}
