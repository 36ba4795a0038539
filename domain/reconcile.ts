import type { ClientOrderId, Side, Symbol, TradeId, VenueOrderId } from './ids.ts';
import { direction } from './ids.ts';
import { amount, type DecimalString } from './money.ts';
import { isOver, type OrderReport, type OrderStatus } from './order.ts';
import type { TradePhase } from './trade.ts';

/** Name under which corrections stand in the audit log. */
export const RECONCILER = 'reconcile';

/** A live trade as the database has it. */
export interface BookedTrade {
  tradeId: TradeId;
  phase: TradePhase;
  symbol: Symbol;
  side: Side;
  remainingSize: DecimalString;
  /** Size that the owner holds in the same position, by its fills; negative when it is on the other side. */
  beside: DecimalString;
  /** The venue's id of its entry at a venue that keeps each entry as a separate position; null elsewhere. */
  positionId: VenueOrderId | null;
  /** Client id of the stop that rests according to the database; null when none does. */
  stopOrder: ClientOrderId | null;
  /** Trigger price of that stop according to the database. */
  stopPrice: DecimalString | null;
  /** The targets that should rest at the venue. */
  targets: readonly BookedTarget[];
}

/** A take profit that should rest at the venue of an open trade. */
export interface BookedTarget {
  legNumber: number;
  /** Client id of the order that rests according to the database; null when none does. */
  order: ClientOrderId | null;
  /** Trigger price of that order according to the database. */
  price: DecimalString | null;
}

/** An order of ours that rests at the venue, with its state in the database. */
export interface RestingOrder {
  clientOrderId: ClientOrderId;
  tradeId: TradeId;
  tradePhase: TradePhase;
  status: OrderStatus;
}

/** A position that the venue reports as open. */
export interface HeldPosition {
  symbol: Symbol;
  /** The venue's id of its entry at a venue that keeps each entry as a separate position. */
  positionId?: VenueOrderId;
  /** Negative for short. */
  size: DecimalString;
  entryPrice: DecimalString;
}

/** One reading of an account: the venue first, then the database. */
export interface AccountLook {
  trades: readonly BookedTrade[];
  positions: readonly HeldPosition[];
  /** Separate positions that an order of ours opened and whose trade has ended before them, with that trade. */
  outlived: ReadonlyMap<VenueOrderId, TradeId>;
  /** The venue's report of each stop and target in the database; null when it knows no such order. */
  stops: ReadonlyMap<ClientOrderId, OrderReport | null>;
  /** Orders of ours that rest; empty when they were not asked for. */
  resting: readonly RestingOrder[];
}

/** A difference between the database and the venue. */
export type Difference =
  /** A position that no live trade explains. */
  | { kind: 'unknown_position'; position: HeldPosition }
  /** A position that an order of ours opened and whose trade has ended before it. */
  | { kind: 'trade_outlived'; tradeId: TradeId; position: HeldPosition }
  /** An open trade whose position is not there. */
  | { kind: 'position_gone'; trade: BookedTrade }
  /** An open trade whose position has another size. */
  | { kind: 'size_differs'; trade: BookedTrade; position: HeldPosition }
  /** An open trade whose stop does not rest; `report` is the venue's report of the stop in the database. */
  | { kind: 'stop_gone'; trade: BookedTrade; report: OrderReport | null }
  /** An open trade one of whose targets does not rest; `report` is the venue's report of the one in the database. */
  | { kind: 'target_gone'; trade: BookedTrade; target: BookedTarget; report: OrderReport | null }
  /** A stop or target of an open trade that rests at another price than the database has. */
  | { kind: 'order_moved'; trade: BookedTrade; order: ClientOrderId; price: DecimalString }
  /** An order of ours that rests although its trade has ended or the database has it cancelled. */
  | { kind: 'orphan_order'; order: RestingOrder };

/**
 * Returns the differences between the database and the venue in an account. Instruments on which an entry or an exit
 * is under way are left out: that trade reads the venue itself.
 */
export function findDifferences({ trades, positions, outlived, stops, resting }: AccountLook): Difference[] {
  const held = positions.filter(({ size }) => !amount(size).isZero());
  const unexplained = held.filter((position) => !trades.some((trade) => isHeldBy(trade, position)));
  return [
    ...unexplained.flatMap((position) => unexplainedPosition(position, outlived)),
    ...trades.filter(({ phase }) => phase === 'open').flatMap((trade) => ofTrade(trade, held, stops)),
    ...resting.filter(isOrphan).map((order): Difference => ({ kind: 'orphan_order', order })),
  ];
}

const isHeldBy = (trade: BookedTrade, { symbol, positionId }: HeldPosition): boolean =>
  positionId === undefined ? trade.symbol === symbol : trade.positionId === positionId;

