import { Amount, amount, decimalString, type DecimalString } from '../money.ts';

/**
 * Sums over closed trades from which their numbers are computed. Sums of hours, venues or sources add up to those of
 * days, agents and everything. Amounts in USD.
 */
export interface TradeSums {
  closed: number;
  won: number;
  /** Of trades with a net profit above 0. */
  profitUsd: DecimalString;
  /** Of trades with a net loss, as a positive amount. */
  lossUsd: DecimalString;
  bestUsd: DecimalString | null;
  worstUsd: DecimalString | null;
  /** Of net profit over the loss at the first stop, and over how many trades. */
  r: number;
  rCount: number;
  holdMs: number;
  unprotectedMs: number;
  callBps: number;
  callCount: number;
  decisionBps: number;
  decisionCount: number;
  latencyMs: number;
  latencyCount: number;
}

export const NO_TRADES: TradeSums = {
  closed: 0,
  won: 0,
  profitUsd: '0',
  lossUsd: '0',
  bestUsd: null,
  worstUsd: null,
  r: 0,
  rCount: 0,
  holdMs: 0,
  unprotectedMs: 0,
  callBps: 0,
  callCount: 0,
  decisionBps: 0,
  decisionCount: 0,
  latencyMs: 0,
  latencyCount: 0,
};

/** Numbers of closed trades; one that has no meaning yet is null. Named and defined in `METRICS`. */
export interface TradeNumbers {
  trades: number;
  winRate: number | null;
  profitFactor: number | null;
  expectancyUsd: DecimalString | null;
  expectancyR: number | null;
  bestUsd: DecimalString | null;
  worstUsd: DecimalString | null;
  averageHoldMs: number | null;
  slippageToCallBps: number | null;
  slippageToDecisionBps: number | null;
  latencyMs: number | null;
  unprotectedMs: number;
  impactUsd: DecimalString | null;
}

/** Returns the numbers of trades by their sums. */
export function tradeNumbers(sums: TradeSums): TradeNumbers {
  const { closed, won, bestUsd, worstUsd, unprotectedMs } = sums;
  const winRate = mean(won, closed);
  const expectancy = closed === 0 ? null : amount(sums.profitUsd).sub(sums.lossUsd).div(closed);
  return {
    trades: closed,
    winRate,
    profitFactor: amount(sums.lossUsd).isZero() ? null : amount(sums.profitUsd).div(sums.lossUsd).toNumber(),
    expectancyUsd: expectancy && usd(expectancy),
    expectancyR: mean(sums.r, sums.rCount),
    bestUsd,
    worstUsd,
    averageHoldMs: mean(sums.holdMs, closed),
    slippageToCallBps: mean(sums.callBps, sums.callCount),
    slippageToDecisionBps: mean(sums.decisionBps, sums.decisionCount),
    latencyMs: mean(sums.latencyMs, sums.latencyCount),
    unprotectedMs,
    impactUsd: expectancy && usd(new Amount(won).div(closed).mul(expectancy)),
  };
}

const mean = (sum: number, count: number): number | null => (count === 0 ? null : sum / count);

const USD_DECIMALS = 12;
const usd = (value: Amount): DecimalString => decimalString(value.toDecimalPlaces(USD_DECIMALS));
