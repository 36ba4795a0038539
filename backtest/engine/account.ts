import { direction, type Symbol } from '#domain/ids.ts';
import { Amount, amount, decimalString, ZERO, type DecimalString } from '#domain/money.ts';
import type { HeldAccount } from '#domain/size-entry.ts';
import { indexUntil, priceText, type PriceSeries } from '../prices/price-series.ts';
import { bookExit, type Trade } from './trade.ts';

/** Part of the value of positions that cannot leave an account. Source: Hyperliquid's documentation, "margining". */
const TRANSFER_SHARE = 0.1;

/** The money of a run and the trades that it holds, as of the moment up to which exits were booked. */
export class Account {
  cash: Amount;
  readonly held = new Set<Trade>();

  constructor(capitalUsd: DecimalString) {
    this.cash = amount(capitalUsd);
  }

  /** Takes a trade in, and pays the fee of its entry. */
  enter(trade: Trade): void {
    this.cash = this.cash.sub(trade.entryFeeUsd);
    this.held.add(trade);
  }

  /** Books the next exit of a trade. */
  exit(trade: Trade): void {
    const fire = trade.position.fires[trade.settled];
    if (!fire) throw new Error('a trade has no further exit');
    const { profitUsd, feeUsd } = bookExit(trade, fire);
    this.cash = this.cash.add(profitUsd).sub(feeUsd);
    if (trade.remaining.lte(0)) this.held.delete(trade);
  }

  /** Pays the funding of one hour for every trade that is held. */
  payFunding(t: number): void {
    for (const trade of this.held) {
      const { market, position } = trade;
      const bps = market.holdingBpsPerHour[position.side];
      if (bps === 0) continue;
      const paid = trade.remaining.mul(markText(market.series, t)).mul(-bps).div(10_000).toDecimalPlaces(6);
      trade.fundingUsd = trade.fundingUsd.add(paid);
      this.cash = this.cash.add(paid);
    }
  }

  /** Returns the account as sizing reads it, at the newest prices of a moment. */
  at(t: number): HeldAccount {
    let [profit, margin, value, maintenance] = [ZERO, ZERO, ZERO, ZERO];
    const positions: { symbol: Symbol; size: DecimalString; valueUsd: DecimalString }[] = [];
    for (const { market, position, plan, entryPrice, remaining } of this.held) {
      const mark = markText(market.series, t);
      const valueUsd = remaining.mul(mark);
      const { instrument } = market;
      profit = profit.add(amount(mark).sub(entryPrice).mul(remaining).mul(direction(position.side)));
      margin = margin.add(valueUsd.div(plan.leverage));
      maintenance = maintenance.add(valueUsd.mul(market.maintenance.share).div(instrument.maxLeverage));
      value = value.add(valueUsd);
      positions.push({
        symbol: instrument.symbol,
        size: decimalString(remaining),
        valueUsd: decimalString(valueUsd),
      });
    }
    const equity = this.cash.add(profit);
    const kept = Amount.max(margin, value.mul(TRANSFER_SHARE));
    return {
      equityUsd: decimalString(equity),
      freeMarginUsd: decimalString(Amount.max(equity.sub(kept), 0)),
      spareEquityUsd: decimalString(equity.sub(maintenance)),
      positions,
    };
  }

  /** Returns the account in plain numbers, for the curve of a report. */
  pointAt(t: number): { cashUsd: number; equityUsd: number; openTrades: number; exposureUsd: number } {
    const cashUsd = this.cash.toNumber();
    let [equityUsd, exposureUsd] = [cashUsd, 0];
    for (const { market, position, entryPrice, remaining } of this.held) {
      const mark = markOf(market.series, t);
      const size = remaining.toNumber();
      equityUsd += (mark - Number(entryPrice)) * size * direction(position.side);
      exposureUsd += mark * size;
    }
    return { cashUsd, equityUsd, openTrades: this.held.size, exposureUsd };
  }
}

/** Returns the newest price at a moment: of a candle that is not over, its open; of the last one, its close from its end on. */
export function markOf(series: PriceSeries, t: number): number {
  const at = indexUntil(series, t);
  if (at < 0) return series.open[0]!;
  const { intervalMs } = series;
  return intervalMs !== null && t >= series.times[at]! + intervalMs ? series.close[at]! : series.open[at]!;
}

const markText = (series: PriceSeries, t: number): DecimalString => priceText(markOf(series, t));
