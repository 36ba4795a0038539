import {
  mergeSmallLegs,
  resolveBarriers,
  type Barriers,
  type LevelRefusal,
  type ResolveContext,
  type ResolvedBarriers,
} from './barriers.ts';
import { roundTripFeePct, type TradeFees } from './fees.ts';
import { direction, type Side } from './ids.ts';
import { roundPrice, roundSizeDown, type Instrument } from './instrument.ts';
import { amount, decimalString, type Amount, type DecimalString } from './money.ts';
import { exitSide, type OrderLeg, type OrderSide } from './order.ts';
import { accept, type Ruling } from './reasons.ts';

/** Most percent that an entry or a close may fill away from the price it was decided at. */
export const MAX_SLIPPAGE_PCT = 1;
/**
 * Room in percent between the trigger price of a stop or target and its limit price, as Hyperliquid gives its own
 * market triggers; less could leave a stop unfilled in a fast market.
 */
export const TRIGGER_SLIPPAGE_PCT = 10;

/** The entry order and exits of a trade, fixed before the first order is sent. */
export interface EntryPlan {
  instrument: Instrument;
  side: Side;
  size: DecimalString;
  /** The trigger price the plan was made at. */
  referencePrice: DecimalString;
  /** Limit price of the entry: it fills at this price or better, or not at all. */
  worstPrice: DecimalString;
  leverage: number;
  /** Price at which the venue would liquidate the position, before fees and funding; null when no price does. */
  liquidationPrice?: DecimalString | null;
  /** What the account pays for a trade in the instrument, as last known; absent in plans from before it was asked. */
  fees?: TradeFees;
  /** Exits as the signal carries them; resolved again at the price of the entry fill. */
  barriers: Barriers;
  /**
   * Epoch ms at which the signal expires: an entry that has not been sent by then is never sent. Absent when there is
   * nothing to send.
   */
  expiresAt?: number;
  /** Size of the first entry order, which the venue refused for want of margin; absent unless it did. */
  resizedFrom?: DecimalString;
}

/** Returns the revision of the entry order, and of the stop and targets that go with it. */
export const entryRevision = ({ resizedFrom }: Pick<EntryPlan, 'resizedFrom'>): 0 | 1 =>
  resizedFrom === undefined ? 0 : 1;

/** An order that protects a position: its stop, or a numbered take profit. */
export interface ProtectionLeg {
  leg: Extract<OrderLeg, 'stop' | 'take_profit'>;
  legNumber: number;
  side: OrderSide;
  triggerPrice: DecimalString;
  worstPrice: DecimalString;
  size: DecimalString;
}

export interface Protection {
  levels: ResolvedBarriers;
  legs: ProtectionLeg[];
}

/** Returns the worst price at which an order decided at `price` may fill: `pct` percent against its sender. */
export function worstPrice(
  instrument: Instrument,
  side: OrderSide,
  price: Amount | DecimalString,
  pct: number,
): DecimalString {
  const sign = side === 'buy' ? 1 : -1;
  const exact = amount(price).mul(1 + (sign * pct) / 100);
  return decimalString(roundPrice(instrument, exact, side === 'buy' ? 'up' : 'down'));
}

/**
 * Returns the exits of a position in absolute prices and as orders that the venue accepts. The targets are the ladder
 * as it rests at the venue, with legs under the venue's minimum merged into their neighbours.
 */
export function planProtection(
  plan: Pick<EntryPlan, 'instrument' | 'side' | 'barriers' | 'fees'> &
    Pick<ResolveContext, 'mayStopInProfit'>,
  size: DecimalString,
  entryPrice: DecimalString,
): Ruling<Protection, LevelRefusal> {
  const resolved = planLevels(plan, size, entryPrice);
  if (!resolved.ok) return resolved;
  const levels = resolved.value;
  return accept({
    levels,
    legs: [...stopLegs(plan, levels, entryPrice, size), ...targetLegs(plan, levels, size)],
  });
}

