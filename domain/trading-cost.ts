import type { TradeFees } from './fees.ts';
import type { Side } from './ids.ts';
import { amount, type DecimalString } from './money.ts';

/** Costs that a venue charges for an instrument now. Rates are in basis points of the value traded or held. */
export interface QuotedCosts {
  /** Price that a sale of usual size gets; null when there is no such side. `ask` is that of a purchase. */
  bid: DecimalString | null;
  ask: DecimalString | null;
  fees: TradeFees;
  /**
   * Funding or rollover that a position pays for each hour it is held, at the present rate; negative when it
   * receives.
   */
  holdingBpsPerHour: Record<Side, number>;
}

/** Expected cost of a trade from entry to exit, in basis points of its value. */
export interface TradingCost {
  /** Half of it is lost on the way in, half on the way out. */
  spreadBps: number;
  feeBps: number;
  /** Negative when the position receives for being held. */
  holdingBps: number;
  totalBps: number;
}

/** Assumptions about a trade. */
export interface ExpectedTrade {
  side: Side;
  notionalUsd: DecimalString;
  holdMs: number;
}

const BPS = 10_000;
const HOUR_MS = 3_600_000;

/** Returns the expected cost of a trade that is held to its time limit; null when the spread is not known. */
export function tradingCost(quote: QuotedCosts, trade: ExpectedTrade): TradingCost | null {
  const spreadBps = spreadOf(quote);
  if (spreadBps === null) return null;
  const flatBps = amount(quote.fees.flatUsd).div(amount(trade.notionalUsd)).mul(BPS).toNumber();
  const feeBps = rounded(quote.fees.entryBps + quote.fees.exitBps + flatBps);
  const holdingBps = rounded((quote.holdingBpsPerHour[trade.side] * trade.holdMs) / HOUR_MS);
  return { spreadBps, feeBps, holdingBps, totalBps: rounded(spreadBps + feeBps + holdingBps) };
}

function spreadOf({ bid, ask }: QuotedCosts): number | null {
  if (bid === null || ask === null) return null;
  const [low, high] = [amount(bid), amount(ask)];
  const middle = low.add(high).div(2);
  return middle.gt(0) ? rounded(high.sub(low).div(middle).mul(BPS).toNumber()) : null;
}

/** Rounds to a thousandth of a basis point; `+ 0` makes -0 a plain 0. */
const rounded = (bps: number): number => Math.round(bps * 1_000) / 1_000 + 0;