/**
 * Returns a difference for a position that no trade explains. A separate position that no order of ours opened is the
 * owner's and makes none.
 */
function unexplainedPosition(position: HeldPosition, outlived: AccountLook['outlived']): Difference[] {
  const { positionId } = position;
  if (positionId === undefined) return [{ kind: 'unknown_position', position }];
  const tradeId = outlived.get(positionId);
  return tradeId === undefined ? [] : [{ kind: 'trade_outlived', tradeId, position }];
}

function ofTrade(
  trade: BookedTrade,
  held: readonly HeldPosition[],
  stops: AccountLook['stops'],
): Difference[] {
  const position = held.find((each) => isHeldBy(trade, each));
  const size = amount(position?.size ?? '0').mul(direction(trade.side));
  if (!position || size.lte(0)) return [{ kind: 'position_gone', trade }];
  if (!size.eq(amount(trade.remainingSize).add(trade.beside)))
    return [{ kind: 'size_differs', trade, position }];
  return [...ofStop(trade, stops), ...trade.targets.flatMap((target) => ofTarget(trade, target, stops))];
}

function ofStop(trade: BookedTrade, stops: AccountLook['stops']): Difference[] {
  const { stopOrder: order, stopPrice: price } = trade;
  const report = order === null ? null : (stops.get(order) ?? null);
  if (report === null || isOver(report.status)) return [{ kind: 'stop_gone', trade, report }];
  return movedTo(trade, { order, price }, report);
}

function ofTarget(trade: BookedTrade, target: BookedTarget, stops: AccountLook['stops']): Difference[] {
  const report = target.order === null ? null : (stops.get(target.order) ?? null);
  if (report === null || isOver(report.status)) return [{ kind: 'target_gone', trade, target, report }];
  return movedTo(trade, target, report);
}

function movedTo(
  trade: BookedTrade,
  { order, price }: Pick<BookedTarget, 'order' | 'price'>,
  { triggerPrice }: OrderReport,
): Difference[] {
  const isSaid = order !== null && price !== null && triggerPrice !== null && triggerPrice !== undefined;
  if (!isSaid || amount(triggerPrice).eq(price)) return [];
  return [{ kind: 'order_moved', trade, order, price: triggerPrice }];
}

/** Returns whether an order rests although it must not. */
export const isOrphan = ({ tradePhase, status }: Pick<RestingOrder, 'tradePhase' | 'status'>): boolean =>
  tradePhase === 'closed' || tradePhase === 'skipped' || status === 'canceled' || status === 'rejected';

/**
 * Returns the differences that are in two readings. An order on its way has changed by the second one, so what stays
 * is a fact to be corrected.
 */
export function standing(first: readonly Difference[], second: readonly Difference[]): Difference[] {
  const seen = new Set(first.map(keyOf));
  return second.filter((difference) => seen.has(keyOf(difference)));
}

/** Returns a key that is equal for equal differences. */
export function keyOf(difference: Difference): string {
  switch (difference.kind) {
    case 'unknown_position':
      return `${difference.kind}/${difference.position.symbol}/${difference.position.size}`;
    case 'trade_outlived':
      return `${difference.kind}/${difference.tradeId}/${difference.position.size}`;
    case 'position_gone':
      return `${difference.kind}/${difference.trade.tradeId}/${difference.trade.remainingSize}`;
    case 'size_differs':
      return `${difference.kind}/${difference.trade.tradeId}/${difference.trade.remainingSize}/${difference.position.size}`;
    case 'stop_gone':
      return `${difference.kind}/${difference.trade.tradeId}/${difference.trade.stopOrder}`;
    case 'target_gone':
      return `${difference.kind}/${difference.trade.tradeId}/${difference.target.legNumber}/${difference.target.order}`;
    case 'order_moved':
      return `${difference.kind}/${difference.order}/${difference.price}`;
    case 'orphan_order':
      return `${difference.kind}/${difference.order.clientOrderId}`;
    default:
      return difference satisfies never;
  }
}

/** The fields of a fill that move a position. */
export interface SizeChange {
  side: 'buy' | 'sell';
  size: DecimalString;
  time: number;
}

/**
 * Returns when the position that is held now was opened, in epoch ms: the time of the fill before which there was
 * none, or one on the other side. Null when the fills, newest last, do not reach back that far.
 */
export function openedAt(size: DecimalString, fills: readonly SizeChange[]): number | null {
  let before = amount(size);
  const sign = before.isNegative() ? -1 : 1;
  for (const fill of fills.toReversed()) {
    before = fill.side === 'buy' ? before.sub(fill.size) : before.add(fill.size);
    if (before.mul(sign).lte(0)) return fill.time;
  }
  return null;
}
