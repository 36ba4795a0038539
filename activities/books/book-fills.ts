import { asIdOrNull, type AccountId, type TradeId, type VenueName } from '#domain/ids.ts';
import type { Database } from '#prisma/client.ts';
import { countFills, insertFills, isExitFill, type NewFill } from '#prisma/repositories/fills.ts';
import { tell, type StoryLine } from '#prisma/repositories/trade-events.ts';
import { findLiveTrade, type TradeRecord } from '#prisma/repositories/trades.ts';
import type { VenueFill } from '#venues/venue.ts';

/**
 * Books fills as the venue reported them, each once however often and in whatever order they come. Answers those
 * that are new. A fill of no order of ours belongs to the live trade on its instrument: a
 * liquidation, or a close by the account's owner.
 */
export async function bookFills(
  db: Database,
  venue: VenueName,
  accountId: AccountId,
  fills: readonly VenueFill[],
): Promise<NewFill[]> {
  if (fills.length === 0) return [];
  const attributed = await attribute(db, venue, accountId, fills);
  const booked = await insertFills(db, attributed);
  await Promise.all(tradesOf(booked).map((tradeId) => countFills(db, tradeId)));
  await tell(db, ...booked.flatMap(fillLine));
  return booked;
}

/**
 * The same where it matters to one trade: every one of the fills is then counted in its totals, also those that
 * another process has just booked and not counted yet.
 */
export async function bookFillsOf(
  db: Database,
  { id, accountId }: Pick<TradeRecord, 'id' | 'accountId'>,
  venue: VenueName,
  fills: readonly VenueFill[],
): Promise<void> {
  await bookFills(db, venue, accountId, fills);
  await countFills(db, id);
}

/** The trades that fills belong to, each once. */
export const tradesOf = (fills: readonly NewFill[]): TradeId[] => [
  ...new Set(fills.flatMap(({ tradeId }) => tradeId ?? [])),
];

/**
 * Whether fills say something that the workflow of their trade does not find out by itself: it waits for its entry,
 * and once an exit is claimed for the end of the position.
 */
export const isNewsTo = ({ id, side, phase }: TradeRecord, fills: readonly NewFill[]): boolean =>
  (phase === 'opening' || phase === 'open') &&
  fills.some((fill) => fill.tradeId === id && (fill.orderId === null || isExitFill(side, fill)));

/** Finds the order and trade of each fill: by client id, else by the venue's id, else by the live position. */
async function attribute(
  db: Database,
  venue: VenueName,
  accountId: AccountId,
  fills: readonly VenueFill[],
): Promise<NewFill[]> {
  const orders = await db.order.findMany({
    where: {
      venue,
      accountId,
      OR: [
        { clientOrderId: { in: fills.flatMap(({ clientOrderId }) => clientOrderId ?? []) } },
        { venueOrderId: { in: fills.map(({ venueOrderId }) => venueOrderId) } },
        ...fills.flatMap(({ placedBy }) =>
          placedBy ? [{ kind: 'ioc' as const, reference: { contains: placedBy } }] : [],
        ),
      ],
    },
    select: {
      id: true,
      tradeId: true,
      symbol: true,
      kind: true,
      clientOrderId: true,
      venueOrderId: true,
      reference: true,
      createdAt: true,
      trade: { select: { closedAt: true } },
    },
    orderBy: { createdAt: 'desc' },
  });
  return Promise.all(
    fills.map(async (fill): Promise<NewFill> => {
      const order =
        orders.find(({ clientOrderId }) => clientOrderId === fill.clientOrderId) ??
        orders.find(
          ({ venueOrderId, symbol, ...rest }) =>
            venueOrderId === fill.venueOrderId && symbol === fill.symbol && isOfItsTime(rest, fill),
        ) ??
        orders.find(({ kind, reference }) => kind === 'ioc' && isPlacedBy(reference, fill));
      const owner = order ?? (await findLiveOwner(db, venue, accountId, fill));
      const { placedBy: _placedBy, positionId: _positionId, ...told } = fill;
      return {
        ...told,
        venue,
        accountId,
        orderId: order?.id ?? null,
        tradeId: asIdOrNull<TradeId>(owner?.tradeId ?? null),
      };
    }),
  );
}

/** Its order's own id may not be known yet: what placed it was noted before it was sent. */
const isPlacedBy = (reference: string | null, { placedBy }: VenueFill): boolean =>
  Boolean(placedBy) && reference?.includes(placedBy ?? '') === true;

/** Clocks differ, and fills of a closing trade may be told of late. */
const TIME_MARGIN_MS = 5 * 60_000;

/** Ids that a venue gives can start over: an order is meant only while its trade was alive. */
const isOfItsTime = (
  { createdAt, trade: { closedAt } }: { createdAt: Date; trade: { closedAt: Date | null } },
  { time }: VenueFill,
): boolean =>
  createdAt.getTime() <= time + TIME_MARGIN_MS &&
  (closedAt === null || time <= closedAt.getTime() + TIME_MARGIN_MS);

/** Some venues tell the time in whole seconds. */
const CLOCK_STEP_MS = 999;

async function findLiveOwner(db: Database, venue: VenueName, accountId: AccountId, fill: VenueFill) {
  const live = await findLiveTrade(db, { venue, accountId, symbol: fill.symbol });
  const isDuring = live?.openedAt !== null && live !== null && fill.time + CLOCK_STEP_MS >= live.openedAt;
  return isDuring ? { tradeId: live.id } : null;
}

function fillLine(fill: NewFill): StoryLine[] {
  if (!fill.tradeId) return [];
  const { side, size, price, feeUsd, closedPnlUsd, venueFillId, liquidation } = fill;
  const verb = side === 'buy' ? 'bought' : 'sold';
  return [
    {
      tradeId: fill.tradeId,
      key: `fill/${fill.time}/${venueFillId}`,
      type: 'fill',
      text: `${liquidation ? 'Liquidation ' : ''}${verb} ${size} at ${price}, fee ${feeUsd} USD`,
      data: { side, size, price, feeUsd, closedPnlUsd, venueFillId, orderId: fill.orderId },
    },
  ];
}
