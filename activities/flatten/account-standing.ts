import { direction } from '#domain/ids.ts';
import { amount, decimalString, sum, type DecimalString } from '#domain/money.ts';
import type { DatabaseOrTransaction } from '#prisma/client.ts';
import {
  findOwnOrders,
  listOwnParts,
  type AccountAtVenue,
  type OwnPart,
} from '#prisma/repositories/own-parts.ts';
import type { AccountState, Venue, VenueOpenOrder, VenuePosition } from '#venues/venue.ts';

/** A position at a venue, divided into the part of our trades and the part of the account's owner. */
export interface DividedPosition extends Omit<VenuePosition, 'positionId'> {
  positionId: string | null;
  /** Negative for short, like `size`; what the booked fills of our trades leave. */
  ownSize: DecimalString;
  /** `size` less `ownSize`. */
  otherSize: DecimalString;
}

export interface DividedOrder extends VenueOpenOrder {
  /** It is an order of a trade of ours. */
  isOwn: boolean;
}

/** An account by the venue's word, with what of it is ours by the books. */
export interface AccountStanding extends AccountAtVenue, Pick<AccountState, 'equityUsd' | 'freeMarginUsd'> {
  positions: DividedPosition[];
  orders: DividedOrder[];
  /** Trades of ours that may still hold something there. */
  liveTrades: number;
}

/** Reads an account at its venue and divides what it holds. Throws `VenueError`. */
export async function readStanding(
  db: DatabaseOrTransaction,
  venue: Venue,
  accountId: AccountAtVenue['accountId'],
): Promise<AccountStanding> {
  const at = { venue: venue.name, accountId };
  const [state, orders] = await Promise.all([
    venue.accounts.account(accountId),
    venue.accounts.openOrders(accountId),
  ]);
  // The books are read last, so that they know of everything that the venue shows, or soon will.
  const ids = orders.flatMap(({ clientOrderId, venueOrderId }) => [
    clientOrderId ?? venueOrderId,
    venueOrderId,
  ]);
  const [parts, own] = await Promise.all([listOwnParts(db, at), findOwnOrders(db, at, ids)]);
  return {
    ...at,
    equityUsd: state.equityUsd,
    freeMarginUsd: state.freeMarginUsd,
    positions: state.positions.map((position) => divide(venue, position, parts)),
    orders: orders.map((order) => ({
      ...order,
      isOwn: [order.clientOrderId, order.venueOrderId].some((id) => id !== null && own.has(id)),
    })),
    liveTrades: parts.length,
  };
}

function divide(
  { capabilities }: Venue,
  { positionId, ...position }: VenuePosition,
  parts: readonly OwnPart[],
): DividedPosition {
  const own = capabilities.separatePositions
    ? ownOfSeparate({ positionId: positionId ?? null, size: position.size }, parts)
    : ownOfNetted(position, parts);
  return {
    ...position,
    positionId: positionId ?? null,
    ownSize: own,
    otherSize: decimalString(amount(position.size).sub(own)),
  };
}

const ownOfSeparate = (
  { positionId, size }: Pick<DividedPosition, 'positionId' | 'size'>,
  parts: readonly OwnPart[],
): DecimalString =>
  parts.some(({ entryOrderId }) => entryOrderId !== null && entryOrderId === positionId) ? size : '0';

function ownOfNetted({ symbol }: Pick<VenuePosition, 'symbol'>, parts: readonly OwnPart[]): DecimalString {
  const held = parts.filter((part) => part.symbol === symbol);
  return decimalString(
    sum(held.map(({ side, remainingSize }) => amount(remainingSize).mul(direction(side)))),
  );
}
