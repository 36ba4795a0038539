import type { ExitReason } from '#domain/barriers.ts';
import type { PriceSeries } from '../prices/price-series.ts';
import { indexFrom } from '../prices/price-series.ts';
import type { BacktestResult, BoundExit, ClosedTrade, OpenTrade } from '../result.ts';

/** A candle, or a print, of the time of a trade. */
export interface ExplainedCandle {
  t: number;
  open: number;
  high: number;
  low: number;
  close: number;
  /** The stop at the end of the candle; null without one. */
  stop: string | null;
  /** What happened to the trade in it, in words; empty for nothing. */
  notes: string[];
}

/** A trade from its call to its end. */
export interface TradeExplanation {
  trade: ClosedTrade | OpenTrade;
  /** Levels that the trade began with, in words. */
  levels: string[];
  /** Candles in which something happened, and those around the entry and the end. */
  candles: ExplainedCandle[];
  /** Candles from the entry to the end, those left out included. */
  candlesHeld: number;
  /** Why it ended where it ended. */
  why: string;
  /** What it would have come to with the other extreme first; null where the order does not matter. */
  otherWay: string | null;
}

/** Returns the trade of a run that an id, a signal's id, or the end of an id names; null for none. */
export function findTrade({ trades, open }: BacktestResult, name: string): ClosedTrade | OpenTrade | null {
  const all = [...trades, ...open];
  const exact = all.find(({ id, signalId }) => id === name || signalId === name);
  if (exact) return exact;
  const ending = all.filter(({ id, signalId }) => id.endsWith(name) || signalId.endsWith(name));
  return ending.length === 1 ? (ending[0] ?? null) : null;
}

/** Returns the story of a trade along the prices of its instrument; without prices it has no candles. */
export function explainTrade(
  trade: ClosedTrade | OpenTrade,
  series: PriceSeries | null,
  path: BacktestResult['path'],
): TradeExplanation {
  const until = 'exitedAt' in trade ? trade.exitedAt : trade.markedAt;
  const candles = series ? candlesOf(series, trade, until) : [];
  return {
    trade,
    levels: levelsOf(trade),
    candles: notable(candles),
    candlesHeld: candles.length,
    why: whyOf(trade),
    otherWay: 'bounds' in trade && trade.bounds ? otherWayOf(trade, trade.bounds, path) : null,
  };
}

const levelText = (level: { pct: number } | { price: string }): string =>
  'pct' in level ? `${level.pct} % from the entry` : level.price;

function levelsOf({ barriers, firstStop, entryPrice, side }: ClosedTrade | OpenTrade): string[] {
  const { takeProfits = [], trailing = [], breakEven, timeLimitMs } = barriers;
  return [
    `${side} from ${entryPrice}`,
    firstStop === null ? 'no stop' : `stop ${firstStop}`,
    ...takeProfits.map(
      (rung, index) => `target ${index + 1}: ${levelText(rung)}, closes ${rung.fraction * 100} %`,
    ),
    ...(breakEven ? [`stop to break-even after target ${breakEven.afterTakeProfit}`] : []),
    ...trailing.map(
      ({ activatesAtPct, distancePct }) =>
        `trail of ${distancePct} % of the best price from ${activatesAtPct} % on`,
    ),
    ...(timeLimitMs === undefined ? [] : [`at most ${timeLimitMs / 3_600_000} h`]),
  ];
}

function candlesOf(series: PriceSeries, trade: ClosedTrade | OpenTrade, until: number): ExplainedCandle[] {
  const from = indexFrom(series, trade.enteredAt);
  const [events, candles] = [eventsOf(trade), [] as ExplainedCandle[]];
  let [next, stop] = [0, trade.firstStop];
  for (let index = from; index < series.length && (series.times[index] ?? 0) <= until; index += 1) {
    const end = series.times[index + 1] ?? Infinity;
    const notes: string[] = [];
    for (let event = events[next]; event && event.t < end; event = events[next]) {
      if (event.stop) stop = event.stop;
      notes.push(event.text);
      next += 1;
    }
    const [open, high, low, close] = [series.open, series.high, series.low, series.close].map(
      (column) => column[index] ?? NaN,
    );
    candles.push({
      t: series.times[index] ?? 0,
      open: open ?? NaN,
      high: high ?? NaN,
      low: low ?? NaN,
      close: close ?? NaN,
      stop,
      notes,
    });
  }
  return candles;
}

