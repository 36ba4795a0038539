import { newAccount } from '../accounts/account.ts';
import type { Account } from '../accounts/account.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { clearinghouseState } from '../info/account-info.ts';
import { BOOK_GROUPINGS, bbo, l2Book } from '../info/l2-book.ts';
import { allMids, assetCtx } from '../info/market-info.ts';
import { dexOf } from '../market/built-markets.ts';
import { openOrderWire } from '../orders/order-wire.ts';
import type { WireFunding } from '../wire/rows.ts';

const SNAPSHOT_FILLS = 2_000;

/** Returns the messages that a new subscriber of `topic` receives at once. */
export function snapshotOf(exchange: Exchange, topic: string): object[] {
  const [type, key = '', dex = ''] = topic.split('/');
  const account = exchange.accounts.get(key) ?? newAccount(key);
  switch (type) {
    case 'allMids':
    case 'bbo':
    case 'l2Book':
    case 'activeAssetCtx':
    case 'candle':
      return marketMessage(exchange, topic);
    case 'userFills':
      return [
        {
          channel: 'userFills',
          data: { isSnapshot: true, user: key, fills: account.fills.slice(-SNAPSHOT_FILLS) },
        },
      ];
    case 'userFundings':
      return [
        {
          channel: 'userFundings',
          data: { isSnapshot: true, user: key, fundings: account.fundings.map(flatFunding) },
        },
      ];
    case 'userNonFundingLedgerUpdates':
      return [
        {
          channel: 'userNonFundingLedgerUpdates',
          data: { isSnapshot: true, user: key, nonFundingLedgerUpdates: account.ledger },
        },
      ];
    case 'clearinghouseState':
      return [accountMessage(exchange, account, dex)];
    case 'openOrders':
      return [ordersMessage(exchange, account, dex)];
    default:
      return [];
  }
}

/** Returns the present state of a market topic, as it is sent after every tick; no message for an empty candle. */
export function marketMessage(exchange: Exchange, topic: string): object[] {
  const [type, coin, part] = topic.split('/');
  if (type === 'allMids')
    return [{ channel: 'allMids', data: { ...(coin && { dex: coin }), mids: allMids(exchange, coin) } }];
  const market = exchange.market(coin)!;
  switch (type) {
    case 'bbo':
      return [{ channel: 'bbo', data: bbo(market) }];
    case 'l2Book':
      return [
        { channel: 'l2Book', data: l2Book(market, part === undefined ? null : BOOK_GROUPINGS[Number(part)]) },
      ];
    case 'activeAssetCtx':
      return [{ channel: 'activeAssetCtx', data: { coin, ctx: assetCtx(market) } }];
    default: {
      const candle = market.candles.current(market.coin, part ?? '');
      return candle ? [{ channel: 'candle', data: candle }] : [];
    }
  }
}

/** Returns the `clearinghouseState` message of an account in one builder's markets, or in the venue's own. */
export function accountMessage(exchange: Exchange, account: Account, dex: string): object {
  return {
    channel: 'clearinghouseState',
    data: { dex, user: account.address, clearinghouseState: clearinghouseState(exchange, account, dex) },
  };
}

/** Returns the `openOrders` message of an account in one builder's markets, or in the venue's own. */
export function ordersMessage(exchange: Exchange, account: Account, dex: string): object {
  const open = exchange
    .openOrders(account)
    .filter(({ phase, coin }) => phase !== 'waiting' && dexOf(coin) === dex);
  return {
    channel: 'openOrders',
    data: { dex, user: account.address, orders: open.map(openOrderWire) },
  };
}

/** Returns a funding payment as the streams carry it: the fields of `delta` beside the time. */
export function flatFunding({ time, delta }: WireFunding): object {
  const { coin, usdc, szi, fundingRate, nSamples } = delta;
  return { time, coin, usdc, szi, fundingRate, nSamples };
}
