import { asId, asIdOrNull, type AccountId, type TradeId, type VenueName } from '#domain/ids.ts';
import type { OrderLeg } from '#domain/order.ts';
import { inTransaction, type DatabaseOrTransaction } from '#prisma/client.ts';
import { countFills, insertFills, isExitFill, type NewFill } from '#prisma/repositories/fills.ts';
import { recordTradeEvent, type TradeEventDraft } from '#prisma/repositories/trade-events.ts';
import { findTradeAt } from '#prisma/repositories/trades.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import type { VenueFill } from '#venues/venue.ts';
import { correctSettlement } from './correct-settlement.ts';
import { recoverOrder } from './lost-orders.ts';

/**
 * Books reported fills, each once however often and in whatever order they come, and corrects the results of closed
 * trades by them. Returns the fills that are new to a trade. A fill of no order of ours belongs to the trade whose
 * position it changed: the account's owner traded, or the venue liquidated.
 */
export async function bookFills(
  db: DatabaseOrTransaction,
  venue: VenueName,
  accountId: AccountId,
  fills: readonly VenueFill[],
): Promise<NewFill[]> {
  if (fills.length === 0) return [];
  const attributed = await attribute(db, venue, accountId, fills);
  // One transaction, because a fill that is stored is not reported again.
  const booked = await inTransaction(db, async (tx) => {
    const inserted = await insertFills(tx, attributed);
    if (inserted.length > 0) await recordTradeEvent(tx, ...inserted.flatMap(fillLine));
    return inserted;
  });
  await Promise.all(tradesOf(booked).map((tradeId) => count(db, tradeId)));
  return booked;
}

async function count(db: DatabaseOrTransaction, tradeId: TradeId): Promise<void> {
  if ((await countFills(db, tradeId)) === 'closed') await correctSettlement(db, tradeId);
}

/**
 * Books fills and counts all fills of one trade in its totals, also fills that another process has just stored and not
 * counted.
 */
export async function bookFillsOf(
  db: DatabaseOrTransaction,
  { id, accountId }: Pick<TradeRecord, 'id' | 'accountId'>,
  venue: VenueName,
  fills: readonly VenueFill[],
): Promise<void> {
  await bookFills(db, venue, accountId, fills);
  await countFills(db, id);
}

/** Returns the trades of fills, each once. */
export const tradesOf = (fills: readonly NewFill[]): TradeId[] => [
  ...new Set(fills.flatMap(({ tradeId }) => tradeId ?? [])),
];

/**
 * Returns whether the workflow of a trade must be told of fills. It finds out by itself while it waits for its entry,
 * or, once an exit is claimed, for the end of the position.
 */
export const isNewsTo = ({ id, side, phase }: TradeRecord, fills: readonly NewFill[]): boolean =>
  (phase === 'opening' || phase === 'open') &&
  fills.some((fill) => fill.tradeId === id && (fill.orderId === null || isExitFill(side, fill)));

/**
 * Finds order and trade of each fill: by client id, else by the venue's id, else by the reference. A fill of no order
 * of ours changed the position of its own id, where the venue gives one, else the position of its instrument.
 */
async function attribute(
  db: DatabaseOrTransaction,
  venue: VenueName,
  accountId: AccountId,
  fills: readonly VenueFill[],
): Promise<NewFill[]> {
  const orders = await findOrdersOf(db, venue, accountId, fills);
  const recovered: Recovered = new Map();
  return Promise.all(
    fills.map(async (fill): Promise<NewFill> => {
      const order = findOrder(orders, fill);
      const { placedBy: _placedBy, positionId: _positionId, firedLeg: _firedLeg, ...told } = fill;
      const owner = order?.tradeId ?? (await findOwner(db, { venue, accountId, fill, fills }, orders));
      const asked = { venue, accountId, fill, fills };
      const fired = order ?? (owner ? await findUnnamed(db, owner, asked, recovered) : null);
      return {
        ...told,
        venue,
        accountId,
        orderId: fired?.id ?? null,
        tradeId: asIdOrNull<TradeId>(owner),
      };
    }),
  );
}

/** Returns the orders that fills may belong to, newest first. */
const findOrdersOf = (
  db: DatabaseOrTransaction,
  venue: VenueName,
  accountId: AccountId,
  fills: readonly VenueFill[],
) =>
  db.order.findMany({
    where: {
      venue,
      accountId,
      OR: [
        { clientOrderId: { in: fills.flatMap(({ clientOrderId }) => clientOrderId ?? []) } },
        {
          venueOrderId: {
            in: fills.flatMap(({ venueOrderId, positionId }) => [
              venueOrderId,
              ...(positionId ? [positionId] : []),
            ]),
          },
        },
        ...fills.flatMap(({ placedBy }) =>
          placedBy
            ? (['reference', 'earlierReferences'] as const).map((each) => ({
                kind: 'ioc' as const,
                [each]: { contains: placedBy },
              }))
            : [],
        ),
      ],
    },
    select: {
      id: true,
      tradeId: true,
      symbol: true,
      leg: true,
      kind: true,
      clientOrderId: true,
      venueOrderId: true,
      reference: true,
      earlierReferences: true,
      createdAt: true,
      trade: { select: { phase: true, closedAt: true } },
    },
    orderBy: { createdAt: 'desc' },
  });