/** Returns the exits of a position in absolute prices, with targets under the venue's minimum merged into their neighbours. */
export function planLevels(
  plan: Pick<EntryPlan, 'instrument' | 'side' | 'barriers' | 'fees'> &
    Pick<ResolveContext, 'mayStopInProfit'>,
  size: DecimalString,
  entryPrice: DecimalString,
): Ruling<ResolvedBarriers, LevelRefusal> {
  const { instrument, side, fees, mayStopInProfit = false } = plan;
  const feesPct = fees ? roundTripFeePct(fees, amount(size).mul(entryPrice)) : 0;
  const resolved = resolveBarriers(plan.barriers, { side, entryPrice, instrument, feesPct, mayStopInProfit });
  if (!resolved.ok) return resolved;
  const targets = mergeSmallLegs(resolved.value.targets, size, entryPrice, instrument).map(
    (target, index) => ({
      ...target,
      leg: index + 1,
    }),
  );
  return accept({ ...resolved.value, targets });
}

/** Returns the price at which the resident stop of a position triggers; null without a stop and without a trail. */
export function stopTrigger(
  { instrument, side }: Pick<EntryPlan, 'instrument' | 'side'>,
  levels: ResolvedBarriers,
  entryPrice: DecimalString,
): DecimalString | null {
  const price = levels.stop ?? firstTrail(levels, side, entryPrice);
  return price === null ? null : triggerPriceOf(instrument, side, 'stop', price);
}

/**
 * Returns the stop that rests at the venue. A position with a trail and no stop of its own gets the trail's first
 * stop.
 */
function stopLegs(
  { instrument, side }: Pick<EntryPlan, 'instrument' | 'side'>,
  levels: ResolvedBarriers,
  entryPrice: DecimalString,
  size: DecimalString,
): ProtectionLeg[] {
  const price = levels.stop ?? firstTrail(levels, side, entryPrice);
  return price === null ? [] : [protectionLeg(instrument, side, 'stop', 0, price, size)];
}

function firstTrail(levels: ResolvedBarriers, side: Side, entryPrice: DecimalString): DecimalString | null {
  const first = levels.trailing[0];
  if (!first) return null;
  return decimalString(amount(entryPrice).mul(1 - (direction(side) * first.distancePct) / 100));
}

/** Returns the targets of a position of `size` as closing orders, without those smaller than one lot. */
export function targetLegs(
  { instrument, side }: Pick<EntryPlan, 'instrument' | 'side'>,
  levels: Pick<ResolvedBarriers, 'targets'>,
  size: DecimalString,
): ProtectionLeg[] {
  return levels.targets.flatMap((target) => {
    const legSize = roundSizeDown(instrument, amount(size).mul(target.fraction));
    if (legSize.isZero()) return [];
    return [protectionLeg(instrument, side, 'take_profit', target.leg, target.price, decimalString(legSize))];
  });
}

/** Returns a closing trigger order for a position of `side`, with its prices on the venue's grid. */
export function protectionLeg(
  instrument: Instrument,
  side: Side,
  leg: ProtectionLeg['leg'],
  legNumber: number,
  price: DecimalString,
  size: DecimalString,
): ProtectionLeg {
  const orderSide = exitSide(side);
  const triggerPrice = triggerPriceOf(instrument, side, leg, price);
  return {
    leg,
    legNumber,
    side: orderSide,
    triggerPrice,
    worstPrice: worstPrice(instrument, orderSide, triggerPrice, TRIGGER_SLIPPAGE_PCT),
    size,
  };
}

/** Returns a trigger price on the venue's grid, never looser than asked. */
function triggerPriceOf(
  instrument: Instrument,
  side: Side,
  leg: ProtectionLeg['leg'],
  price: DecimalString,
): DecimalString {
  const tighter = (side === 'long') === (leg === 'stop') ? 'up' : 'down';
  return decimalString(roundPrice(instrument, price, tighter));
}
