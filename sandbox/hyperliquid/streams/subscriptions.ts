import { dexOf } from '../market/built-markets.ts';
import { INTERVAL_MS } from '../market/candles.ts';
import { BOOK_GROUPINGS, bbo, l2Book } from '../info/l2-book.ts';
import { allMids, assetCtx } from '../info/market-info.ts';
import { clearinghouseState } from '../info/account-info.ts';
import { newAccount } from '../accounts/account.ts';
import type { Account } from '../accounts/account.ts';
import { openOrderWire } from '../orders/order-wire.ts';
import type { WireFunding } from '../orders/order.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { isAddress, isRecord } from '../wire/fields.ts';

/** What a client asked to hear, as the topic under which it is published. */
export interface Subscription {
  readonly topic: string;
  /** Lower-case address whose stream it is; null for a market's. */
  readonly user: string | null;
}

const SNAPSHOT_FILLS = 2_000;

/** Reads a subscription; undefined when the venue has no such stream. */
export function parseSubscription(exchange: Exchange, value: unknown): Subscription | undefined {
  const topic = isRecord(value) ? topicOf(exchange, value) : undefined;
  if (topic === undefined || !isRecord(value)) return undefined;
  const { user } = value;
  return { topic, user: isAddress(user) ? user.toLowerCase() : null };
}

function topicOf(
  exchange: Exchange,
  { type, coin, interval, user, dex, nSigFigs, mantissa }: Record<string, unknown>,
): string | undefined {
  switch (type) {
    case 'allMids':
      return ofDex(exchange, 'allMids', dex);
    case 'bbo':
    case 'trades':
    case 'activeAssetCtx':
      return exchange.market(coin) && `${type}/${String(coin)}`;
    case 'l2Book':
      return exchange.market(coin) && bookTopic(String(coin), nSigFigs, mantissa);
    case 'candle':
      return exchange.market(coin) && Object.hasOwn(INTERVAL_MS, String(interval))
        ? `candle/${String(coin)}/${String(interval)}`
        : undefined;
    case 'orderUpdates':
    case 'userFills':
    case 'userEvents':
    case 'userFundings':
    case 'userNonFundingLedgerUpdates':
    case 'notification':
      return isAddress(user) ? `${type}/${user.toLowerCase()}` : undefined;
    case 'clearinghouseState':
    case 'openOrders':
      return isAddress(user) ? ofDex(exchange, `${type}/${user.toLowerCase()}`, dex) : undefined;
    default:
      return undefined;
  }
}

/** The topics of a coin's book: as it is, and in every grouping. */
export function bookTopics(coin: string): string[] {
  return [`l2Book/${coin}`, ...BOOK_GROUPINGS.map((_, i) => `l2Book/${coin}/${i}`)];
}

function bookTopic(coin: string, nSigFigs: unknown, mantissa: unknown): string | undefined {
  if (nSigFigs === undefined || nSigFigs === null) return `l2Book/${coin}`;
  const i = BOOK_GROUPINGS.findIndex(
    (each) => each.nSigFigs === nSigFigs && each.mantissa === (mantissa ?? 1),
  );
  return i < 0 ? undefined : `l2Book/${coin}/${i}`;
}

/** A topic of one builder's markets, or where none is named of the venue's own; undefined for an unknown builder. */
function ofDex(exchange: Exchange, topic: string, dex: unknown): string | undefined {
  const name = exchange.dexes.find((each) => each === (dex ?? ''));
  return name === undefined ? undefined : `${topic}/${name}`;
}

/** The messages that a new subscriber of `topic` gets at once. */
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

/** The present state of a market topic, as it is pushed after every tick. */
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

export function accountMessage(exchange: Exchange, account: Account, dex: string): object {
  return {
    channel: 'clearinghouseState',
    data: { dex, user: account.address, clearinghouseState: clearinghouseState(exchange, account, dex) },
  };
}

export function ordersMessage(exchange: Exchange, account: Account, dex: string): object {
  const open = exchange
    .openOrders(account)
    .filter(({ phase, coin }) => phase !== 'waiting' && dexOf(coin) === dex);
  return {
    channel: 'openOrders',
    data: { dex, user: account.address, orders: open.map(openOrderWire) },
  };
}

/** A funding payment as the streams carry it: one level flatter than `userFunding` lists it. */
export function flatFunding({ time, delta }: WireFunding): object {
  const { coin, usdc, szi, fundingRate, nSamples } = delta;
  return { time, coin, usdc, szi, fundingRate, nSamples };
}
