interface Leg {
  leg: string;
  legNumber: number;
}

const LEGS = ['entry', 'stop', 'take_profit', 'exit'];

/** Compares orders that leave together: the entry first, then its stop, then its targets by number. */
export const byLeg = (a: Leg, b: Leg): number =>
  LEGS.indexOf(a.leg) - LEGS.indexOf(b.leg) || a.legNumber - b.legNumber;

/**
 * Where an order waits, as a story tells it. The books keep the price of now: a stop that was moved to it says so, for
 * it was sent at another.
 */
export function triggerText(price: string, events: readonly { type: string; text: string }[]): string {
  const isMoved = events.some(
    ({ type, text }) => type === 'stop_moved' && text.includes(` to ${price} for `),
  );
  return isMoved ? `(since moved to ${price})` : `at ${price}`;
}
