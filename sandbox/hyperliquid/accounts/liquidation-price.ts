import { ONE } from '../wire/amounts.ts';
import type { Amount } from '../wire/amounts.ts';
import type { Market, MarketsById } from '../market/market.ts';
import type { Account, Position } from './account.ts';
import { isolatedEquity, notionalOf, summarise } from './margin.ts';

/**
 * Returns the mark price at which a position would be liquidated if no other price moved, null if no price does it.
 * Source: the documentation's page on liquidations.
 */
export function liquidationPx(account: Account, market: Market, markets: MarketsById): Amount | null {
  const position = account.positions.get(market.asset);
  if (!position) return null;
  const size = position.szi.abs();
  const side = position.szi.isNeg() ? -1 : 1;
  const notional = notionalOf(position, market.mark);
  const slack = marginSlack(account, position, market, markets);
  const factor = ONE.sub(market.maintenanceRate(notional).mul(side));
  const px = market.mark.sub(slack.mul(side).div(size).div(factor));
  return px.gt(0) ? px.toSignificantDigits(10) : null;
}

function marginSlack(account: Account, position: Position, market: Market, markets: MarketsById): Amount {
  if (position.margin !== null)
    return isolatedEquity(position, market.mark).sub(market.maintenance(notionalOf(position, market.mark)));
  const { crossValue, crossMaintenance } = summarise(account, markets);
  return crossValue.sub(crossMaintenance);
}
