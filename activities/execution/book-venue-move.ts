import type { DecimalString } from '#domain/money.ts';
import { inTransaction, type DatabaseOrTransaction } from '#prisma/client.ts';
import { saveStanding } from '#prisma/repositories/order-moves.ts';
import type { OrderRecord } from '#prisma/repositories/order-record.ts';
import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import { saveBarriers } from '#prisma/repositories/trade-changes.ts';
import type { ExecutionDeps, TradeContext } from './context.ts';
import { stopKindAt } from './stop-kind.ts';

/** Records a move of an order, in the transaction that books it. */
export type RecordMove = (tx: DatabaseOrTransaction, to: DecimalString) => Promise<void>;

/** An order that rests at a price other than the recorded one. */
interface VenueMove {
  order: OrderRecord;
  triggerPrice: DecimalString;
  record: RecordMove;
}

/** Books where a stop or target rests after its owner has moved it at the venue, and writes a trade event. */
export async function bookVenueMove(
  deps: Pick<ExecutionDeps, 'db' | 'now'>,
  { trade: { id: tradeId }, session }: Pick<TradeContext, 'trade' | 'session'>,
  { order, triggerPrice, record }: VenueMove,
): Promise<void> {
  const what = order.leg === 'stop' ? 'The stop' : `Take profit ${order.legNumber}`;
  await inTransaction(deps.db, async (tx) => {
    const trade = await getTrade(tx, tradeId);
    const stopKind = stopKindAt(trade, triggerPrice);
    await saveStanding(tx, { ...order, hold: session.hold }, { triggerPrice, stopKind });
    if (order.leg === 'take_profit' && trade.barriers) {
      const { levels } = trade.barriers;
      const targets = levels.targets.map((each) =>
        each.leg === order.legNumber ? { ...each, price: triggerPrice } : each,
      );
      await saveBarriers(tx, tradeId, { ...trade.barriers, levels: { ...levels, targets } });
    }
    await recordTradeEvent(tx, {
      tradeId,
      key: `moved_at_venue/${order.id}/${triggerPrice}/${deps.now()}`,
      type: 'moved_at_venue',
      text: `${what} rests at ${triggerPrice} at the venue, where the books had ${order.triggerPrice}: it was moved there`,
      data: { leg: order.leg, legNumber: order.legNumber, from: order.triggerPrice, to: triggerPrice },
    });
    await record(tx, triggerPrice);
  });
}
