import type { Account, Position } from '../accounts/account.ts';
import { Amount, maxOf, toUsd } from '../wire/amounts.ts';
import { RequestRefused, UnreadableRequest } from '../wire/refusals.ts';
import type { TradedMarket } from '../exchange/traded-market.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { asInteger } from '../wire/fields.ts';
import type { Authorised } from './authorise.ts';
import { VENUE_TEXT } from '../wire/venue-text.ts';
import { isolatedEquity, leverageOf, notionalOf, summarise } from '../accounts/margin.ts';

/** `updateLeverage`: sets leverage and margin mode of one coin. */
export function updateLeverage(exchange: Exchange, { request, account }: Authorised): object {
  const { asset, isCross, leverage } = request.action;
  const market = requireMarket(exchange, asset);
  if (typeof isCross !== 'boolean') throw new UnreadableRequest();
  const value = asInteger(leverage);
  if (value < 1 || value > market.spec.maxLeverage) throw new RequestRefused(VENUE_TEXT.invalidLeverage);
  if (isCross && market.spec.onlyIsolated) throw new RequestRefused(VENUE_TEXT.crossNotAllowed);
  const position = account.positions.get(market.asset);
  if (position) adaptPosition(exchange, account, market, position, isCross, value);
  account.leverage.set(market.asset, { isCross, value });
  exchange.touch(account);
  return { type: 'default' };
}

function adaptPosition(
  exchange: Exchange,
  account: Account,
  market: TradedMarket,
  position: Position,
  isCross: boolean,
  value: number,
): void {
  if (isCross !== (position.margin === null)) throw new RequestRefused(VENUE_TEXT.switchLeverageType);
  const notional = notionalOf(position, market.mark);
  const { available } = summarise(account, exchange.byAsset);
  if (position.margin === null) {
    const before = toUsd(notional.div(leverageOf(account, market).value));
    if (
      toUsd(notional.div(value))
        .sub(before)
        .gt(maxOf(available, new Amount(0)))
    )
      throw new RequestRefused(VENUE_TEXT.crossDecrease);
    return;
  }
  const missing = toUsd(notional.div(value)).sub(isolatedEquity(position, market.mark));
  if (missing.lte(0)) return;
  if (missing.gt(available)) throw new RequestRefused(VENUE_TEXT.isolatedDecrease);
  moveMargin(account, position, missing);
}

/** `updateIsolatedMargin`: adds (or with a negative amount takes back) USD of an isolated position's margin. */
export function updateIsolatedMargin(exchange: Exchange, { request, account }: Authorised): object {
  const { asset, ntli } = request.action;
  const market = requireMarket(exchange, asset);
  const position = account.positions.get(market.asset);
  if (!position || position.margin === null) throw new RequestRefused(VENUE_TEXT.noIsolatedPosition);
  const usd = new Amount(asInteger(ntli)).div(1_000_000);
  const required = notionalOf(position, market.mark).div(leverageOf(account, market).value);
  const isTooMuch = usd.gt(0)
    ? usd.gt(summarise(account, exchange.byAsset).withdrawable)
    : isolatedEquity(position, market.mark).add(usd).lt(required);
  if (isTooMuch) throw new RequestRefused(VENUE_TEXT.insufficientIsolatedMargin);
  moveMargin(account, position, usd);
  exchange.touch(account);
  return { type: 'default' };
}

function moveMargin(account: Account, position: Position, usd: Amount): void {
  position.margin = position.margin!.add(usd);
  account.cash = account.cash.sub(usd);
}

function requireMarket(exchange: Exchange, asset: unknown): TradedMarket {
  const market = typeof asset === 'number' ? exchange.byAsset.get(asset) : undefined;
  if (!market) throw new RequestRefused(VENUE_TEXT.invalidAsset(Number(asset)));
  return market;
}
