import { CLOCK_SKEW_MS } from '#domain/clock.ts';
import { divideFills, ownPart, type DividedFills } from '#domain/divide-fills.ts';
import { direction } from '#domain/ids.ts';
import { Amount, amount, decimalString, sum } from '#domain/money.ts';
import { listFills, type FillRecord } from '#prisma/repositories/fills.ts';
import { findEntryOrderId, listOrders } from '#prisma/repositories/orders.ts';
import type { OrderRecord } from '#prisma/repositories/order-record.ts';
import { savePosition } from '#prisma/repositories/positions.ts';
import { getTrade, tradeBegan } from '#prisma/repositories/trades.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import { VenueError, type Venue, type VenuePosition } from '#venues/venue.ts';
import { bookFillsOf } from '../ledger/book-fills.ts';
import type { ExecutionDeps, TradeContext } from './context.ts';

/** The position of a trade, by the venue's word and by the fills. */
export interface SyncedPosition {
  trade: TradeRecord;
  /** The part of the venue's position that is the trade's; null when none is. */
  position: VenuePosition | null;
  /** True when the venue's position is not the trade's alone. */
  isShared: boolean;
  /** True when the booked fills explain all that the venue holds. */
  isExplained: boolean;
  /** True when the booked fills, together with fills of our orders that are not booked yet, explain it. */
  isAccountedFor: boolean;
  /** When the venue read the position, in epoch ms by its clock; undefined when it names no time. */
  readAt: number | undefined;
  /** True when our orders have closed all that they had opened, by the fills and by the venue's reports of them. */
  isClosed: boolean;
}

/**
 * Stores the position as the venue reports it. Asks for fills, at ten times the cost, only when the recorded ones do
 * not explain the position: most come by the stream. Throws `VenueError` `venue_behind` when the venue neither holds a
 * separate position nor reports its end.
 */
export async function syncWithVenue(
  deps: ExecutionDeps,
  { trade: { id }, plan, session }: TradeContext,
): Promise<SyncedPosition> {
  const { venue } = session;
  const { accountId } = session.account;
  // The position is read first, so that fills read afterwards explain all that it shows.
  const { held, readAt } = await findHeld(deps, venue, { id, accountId, symbol: plan.instrument.symbol });
  let books = await readBooks(deps, id);
  if (!doFillsExplain(books, held)) {
    const since = (await tradeBegan(deps.db, id)) - CLOCK_SKEW_MS;
    await bookFillsOf(deps.db, books.trade, venue.name, await venue.accounts.fillsSince(accountId, since));
    books = await readBooks(deps, id);
  }
  if (venue.capabilities.separatePositions && !held) requireEnd(books);
  await savePosition(deps.db, {
    venue: venue.name,
    accountId,
    symbol: plan.instrument.symbol,
    tradeId: held ? id : null,
    size: held?.size ?? '0',
    entryPrice: held?.entryPrice ?? null,
    liquidationPrice: held?.liquidationPrice ?? null,
    confirmedAt: deps.now(),
  });
  const position = held && ownPosition(books, held);
  return {
    trade: books.trade,
    position,
    isShared:
      held !== null &&
      amount(held.size)
        .abs()
        .gt(amount(position?.size ?? '0').abs()),
    isExplained: doFillsExplain(books, held),
    isAccountedFor: isSameWay(books, held, remainingOf(books)),
    readAt,
    isClosed: books.divided.entered.gt(0) && remainingOf(books).isZero(),
  };
}

/**
 * Returns the venue's position that is the trade's or contains it, null when there is none; and when the venue read it.
 */
export async function findHeld(
  { db }: Pick<ExecutionDeps, 'db'>,
  { accounts, capabilities }: Pick<Venue, 'accounts' | 'capabilities'>,
  { id, accountId, symbol }: Pick<TradeRecord, 'id' | 'accountId' | 'symbol'>,
): Promise<{ held: VenuePosition | null; readAt: number | undefined }> {
  const { positions, time: readAt } = await accounts.account(accountId);
  if (!capabilities.separatePositions)
    return { held: positions.find((each) => each.symbol === symbol) ?? null, readAt };
  const entryOrderId = await findEntryOrderId(db, id);
  const isOwn = ({ positionId }: VenuePosition) => positionId !== undefined && positionId === entryOrderId;
  return { held: positions.find(isOwn) ?? null, readAt };
}

/** Records of a position. */
interface PositionBooks {
  trade: TradeRecord;
  divided: DividedFills<FillRecord>;
  /** Size that orders of ours have closed by the venue's word and that no booked fill shows yet. */
  unlisted: Amount;
}

async function readBooks({ db }: Pick<ExecutionDeps, 'db'>, id: TradeRecord['id']): Promise<PositionBooks> {
  const [trade, fills, orders] = await Promise.all([getTrade(db, id), listFills(db, id), listOrders(db, id)]);
  return { trade, divided: divideFills(trade.side, fills), unlisted: unlistedOf(orders, fills) };
}

function unlistedOf(orders: readonly OrderRecord[], fills: readonly FillRecord[]): Amount {
  const closing = orders.filter(({ leg }) => leg !== 'entry');
  return sum(
    closing.map(({ id, filledSize }) => {
      const listed = sum(fills.filter(({ orderId }) => orderId === id).map(({ size }) => size));
      return Amount.max(amount(filledSize).sub(listed), 0);
    }),
  );
}

/** Returns what is left of the trade, by its fills and by what its orders are known to have filled. */
const remainingOf = ({ trade, unlisted }: PositionBooks): Amount =>
  Amount.max(amount(trade.remainingSize ?? '0').sub(unlisted), 0);

/** Returns whether the booked fills are the whole entry, and leave just what the venue says is open. */
function doFillsExplain(books: PositionBooks, held: VenuePosition | null): boolean {
  const { trade, divided, unlisted } = books;
  const isWhole = divided.entered.eq(trade.entrySize ?? '0') && divided.left.eq(trade.remainingSize ?? '0');
  return isWhole && unlisted.isZero() && isSameWay(books, held, divided.left);
}

/** Returns whether the venue's position is this size of the trade together with another hand's part. */
const isSameWay = ({ trade, divided }: PositionBooks, held: VenuePosition | null, own: Amount): boolean =>
  amount(held?.size ?? '0')
    .mul(direction(trade.side))
    .eq(own.add(divided.beside));

function ownPosition(books: PositionBooks, held: VenuePosition): VenuePosition | null {
  const { side } = books.trade;
  const size = ownPart(side, remainingOf(books), held.size);
  return size.isZero() ? null : { ...held, size: decimalString(size.mul(direction(side))) };
}

/**
 * Throws `VenueError` when a separate position is not shown and no fill reports its end: the venue was asked too early.
 */
function requireEnd({ trade, divided }: PositionBooks): void {
  if (divided.entered.gt(0) && divided.left.lte(0)) return;
  const text = `the venue holds no position of trade ${trade.id} and tells of no end of it`;
  throw new VenueError('venue_behind', text, 'retry');
}
