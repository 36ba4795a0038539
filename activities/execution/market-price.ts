import type { DecimalString } from '#domain/money.ts';
import type { TradeContext } from './context.ts';

/** Returns the price of the trade's instrument at its venue now; throws when the venue gives none. */
export async function marketPrice(context: TradeContext): Promise<DecimalString> {
  const price = await findMarketPrice(context);
  if (price === undefined)
    throw new Error(`${context.desk.venue.name} gives no price for ${context.plan.instrument.symbol}`);
  return price;
}

/** Returns the price of the trade's instrument at its venue now, or undefined when the venue gives none. */
export async function findMarketPrice({ desk, plan }: TradeContext): Promise<DecimalString | undefined> {
  const ticks = await desk.venue.market.prices();
  return ticks.find(({ symbol }) => symbol === plan.instrument.symbol)?.price;
}