interface TradeEvent {
  t: number;
  text: string;
  stop?: string;
}

function eventsOf({ enteredAt, entryPrice, stopMoves, exits, size }: ClosedTrade | OpenTrade): TradeEvent[] {
  return [
    { t: enteredAt, text: `entered ${size} at ${entryPrice}` },
    ...stopMoves.map(({ t, price, why }) => ({ t, text: `stop to ${price} (${words(why)})`, stop: price })),
    ...exits.map(({ t, reason, price, size: closed }) => ({
      t,
      text: `closed ${closed} at ${price} (${words(reason)})`,
    })),
  ].sort((a, b) => a.t - b.t);
}

const MOST_CANDLES = 24;

/** Returns candles with notes, the first two and the last two; of many, the first and the last halves. */
function notable(candles: readonly ExplainedCandle[]): ExplainedCandle[] {
  const kept = candles.filter(
    ({ notes }, index) => notes.length > 0 || index < 2 || index >= candles.length - 2,
  );
  const half = MOST_CANDLES / 2;
  return kept.length <= MOST_CANDLES ? kept : [...kept.slice(0, half), ...kept.slice(-half)];
}

function whyOf(trade: ClosedTrade | OpenTrade): string {
  if (!('exitedAt' in trade))
    return `It is open: the prices end before any level is reached${trade.stop === null ? '' : `; its stop is ${trade.stop}`}.`;
  const { exitReason, exitPrice, exits, stopMoves, firstStop } = trade;
  const level = stopMoves.at(-1)?.price ?? firstStop;
  const slipped =
    level !== null && STOPS.has(exitReason) && level !== exits.at(-1)?.price
      ? ` The level was ${level}; gap, spread and slippage made the rest.`
      : '';
  return `${WHY[exitReason]} It closed at ${exits.at(-1)?.price ?? exitPrice}.${slipped}`;
}

const STOPS: ReadonlySet<ExitReason> = new Set(['stop_loss', 'trailing_stop', 'break_even']);

const WHY: Readonly<Record<ExitReason, string>> = {
  stop_loss: 'The price reached the stop that the trade began with.',
  take_profit: 'The price reached the last target.',
  trailing_stop: 'The stop had followed the best price, and the price came back to it.',
  break_even: 'The stop had been moved to where the trade pays its costs, and the price came back to it.',
  time_limit: 'The time limit passed with no level reached.',
  exit_signal: 'A signal closed it.',
  force_close: 'A person closed it.',
  emergency: 'It could not be protected.',
  liquidation: 'The venue liquidated it.',
  closed_at_venue: 'It was closed at the venue.',
};

function otherWayOf(
  { netUsd }: ClosedTrade,
  bounds: Record<'worst' | 'best', BoundExit>,
  path: BacktestResult['path'],
): string {
  const other = path === 'best' ? 'worst' : 'best';
  const { reason, t, price, netUsd: otherUsd } = bounds[other];
  const end = reason === null ? `still open at ${price}` : `${words(reason)} at ${price}, ${utcText(t)}`;
  return (
    `The candle does not say which extreme came first. With the ${other === 'best' ? 'favourable' : 'adverse'} one first: ` +
    `${end}, ${Number(otherUsd).toFixed(2)} USD in place of ${Number(netUsd).toFixed(2)}.`
  );
}

const utcText = (t: number): string => new Date(t).toISOString().slice(0, 19).replace('T', ' ');
const words = (reason: string): string => reason.replaceAll('_', ' ');
