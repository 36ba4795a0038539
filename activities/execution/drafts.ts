import { worstPrice, type EntryPlan, type ProtectionLeg } from '#domain/entry-plan.ts';
import { entrySide, exitSide } from '#domain/order.ts';
import type { DecimalString } from '#domain/money.ts';
import type { OrderDraft } from '#prisma/repositories/orders.ts';
import type { TradeRecord } from '#prisma/repositories/trades.ts';
import type { Venue } from '#venues/venue.ts';

/** Farthest a close may fill from the price it was decided at: getting out matters more than the last percent. */
export const CLOSE_SLIPPAGE_PCT = 5;

type Identity = Pick<OrderDraft, 'leg' | 'legNumber' | 'revision'>;

/** What every order of a trade has in common: whose it is and the client id derived from its place in the trade. */
function identify(
  trade: Pick<TradeRecord, 'id' | 'accountId'>,
  venue: Venue,
  plan: Pick<EntryPlan, 'instrument'>,
  identity: Identity,
) {
  return {
    ...identity,
    tradeId: trade.id,
    venue: venue.name,
    accountId: trade.accountId,
    symbol: plan.instrument.symbol,
    clientOrderId: venue.clientOrderId(trade.id, identity.leg, identity.legNumber, identity.revision),
  };
}

export const entryDraft = (trade: TradeRecord, venue: Venue, plan: EntryPlan): OrderDraft => ({
  ...identify(trade, venue, plan, { leg: 'entry', legNumber: 0, revision: 0 }),
  side: entrySide(plan.side),
  kind: 'ioc',
  price: plan.worstPrice,
  triggerPrice: null,
  size: plan.size,
  reduceOnly: false,
});

export const protectionDraft = (
  trade: TradeRecord,
  venue: Venue,
  plan: EntryPlan,
  leg: ProtectionLeg,
  revision: number,
): OrderDraft => ({
  ...identify(trade, venue, plan, { leg: leg.leg, legNumber: leg.legNumber, revision }),
  side: leg.side,
  kind: leg.leg === 'stop' ? 'stop_trigger' : 'take_profit_trigger',
  price: leg.worstPrice,
  triggerPrice: leg.triggerPrice,
  size: leg.size,
  reduceOnly: true,
});

/** What a closing order closes, near which price, and how far from it. */
export interface Close {
  size: DecimalString;
  price: DecimalString;
  slippagePct?: number;
  revision: number;
}

/** A reduce-only order that closes `size` near `price`. */
export function exitDraft(
  trade: Pick<TradeRecord, 'id' | 'accountId'>,
  venue: Venue,
  plan: Pick<EntryPlan, 'instrument' | 'side'>,
  { size, price, slippagePct = CLOSE_SLIPPAGE_PCT, revision }: Close,
): OrderDraft {
  const side = exitSide(plan.side);
  return {
    ...identify(trade, venue, plan, { leg: 'exit', legNumber: 0, revision }),
    side,
    kind: 'ioc',
    price: worstPrice(plan.instrument, side, price, slippagePct),
    triggerPrice: null,
    size,
    reduceOnly: true,
  };
}
