import { ORDER_LEGS, type OrderLeg } from '#domain/order.ts';

interface Leg {
  leg: OrderLeg;
  legNumber: number;
}

/** Compares orders that leave together: the entry first, then its stop, then its targets by number. */
export const byLeg = (a: Leg, b: Leg): number =>
  ORDER_LEGS.indexOf(a.leg) - ORDER_LEGS.indexOf(b.leg) || a.legNumber - b.legNumber;

interface PlacedOrder {
  price: string;
  /** Null for an order that fills at once or not at all. */
  triggerPrice: string | null;
  /** The trigger price with which the order was sent; null in rows written before that was kept. */
  placedTriggerPrice: string | null;
}

/** Says where an order was placed, which a later move of it does not change. */
export function placedText({ price, triggerPrice, placedTriggerPrice }: PlacedOrder): string {
  if (triggerPrice === null) return `no worse than ${price}`;
  return placedTriggerPrice === null ? `(now at ${triggerPrice})` : `at ${placedTriggerPrice}`;
}