type FoundOrder = Awaited<ReturnType<typeof findOrdersOf>>[number];

const findOrder = (orders: readonly FoundOrder[], fill: VenueFill): FoundOrder | undefined =>
  orders.find(({ clientOrderId }) => clientOrderId === fill.clientOrderId) ??
  orders.find(
    (order) =>
      order.venueOrderId === fill.venueOrderId && order.symbol === fill.symbol && isOfItsTime(order, fill),
  ) ??
  orders.find((order) => order.kind === 'ioc' && isPlacedBy(order, fill));

/** Orders that are looked for by trade and client id: many fills may be of one. */
type Recovered = Map<string, Promise<{ id: string } | null>>;

/** Returns the order of a trade that made a fill whose ids no stored order has. */
async function findUnnamed(
  db: DatabaseOrTransaction,
  owner: string,
  { venue, accountId, fill, fills }: ToldFill,
  recovered: Recovered,
): Promise<{ id: string } | null> {
  const { clientOrderId, firedLeg } = fill;
  if (firedLeg) return findNewestOrder(db, owner, firedLeg);
  if (clientOrderId === null) return null;
  const key = `${owner}/${clientOrderId}`;
  const known = recovered.get(key);
  if (known) return known;
  const ofOrder = fills.filter((each) => each.clientOrderId === clientOrderId);
  const tradeId = asId<TradeId>(owner);
  const found = recoverOrder(db, { venue, accountId, tradeId, clientOrderId, fills: ofOrder });
  recovered.set(key, found);
  return found;
}

/** Returns the newest order of a leg, with any venue id. */
const findNewestOrder = (
  db: DatabaseOrTransaction,
  tradeId: string,
  leg: OrderLeg,
): Promise<{ id: string } | null> =>
  db.order.findFirst({ where: { tradeId, leg }, orderBy: { revision: 'desc' }, select: { id: true } });

/** Returns the order by its reference, which was noted before it was sent: its venue id may not be stored yet. */
const isPlacedBy = ({ reference, earlierReferences }: FoundOrder, { placedBy }: VenueFill): boolean =>
  Boolean(placedBy) && [reference, earlierReferences].some((each) => each?.includes(placedBy ?? '') === true);

/** How long after its trade's end an order may have fills: clocks differ, and fills are reported late. */
const TIME_MARGIN_MS = 5 * 60_000;

/**
 * Returns whether an order was alive at the time of a fill, since a venue's ids can start over. An order whose trade
 * was called refused may have been filled long after.
 */
const isOfItsTime = ({ createdAt, trade: { phase, closedAt } }: FoundOrder, { time }: VenueFill): boolean =>
  createdAt.getTime() <= time + TIME_MARGIN_MS &&
  (closedAt === null || phase === 'skipped' || time <= closedAt.getTime() + TIME_MARGIN_MS);

/** A fill and the fills that were reported with it. */
interface ToldFill {
  venue: VenueName;
  accountId: AccountId;
  fill: VenueFill;
  fills: readonly VenueFill[];
}

async function findOwner(
  db: DatabaseOrTransaction,
  { venue, accountId, fill, fills }: ToldFill,
  orders: readonly FoundOrder[],
): Promise<string | null> {
  const { positionId, symbol, time } = fill;
  if (positionId === undefined) return findTradeAt(db, { venue, accountId, symbol }, time);
  const entry = orders.find(
    (order) => order.leg === 'entry' && order.venueOrderId === positionId && isOfItsTime(order, fill),
  );
  if (entry) return entry.tradeId;
  // The entry's id may not be stored yet: its own fill, reported along or stored before, names the trade.
  const opening = fills.find(({ venueOrderId }) => venueOrderId === positionId);
  const opener = opening && findOrder(orders, opening);
  if (opener) return opener.tradeId;
  const where = { venue, accountId, venueOrderId: positionId, tradeId: { not: null } };
  return (await db.fill.findFirst({ where, select: { tradeId: true } }))?.tradeId ?? null;
}

function fillLine(fill: NewFill): TradeEventDraft[] {
  if (!fill.tradeId) return [];
  const { side, size, price, feeUsd, closedPnlUsd, venueFillId } = fill;
  const verb = side === 'buy' ? 'bought' : 'sold';
  return [
    {
      tradeId: fill.tradeId,
      key: `fill/${fill.time}/${venueFillId}`,
      type: 'fill',
      text: `${whose(fill)}${verb} ${size} at ${price}, fee ${feeUsd} USD`,
      data: { side, size, price, feeUsd, closedPnlUsd, venueFillId, orderId: fill.orderId },
    },
  ];
}

function whose({ liquidation, orderId }: NewFill): string {
  if (liquidation) return 'Liquidation ';
  return orderId === null ? 'Another hand ' : '';
}
