import { amount } from '#domain/money.ts';
import type { AccountStanding, DividedPosition } from './account-standing.ts';

/** What keeps an account from being flat of our trades, in one line each; empty when it is flat. */
export function whatIsLeft(before: AccountStanding | null, after: AccountStanding): string[] {
  const where = `${after.venue} ${after.accountId}`;
  const live =
    after.liveTrades > 0 ? [`${where}: ${after.liveTrades} trades have not ended in the records`] : [];
  const positions = after.positions.flatMap((position) => leftOf(position, before, where));
  const orders = after.orders
    .filter(({ isOwn }) => isOwn)
    .map(({ symbol, side, size }) => `${where}: an order to ${side} ${size} ${symbol} rests`);
  return [...live, ...positions, ...orders];
}

/**
 * A position that is none of ours by the records is the owner's: unless it was another before, then a part of ours may
 * be in it.
 */
function leftOf(position: DividedPosition, before: AccountStanding | null, where: string): string[] {
  const { symbol, ownSize, otherSize } = position;
  if (!amount(ownSize).isZero()) return [`${where}: ${ownSize} ${symbol} of ours is open`];
  if (before === null || amount(otherSize).isZero()) return [];
  const was = before.positions.find(
    (each) => each.symbol === symbol && each.positionId === position.positionId,
  );
  if (was && amount(was.otherSize).eq(otherSize)) return [];
  return [
    `${where}: ${otherSize} ${symbol} that no trade explains, and ${was?.otherSize ?? '0'} before: look at it`,
  ];
}

/** The owner's own positions and orders, which stay, in one line each. */
export function ownersOwn({ venue, accountId, positions, orders }: AccountStanding): string[] {
  const where = `${venue} ${accountId}`;
  return [
    ...positions
      .filter(({ otherSize }) => !amount(otherSize).isZero())
      .map(({ symbol, otherSize }) => `${where}: ${otherSize} ${symbol} is the owner's own and stays`),
    ...orders
      .filter(({ isOwn }) => !isOwn)
      .map(
        ({ symbol, side, size }) =>
          `${where}: an order to ${side} ${size} ${symbol} is the owner's own and stays`,
      ),
  ];
}
