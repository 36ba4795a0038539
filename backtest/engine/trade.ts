import { roundSizeDown } from '#domain/instrument.ts';
import { amount, Amount, decimalString, ZERO, type DecimalString } from '#domain/money.ts';
import { feeUsd } from '#domain/fees.ts';
import { direction } from '#domain/ids.ts';
import type { EntryPlan } from '#domain/entry-plan.ts';
import type { Call } from '../call.ts';
import type { TradeExit } from '../result.ts';
import { exitFill, lostUsd } from './costs.ts';
import type { Market } from './market.ts';
import { isOpen, type Position, type TimedFire } from './position.ts';

/** A trade that was entered: what the account knows of it by now, and where its prices will lead it. */
export interface Trade {
  call: Call;
  market: Market;
  plan: EntryPlan;
  position: Position;
  decidedAt: number;
  decisionPrice: DecimalString;
  enteredAt: number;
  entryPrice: DecimalString;
  entryFeeUsd: DecimalString;
  size: DecimalString;
  firstStop: DecimalString | null;
  /** What the account still holds. */
  remaining: Amount;
  exits: TradeExit[];
  feesUsd: Amount;
  fundingUsd: Amount;
  slippageUsd: Amount;
  /** Number of the position's exits that are in the account. */
  settled: number;
}

/** Returns a trade whose entry meets a print at `price`, with the costs of the entry. */
export function newTrade({
  price,
  ...entry
}: Pick<Trade, 'call' | 'market' | 'plan' | 'position' | 'decidedAt'> & { price: DecimalString }): Trade {
  const { market, plan, position } = entry;
  const { entryPrice, openedAt, stop } = position.state;
  const fee = bookedFee(entryPrice, plan.size, market.fees.entryBps);
  const entryFeeUsd = decimalString(amount(fee).add(market.fees.flatUsd));
  return {
    ...entry,
    decisionPrice: price,
    enteredAt: openedAt,
    entryPrice,
    entryFeeUsd,
    size: plan.size,
    firstStop: stop?.price ?? null,
    remaining: amount(plan.size),
    exits: [],
    feesUsd: amount(entryFeeUsd),
    fundingUsd: ZERO,
    slippageUsd: amount(lostUsd(price, entryPrice, plan.size)),
    settled: 0,
  };
}

/** Venues book fees in whole millionths of a dollar. Source: Hyperliquid's fills. */
const FEE_DECIMALS = 6;

/** Returns the fee of an order as its venue books it. */
export const bookedFee = (price: DecimalString, size: Amount | DecimalString, bps: number): DecimalString =>
  decimalString(
    amount(feeUsd(amount(price).mul(size), bps)).toDecimalPlaces(FEE_DECIMALS, Amount.ROUND_HALF_UP),
  );

/** Books the next exit of a trade and returns what it brings in USD: profit before fees, and the fee. */
export function bookExit(trade: Trade, fire: TimedFire): { profitUsd: Amount; feeUsd: DecimalString } {
  const exit = toExit(trade, trade.position, fire, trade.settled);
  trade.settled += 1;
  if (exit === null) return { profitUsd: amount('0'), feeUsd: '0' };
  trade.exits.push(exit);
  trade.remaining = trade.remaining.sub(exit.size);
  trade.feesUsd = trade.feesUsd.add(exit.feeUsd);
  trade.slippageUsd = trade.slippageUsd.add(lostUsd(fire.price, exit.price, exit.size));
  const profitUsd = amount(exit.price)
    .sub(trade.entryPrice)
    .mul(exit.size)
    .mul(direction(trade.position.side));
  return { profitUsd, feeUsd: exit.feeUsd };
}

/** Returns an exit as the venue fills it; null where the part is less than one lot. The last one closes all that is left. */
export function toExit(
  { market, size, remaining }: Pick<Trade, 'market' | 'size' | 'remaining'>,
  position: Position,
  fire: TimedFire,
  index: number,
): TradeExit | null {
  const isLast = index === position.fires.length - 1 && !isOpen(position);
  const part = isLast ? remaining : roundSizeDown(market.instrument, amount(size).mul(fire.fraction));
  if (part.lte(0)) return null;
  const isTarget = fire.reason === 'take_profit';
  const price = exitFill(position.side, fire.price, { ...market.fillCosts, isTarget });
  const fee = bookedFee(price, part, market.fees.exitBps);
  return { reason: fire.reason, t: fire.t, price, size: decimalString(part), feeUsd: fee };
}
