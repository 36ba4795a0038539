import { Amount, amount, decimalString, sum, ZERO, type DecimalString } from '../money.ts';

/** Closed trades of a source: how many, how many won, and their net profit in USD. */
export interface SourceResult {
  trades: number;
  wins: number;
  netUsd: DecimalString;
}

export interface Impact extends SourceResult {
  winRate: number | null;
  averageUsd: DecimalString | null;
  /** Win rate x mean net profit; null without a trade. */
  impactUsd: DecimalString | null;
  /** The impact factor with {@link SHRINKAGE_TRADES} trades of the average source added. */
  shrunkImpactUsd: DecimalString;
}

/** Returns the results of several sources together. */
export const totalOf = (results: readonly SourceResult[]): SourceResult => ({
  trades: results.reduce((total, { trades }) => total + trades, 0),
  wins: results.reduce((total, { wins }) => total + wins, 0),
  netUsd: decimalString(sum(results.map(({ netUsd }) => netUsd))),
});

/** How many trades of the average source each source is given before its own count. */
export const SHRINKAGE_TRADES = 20;

/** Returns the impact of a source; `all` are the trades of every source together, the source itself included. */
export function impactOf(source: SourceResult, all: SourceResult): Impact {
  const { trades, wins, netUsd } = source;
  const [winRate, average] = trades === 0 ? [null, null] : ratesOf(source);
  return {
    ...source,
    winRate: winRate?.toNumber() ?? null,
    averageUsd: average && usd(average),
    impactUsd: winRate && average && usd(winRate.mul(average)),
    shrunkImpactUsd: usd(shrunken({ trades, wins, netUsd }, all)),
  };
}

const ratesOf = ({ trades, wins, netUsd }: SourceResult): [Amount, Amount] => [
  new Amount(wins).div(trades),
  amount(netUsd).div(trades),
];

function shrunken(source: SourceResult, all: SourceResult): Amount {
  const [winRate, average] = all.trades === 0 ? [ZERO, ZERO] : ratesOf(all);
  const count = source.trades + SHRINKAGE_TRADES;
  const wins = winRate.mul(SHRINKAGE_TRADES).add(source.wins);
  const net = average.mul(SHRINKAGE_TRADES).add(source.netUsd);
  return wins.div(count).mul(net.div(count));
}

const USD_DECIMALS = 12;
const usd = (value: Amount): DecimalString => decimalString(value.toDecimalPlaces(USD_DECIMALS));
