import type { Exchange } from '../exchange/exchange.ts';
import { BOOK_GROUPINGS } from '../info/l2-book.ts';
import { INTERVAL_MS } from '../market/candles.ts';
import { isAddress, isRecord } from '../wire/fields.ts';

/** A stream that a client subscribed to, as the topic under which its messages are sent. */
export interface Subscription {
  readonly topic: string;
  /** Lower-case address of the account that the stream is about, null for a stream of a market. */
  readonly user: string | null;
}

/** Reads a subscription. Returns undefined if the venue has no such stream. */
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

/** Returns the topics of a coin's book: one without grouping, and one for each grouping. */
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

/** Returns a topic of one builder's markets, or of the venue's own if none is named; undefined for an unknown builder. */
function ofDex(exchange: Exchange, topic: string, dex: unknown): string | undefined {
  const name = exchange.dexes.find((each) => each === (dex ?? ''));
  return name === undefined ? undefined : `${topic}/${name}`;
}
