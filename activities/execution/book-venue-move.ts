import type { DecimalString } from '#domain/money.ts';
import { saveStanding } from '#prisma/repositories/order-moves.ts';
import type { OrderRecord } from '#prisma/repositories/orders.ts';
import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import { getTrade, saveBarriers } from '#prisma/repositories/trades.ts';
import type { ExecutionDeps, TradeContext } from './context.ts';
import { stopKindAt } from './stop-kind.ts';

/** Books and tells that a stop or target rests at another price than the books have: its owner has moved it. */
export async function bookVenueMove(
  deps: Pick<ExecutionDeps, 'db' | 'now'>,
  { trade: { id: tradeId }, desk }: Pick<TradeContext, 'trade' | 'desk'>,
  order: OrderRecord,
  triggerPrice: DecimalString,
): Promise<void> {
  const trade = await getTrade(deps.db, tradeId);
  const stopKind = stopKindAt(trade, triggerPrice);
  await saveStanding(deps.db, { ...order, hold: desk.hold }, { triggerPrice, stopKind });
  if (order.leg === 'take_profit' && trade.barriers) {
    const { levels } = trade.barriers;
    const targets = levels.targets.map((each) =>
      each.leg === order.legNumber ? { ...each, price: triggerPrice } : each,
    );
    await saveBarriers(deps.db, tradeId, { ...trade.barriers, levels: { ...levels, targets } });
  }
  const what = order.leg === 'stop' ? 'The stop' : `Take profit ${order.legNumber}`;
  await recordTradeEvent(deps.db, {
    tradeId,
    key: `moved_at_venue/${order.id}/${triggerPrice}/${deps.now()}`,
    type: 'moved_at_venue',
    text: `${what} rests at ${triggerPrice} at the venue, where the books had ${order.triggerPrice}: it was moved there`,
    data: { leg: order.leg, legNumber: order.legNumber, from: order.triggerPrice, to: triggerPrice },
  });
}
