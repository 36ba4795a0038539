import { entryRevision, worstPrice, type EntryPlan, type ProtectionLeg } from '#domain/entry-plan.ts';
import { entrySide, exitSide } from '#domain/order.ts';
import type { DecimalString } from '#domain/money.ts';
import type { OrderDraft } from '#prisma/repositories/order-record.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import type { Venue } from '#venues/venue.ts';

/** Farthest that a close may fill from the price it was decided at, in percent: getting out matters more. */
export const CLOSE_SLIPPAGE_PCT = 5;

type Identity = Pick<OrderDraft, 'leg' | 'legNumber' | 'revision'>;

/** Returns the fields that orders of a trade share, and the client id of their place in it. */
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
  ...identify(trade, venue, plan, {
    leg: 'entry',
    legNumber: 0,
    revision: entryRevision(plan),
  }),
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

/** Size of a closing order, the price it is near, and how far from that it may fill. */
export interface Close {
  size: DecimalString;
  price: DecimalString;
  slippagePct?: number;
  revision: number;
}

/** Returns a reduce-only order that closes `size` near `price`. */
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
