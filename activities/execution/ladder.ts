import type { ResolvedTarget } from '#domain/barriers.ts';
import { roundSizeDown, type Instrument } from '#domain/instrument.ts';
import { amount, sum, type Amount, type DecimalString } from '#domain/money.ts';
import { doesRest } from '#domain/order.ts';
import { newest, type OrderRecord } from '#prisma/repositories/order-record.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';

/** A trade with the take profits that its exits name now, each by its number. */
type Laddered = Pick<TradeRecord, 'barriers' | 'plan' | 'entrySize'>;

const ordersOf = (orders: readonly OrderRecord[], legNumber: number): OrderRecord[] =>
  orders.filter((order) => order.leg === 'take_profit' && order.legNumber === legNumber);

/** Returns the numbers of the targets that have filled completely. */
export const filledTargets = (trade: Laddered, orders: readonly OrderRecord[]): number[] =>
  (trade.barriers?.levels.targets ?? [])
    .filter((target) => isFilled(trade, target, ordersOf(orders, target.leg)))
    .map(({ leg }) => leg);

function isFilled(
  { plan, entrySize }: Laddered,
  { leg, fraction }: ResolvedTarget,
  orders: readonly OrderRecord[],
): boolean {
  if (orders.some(({ status }) => status === 'filled')) return true;
  if (!plan || !orders.some(({ filledSize }) => amount(filledSize).gt(0))) return false;
  return leftOf(plan.instrument, amount(entrySize ?? '0').mul(fraction), leg, orders).isZero();
}

/** Returns the numbers of the targets that are known to rest at the venue and are its to fire. */
export const restingTargets = ({ barriers }: Laddered, orders: readonly OrderRecord[]): number[] =>
  (barriers?.levels.targets ?? [])
    .map(({ leg }) => leg)
    .filter((leg) => isResting(newest(orders, 'take_profit', leg)));

/** Returns whether the venue holds this order and fires it by itself. */
export const isResting = (order: OrderRecord | null): boolean =>
  order !== null && order.kind === 'take_profit_trigger' && doesRest(order.status);

/** Returns how much of a target of `size` none of its orders has filled; less than one lot is nothing. */
export const leftOf = (
  instrument: Instrument,
  size: DecimalString | Amount,
  legNumber: number,
  orders: readonly OrderRecord[],
): Amount => {
  const filled = sum(ordersOf(orders, legNumber).map(({ filledSize }) => filledSize));
  const left = amount(size).sub(filled);
  return left.lte(0) ? amount('0') : roundSizeDown(instrument, left);
};
