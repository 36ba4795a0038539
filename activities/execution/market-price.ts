import type { DecimalString } from '#domain/money.ts';
import type { TradeContext } from './context.ts';

/** Returns the price of the trade's instrument at its venue now, or undefined when the venue gives none. */
export async function findMarketPrice({ desk, plan }: TradeContext): Promise<DecimalString | undefined> {
  const ticks = await desk.venue.market.prices();
  return ticks.find(({ symbol }) => symbol === plan.instrument.symbol)?.price;
}
