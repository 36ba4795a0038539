import { Amount, amount, decimalString, ZERO, type DecimalString } from './money.ts';
import type { OrderSide } from './order.ts';
import type { PricedFill } from './pnl.ts';
import { entrySide } from './order.ts';
import { direction, type Side } from './ids.ts';

/** A fill in the instrument of a trade, during the trade's life. */
export interface TradeFill extends PricedFill {
  side: OrderSide;
  /** An order of the trade explains it. False: the account's owner traded, or the venue liquidated. */
  isOwn: boolean;
  liquidation: boolean;
  /** Of a fill of the entry: what the account held right before it, negative for short; null where that is not known. */
  positionBefore: DecimalString | null;
  time: number;
}

/** What of an account's fills is a trade's, and what is left of each. */
export interface DividedFills<Fill> {
  /** Fills that profit is made of, at the size that is the trade's. */
  entries: PricedFill[];
  exits: PricedFill[];
  /** What the trade's orders opened. */
  entered: Amount;
  /** What is left of that. */
  left: Amount;
  /** What another hand closed of it. */
  takenByHand: Amount;
  /** What the trade's orders closed beyond it, of what another hand holds: neither its size nor its profit. */
  beyond: Amount;
  /** What another hand holds beside it: negative when the other way round. */
  beside: Amount;
  /** The last fill that closed some of the trade's; null when none did. */
  closing: Fill | null;
}

/**
 * Divides the fills of an instrument, oldest first, between a trade and the account's owner. The venue holds one
 * position for both: what another hand closes is its own part first, and then the trade's. What another hand held on
 * the trade's side right before its entry is the first of its own part; its earlier fills count for nothing.
 */
export function divideFills<Fill extends TradeFill>(side: Side, fills: readonly Fill[]): DividedFills<Fill> {
  const opens = entrySide(side);
  const first = fills.find(({ isOwn }) => isOwn)?.time ?? -Infinity;
  const divided: DividedFills<Fill> = {
    entries: [],
    exits: [],
    entered: ZERO,
    left: ZERO,
    takenByHand: ZERO,
    beyond: ZERO,
    beside: heldBefore(side, fills),
    closing: null,
  };
  for (const fill of entriesFirst(side, fills).filter((each) => each.isOwn || each.time >= first)) {
    if (fill.isOwn) addOwn(divided, fill, fill.side === opens);
    else if (fill.side === opens) divided.beside = divided.beside.add(fill.size);
    else takeByHand(divided, fill);
  }
  return divided;
}

/**
 * Returns fills of one moment with those of the entry before the others: a venue with a clock of whole seconds can open
 * and close a position in one of them, and a close may have been told first.
 */
function entriesFirst<Fill extends TradeFill>(side: Side, fills: readonly Fill[]): Fill[] {
  const place = ({ isOwn, side: of }: Fill): number => (isOwn && of === entrySide(side) ? 0 : 1);
  return fills.toSorted((a, b) => a.time - b.time || place(a) - place(b));
}

/** What the account held on the trade's side before its entry: the least that a fill of the entry tells of. */
function heldBefore(side: Side, fills: readonly TradeFill[]): Amount {
  const told = fills.flatMap(({ positionBefore }) => positionBefore ?? []);
  if (told.length === 0) return ZERO;
  return Amount.max(Amount.min(...told.map((size) => amount(size).mul(direction(side)))), 0);
}

function addOwn<Fill extends TradeFill>(divided: DividedFills<Fill>, fill: Fill, isEntry: boolean): void {
  if (isEntry) {
    divided.entries.push(fill);
    divided.entered = divided.entered.add(fill.size);
    divided.left = divided.left.add(fill.size);
    return;
  }
  const closed = Amount.min(amount(fill.size), divided.left);
  const beyond = amount(fill.size).sub(closed);
  divided.left = divided.left.sub(closed);
  divided.beyond = divided.beyond.add(beyond);
  divided.beside = divided.beside.sub(beyond);
  // The trade's order made the whole fee.
  if (closed.gt(0) || !amount(fill.feeUsd).isZero())
    divided.exits.push(beyond.isZero() ? fill : { ...fill, size: decimalString(closed) });
  if (closed.gt(0)) divided.closing = fill;
}

function takeByHand<Fill extends TradeFill>(divided: DividedFills<Fill>, fill: Fill): void {
  const size = amount(fill.size);
  const beyond = size.sub(Amount.max(divided.beside, 0));
  const taken = Amount.max(Amount.min(beyond, divided.left), 0);
  divided.beside = divided.beside.sub(size).add(taken);
  if (taken.isZero()) return;
  divided.left = divided.left.sub(taken);
  divided.closing = fill;
  if (fill.liquidation) divided.exits.push(partOf(fill, taken));
  else divided.takenByHand = divided.takenByHand.add(taken);
}

/** Finest unit kept of a fee that comes out of a division. */
const USD_DECIMALS = 12;

const partOf = ({ price, size, feeUsd }: PricedFill, part: Amount): PricedFill => ({
  price,
  size: decimalString(part),
  feeUsd: decimalString(amount(feeUsd).mul(part).div(size).toDecimalPlaces(USD_DECIMALS)),
});

/** How much of a position at the venue is the trade's, when it has `left` by its own fills. */
export function ownPart(side: Side, left: Amount, held: DecimalString): Amount {
  const sameWay = side === 'long' ? amount(held) : amount(held).neg();
  return Amount.max(Amount.min(left, sameWay), 0);
}
