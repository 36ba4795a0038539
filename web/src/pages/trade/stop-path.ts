import type { TradeDetails } from '#api/schemas/trade.ts';

/** The stop from a moment on. */
export interface StopStep {
  at: number;
  price: string;
}

const RESTING = /stop resting at ([\d.]+)/;
const MOVED = /^Stop moved from [\d.]+ to ([\d.]+)/;

/** Returns where the stop rested, from the entry to the end, as the events of the trade say. */
export function stopPath({ events }: Pick<TradeDetails, 'events'>): StopStep[] {
  return events.flatMap(({ type, text, at }) => {
    const price = type === 'opened' ? RESTING.exec(text)?.[1] : MOVED.exec(text)?.[1];
    return price === undefined ? [] : [{ at, price }];
  });
}
