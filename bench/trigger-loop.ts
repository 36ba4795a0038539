import { direction, SIDES, type Side } from '#domain/ids.ts';
import { createTriggerBook, type TriggerBook } from '#domain/trigger-book/trigger-book.ts';

/** A trailing stop: it follows the best price at a distance and fires on touch. */
export interface TrailingStop {
  side: Side;
  distancePct: number;
  peak: number;
  stop: number;
}

/** Either way of watching many trailing stops. A stop that fires is armed again from the price it fired at. */
export interface Trails {
  /** Returns how many stops fired. */
  tick(price: number): number;
}

/** The plain way without a book: compares every stop with every price. */
export function createTrailLoop(stops: readonly TrailingStop[]): Trails {
  return {
    tick(price) {
      let fired = 0;
      for (const stop of stops) {
        const sign = direction(stop.side);
        if (sign * price <= sign * stop.stop) {
          fired += 1;
          rearm(stop, price);
        } else if (sign * price > sign * stop.peak) {
          rearm(stop, price);
        }
      }
      return fired;
    },
  };
}

/** The trigger book, with the rule of the plain loop for the stops that it names. */
export function createTrailBook(stops: readonly TrailingStop[]): Trails {
  const books = SIDES.map((side) => ({ side, book: createTriggerBook<TrailingStop>(side) }));
  for (const { side, book } of books) for (const stop of stops) if (stop.side === side) put(book, stop);
  return {
    tick(price) {
      let fired = 0;
      for (const { book } of books) {
        for (const stop of book.touched(price, 0)) {
          const sign = direction(stop.side);
          stop.peak = book.peakOf(stop);
          if (sign * price <= sign * stopOf(stop)) {
            fired += 1;
            stop.peak = price;
          }
          put(book, stop);
        }
      }
      return fired;
    },
  };
}

export const stopOf = ({ side, peak, distancePct }: Omit<TrailingStop, 'stop'>): number =>
  peak - (direction(side) * peak * distancePct) / 100;

function rearm(stop: TrailingStop, price: number): void {
  stop.peak = price;
  stop.stop = stopOf(stop);
}

function put(book: TriggerBook<TrailingStop>, stop: TrailingStop): void {
  book.set(stop, { worse: null, better: null, peak: stop.peak, trailPct: stop.distancePct, dueAt: null });
}
