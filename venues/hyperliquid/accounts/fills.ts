import type { AccountId } from '#domain/ids.ts';
import type { VenueFill } from '../../venue.ts';
import { clientIdOf, venueOrderId } from '../http/ids.ts';
import type { WireFill } from '../http/schemas.ts';

/** Returns whether a coin is a perpetual: spot pairs are named like `@107` or `PURR/USDC`. */
export const isPerpetual = (coin: string): boolean => !coin.startsWith('@') && !coin.includes('/');

/** Returns the fills in perpetuals, in the order given. */
export const fillsOf = (accountId: AccountId, fills: readonly WireFill[]): VenueFill[] =>
  fills.filter((fill) => isPerpetual(fill.coin)).map((fill) => fillOf(accountId, fill));

/** Returns whether the venue liquidated or deleveraged the account. Fills of the other side carry the mark too. */
const isTakenByVenue = (accountId: AccountId, { liquidation, dir }: WireFill): boolean =>
  liquidation?.liquidatedUser?.toLowerCase() === accountId || dir === DELEVERAGED;

/** Source: `dir` of the venue's fills, as its web page shows it; unproven against the live endpoint. */
const DELEVERAGED = 'Auto-Deleveraging';

function fillOf(accountId: AccountId, fill: WireFill): VenueFill {
  return {
    symbol: fill.coin,
    venueFillId: String(fill.tid),
    venueOrderId: venueOrderId(fill.oid),
    clientOrderId: clientIdOf(fill.cloid),
    side: fill.side,
    price: fill.px,
    size: fill.sz,
    feeUsd: fill.fee,
    closedPnlUsd: fill.closedPnl,
    liquidation: isTakenByVenue(accountId, fill),
    ...(typeof fill.startPosition === 'string' && { positionBefore: fill.startPosition }),
    time: fill.time,
  };
}
