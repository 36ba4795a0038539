import type { BacktestResult } from '../result.ts';
import type { BootstrapResult } from './bootstrap.ts';
import type { OrderDependence } from './bounds.ts';
import type { CostRow } from './costs.ts';
import type { RandomResult } from './benchmarks.ts';

/** With fewer closed trades than this, numbers say next to nothing. */
export const FEW_TRADES = 30;

/** What warnings are judged by. */
export interface Judged {
  result: BacktestResult;
  order: OrderDependence;
  interval: BootstrapResult | null;
  costs: readonly CostRow[];
  random: RandomResult | null;
}

/** Returns why the numbers of a run may mislead, the gravest first, one sentence each. */
export const warningsOf = (judged: Judged): string[] =>
  [fewTrades, chance, order, doubledCosts, oneTrade, noBetterThanRandom, noPrices, findings].flatMap(
    (warning) => warning(judged) ?? [],
  );

type Warning = (judged: Judged) => string | null;

const fewTrades: Warning = ({ result: { trades } }) =>
  trades.length >= FEW_TRADES
    ? null
    : `Only ${trades.length} closed ${trades.length === 1 ? 'trade' : 'trades'}: below ${FEW_TRADES}, numbers say next to nothing.`;

const chance: Warning = ({ interval }) =>
  interval && interval.expectancyUsd.low <= 0 && interval.expectancyUsd.high >= 0
    ? `The result may be chance: the mean trade lies between ${usd(interval.expectancyUsd.low)} and ` +
      `${usd(interval.expectancyUsd.high)} USD with 95 %.`
    : null;

const order: Warning = ({ order: { trades, share, lowUsd, highUsd } }) => {
  if (trades === 0) return null;
  const exits = trades === 1 ? '1 exit depends' : `${trades} exits (${percent(share)}) depend`;
  const [low, high] = [Number(lowUsd), Number(highUsd)];
  const span = `Their ends allow a net profit from ${usd(low)} to ${usd(high)} USD.`;
  const isGrave = share > 0.05 || high - low > Math.max(Math.abs(low), Math.abs(high)) / 10;
  return isGrave ? `${exits} on the unknown order of prices inside a candle. ${span}` : null;
};

const doubledCosts: Warning = ({ costs }) => {
  const [net, doubled] = [1, 2].map((factor) =>
    Number(costs.find((row) => row.factor === factor)?.netUsd ?? 0),
  );
  return net !== undefined && doubled !== undefined && net > 0 && doubled <= 0
    ? `The profit is gone when costs double (${usd(doubled)} USD).`
    : null;
};

const oneTrade: Warning = ({ result: { trades } }) => {
  const nets = trades.map(({ netUsd }) => Number(netUsd));
  const total = nets.reduce((sum, net) => sum + net, 0);
  const best = nets.reduce((most, net) => Math.max(most, net), 0);
  return trades.length > 1 && total > 0 && best > total / 2
    ? `One trade made ${percent(best / total)} of the profit (${usd(best)} USD).`
    : null;
};

const noBetterThanRandom: Warning = ({ random }) =>
  random && random.asGoodShare > 0.05
    ? `Entries at random moments with the same exits did as well in ${percent(random.asGoodShare)} of ${random.rounds} rounds.`
    : null;

const noPrices: Warning = ({ result: { refusals, trades, open } }) => {
  const missing = refusals.filter(({ code }) => code === 'no_prices' || code === 'prices_ended').length;
  const all = refusals.length + trades.length + open.length;
  return missing === 0
    ? null
    : `${missing} of ${all} signals (${percent(missing / all)}) had no prices and were not traded: what they would have done is unknown.`;
};

const findings: Warning = ({ result }) => {
  const found = result.findings.filter(({ level }) => level === 'warning');
  return found.length === 0
    ? null
    : `The checks of the data found ${found.length === 1 ? 'one thing' : `${found.length} things`} that can change the result.`;
};

const usd = (value: number): string => value.toFixed(2);
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
