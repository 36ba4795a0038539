import { direction } from '#domain/ids.ts';
import { amount, decimalString, sum, type DecimalString } from '#domain/money.ts';
import { fillsPnl } from '#domain/pnl.ts';
import { priceText } from '../prices/price-series.ts';
import type { BoundExit, ClosedTrade, EnteredTrade, OpenTrade, PathBound, TradeExit } from '../result.ts';
import { markOf } from './account.ts';
import { isOpen, type Position } from './position.ts';
import type { PortfolioOutcome } from './run-portfolio.ts';
import { toExit, type Trade } from './trade.ts';

/** Returns the trades that closed whole. */
export const closedTrades = ({ trades }: PortfolioOutcome): ClosedTrade[] =>
  trades.filter(({ remaining }) => remaining.lte(0)).map(toClosed);

/** Returns the trades that were open at the last price, at the newest prices of that moment. */
export const openTrades = ({ trades, period: { to } }: PortfolioOutcome): OpenTrade[] =>
  trades.filter(({ remaining }) => remaining.gt(0)).map((trade) => toOpen(trade, to));

/** Returns what a run comes to in all. */
export function portfolioBound({ trades, account, period: { to } }: PortfolioOutcome): PathBound {
  const closed = trades.filter(({ remaining }) => remaining.lte(0));
  const net = sum(closed.map((trade) => entered(trade).netUsd));
  return {
    trades: trades.length,
    netUsd: decimalString(net),
    equityUsd: decimalString(amount(account.at(to).equityUsd).toDecimalPlaces(6)),
  };
}

function entered(trade: Trade): EnteredTrade {
  const { call, market, plan, position, exits } = trade;
  const pnl = pnlOf(trade, exits);
  const sign = direction(position.side);
  const entry = Number(trade.entryPrice);
  const reach = (price: number) => Math.max(0, (price / entry - 1) * sign * 100);
  return {
    id: `${call.signalId}/${call.agent}/${call.terms.symbol}`,
    signalId: call.signalId,
    postId: call.postId,
    source: call.source,
    author: call.author,
    agent: call.agent,
    symbol: call.terms.symbol,
    venue: market.instrument.venue,
    side: position.side,
    postedAt: call.postedAt,
    callPrice: call.callPrice,
    decidedAt: trade.decidedAt,
    decisionPrice: trade.decisionPrice,
    enteredAt: trade.enteredAt,
    entryPrice: trade.entryPrice,
    size: trade.size,
    leverage: plan.leverage,
    barriers: plan.barriers,
    firstStop: trade.firstStop,
    stopMoves: position.stopMoves,
    exits,
    grossUsd: pnl.grossUsd,
    feesUsd: pnl.feesUsd,
    fundingUsd: pnl.fundingUsd,
    slippageUsd: decimalString(trade.slippageUsd),
    netUsd: pnl.netUsd,
    mfePct: rounded(reach(position.best)),
    maePct: rounded(Math.max(0, (1 - position.worst / entry) * sign * 100)),
  };
}

/** The books' own rule, on the fills of the trade. */
const pnlOf = (trade: Trade, exits: readonly TradeExit[]) =>
  fillsPnl(
    trade.position.side,
    [{ price: trade.entryPrice, size: trade.size, feeUsd: trade.entryFeeUsd }],
    exits,
    decimalString(trade.fundingUsd),
  );

function toClosed(trade: Trade): ClosedTrade {
  const { position, exits } = trade;
  const last = exits.at(-1);
  if (!last) throw new Error('a closed trade has no exit');
  const pnl = pnlOf(trade, exits);
  const dependsOnOrder = position.other !== null && !endsAlike(trade, position, position.other);
  return {
    ...entered(trade),
    exitedAt: last.t,
    exitReason: last.reason,
    exitPrice: pnl.exitPrice ?? last.price,
    r: multipleOfRisk(trade, pnl.netUsd),
    dependsOnOrder,
    bounds: dependsOnOrder && position.other ? boundsOf(trade, position, position.other) : null,
  };
}

function multipleOfRisk({ firstStop, entryPrice, size }: Trade, netUsd: DecimalString): number | null {
  if (firstStop === null) return null;
  const risk = amount(entryPrice).sub(firstStop).abs().mul(size);
  return risk.isZero() ? null : rounded(amount(netUsd).div(risk).toNumber());
}

const endsAlike = (trade: Trade, one: Position, other: Position): boolean =>
  JSON.stringify(exitsOf(trade, one)) === JSON.stringify(exitsOf(trade, other));

function boundsOf(trade: Trade, position: Position, other: Position): Record<'worst' | 'best', BoundExit> {
  const [worst, best] = position.path === 'worst' ? [position, other] : [other, position];
  return { worst: boundOf(trade, worst), best: boundOf(trade, best) };
}

/** Returns the exits that a course leads to, each with the size that it closes. */
function exitsOf(trade: Trade, position: Position): TradeExit[] {
  let remaining = amount(trade.size);
  const exits: TradeExit[] = [];
  for (const [index, fire] of position.fires.entries()) {
    const exit = toExit({ market: trade.market, size: trade.size, remaining }, position, fire, index);
    if (exit === null) continue;
    exits.push(exit);
    remaining = remaining.sub(exit.size);
  }
  return exits;
}

function boundOf(trade: Trade, position: Position): BoundExit {
  const exits = exitsOf(trade, position);
  const last = exits.at(-1);
  const { series } = position;
  const end = series.length - 1;
  const pnl = pnlOf(trade, exits);
  const isEnded = last !== undefined && !isOpen(position);
  return {
    reason: isEnded ? last.reason : null,
    t: isEnded ? last.t : series.times[end]!,
    price: isEnded ? last.price : priceText(series.close[end]!),
    netUsd: pnl.netUsd,
  };
}

function toOpen(trade: Trade, to: number): OpenTrade {
  const { position, market, remaining, entryPrice } = trade;
  const markPrice = priceText(markOf(market.series, to));
  const profit = amount(markPrice).sub(entryPrice).mul(remaining).mul(direction(position.side));
  return {
    ...entered(trade),
    openSize: decimalString(remaining),
    markPrice,
    markedAt: to,
    unrealizedUsd: decimalString(profit.toDecimalPlaces(12)),
    stop: position.state.stop?.price ?? null,
  };
}

/** Six decimals: more would only show how floating point divides. */
const rounded = (value: number): number => Math.round(value * 1e6) / 1e6 + 0;
