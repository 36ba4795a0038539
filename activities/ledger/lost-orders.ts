import type { AccountId, ClientOrderId, TradeId, VenueName } from '#domain/ids.ts';
import { amount, decimalString, sum } from '#domain/money.ts';
import type { OrderKind, OrderLeg } from '#domain/order.ts';
import type { DatabaseOrTransaction } from '#prisma/client.ts';
import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import { CLIENT_ORDER_IDS } from '#venues/client-order-ids.ts';
import type { VenueFill } from '#venues/venue.ts';

/** What may have been ordered for a trade: how many orders of a leg, and how often each was sent anew. */
const LEGS: readonly { leg: OrderLeg; kind: OrderKind; numbers: number; revisions: number }[] = [
  { leg: 'entry', kind: 'ioc', numbers: 1, revisions: 8 },
  { leg: 'stop', kind: 'stop_trigger', numbers: 1, revisions: 500 },
  { leg: 'take_profit', kind: 'take_profit_trigger', numbers: 40, revisions: 20 },
  { leg: 'exit', kind: 'ioc', numbers: 1, revisions: 100 },
];

interface Identity {
  leg: OrderLeg;
  kind: OrderKind;
  legNumber: number;
  revision: number;
}

/** Fills of one order that is in no book, and the trade whose position they changed. */
export interface LostOrder {
  venue: VenueName;
  accountId: AccountId;
  tradeId: TradeId;
  clientOrderId: ClientOrderId;
  fills: readonly VenueFill[];
}

/**
 * Writes down the order of a trade that its fills name and the books have lost, as after a restore from a backup: its
 * client id is made of the trade, so that no stranger has it. Returns it; null for an order of another hand.
 */
export async function recoverOrder(
  db: DatabaseOrTransaction,
  lost: LostOrder,
): Promise<{ id: string } | null> {
  const { venue, accountId, tradeId, clientOrderId, fills } = lost;
  const identity = identify(lost);
  const [first] = fills;
  if (!identity || !first) return null;
  const size = decimalString(sum(fills.map((fill) => amount(fill.size))));
  await db.order.createMany({
    data: [
      {
        ...identity,
        tradeId,
        venue,
        accountId,
        clientOrderId,
        venueOrderId: first.venueOrderId,
        symbol: first.symbol,
        side: first.side,
        price: first.price,
        size,
        filledSize: size,
        reduceOnly: identity.leg !== 'entry',
        status: 'filled',
        createdAt: new Date(first.time),
      },
    ],
    skipDuplicates: true,
  });
  await recordTradeEvent(db, {
    tradeId,
    key: `order_found/${clientOrderId}`,
    type: 'order_found',
    text: `An order of ours that the books had lost (${identity.leg}) was found by its fill`,
    data: { clientOrderId, venueOrderId: first.venueOrderId, ...identity },
  });
  return db.order.findFirst({ where: { venue, accountId, clientOrderId }, select: { id: true } });
}

function identify({ venue, tradeId, clientOrderId }: LostOrder): Identity | null {
  for (const { leg, kind, numbers, revisions } of LEGS) {
    for (let legNumber = 0; legNumber <= numbers; legNumber += 1) {
      for (let revision = 0; revision < revisions; revision += 1) {
        if (CLIENT_ORDER_IDS[venue](tradeId, leg, legNumber, revision) === clientOrderId)
          return { leg, kind, legNumber, revision };
      }
    }
  }
  return null;
}
