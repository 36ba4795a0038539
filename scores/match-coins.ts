import type { Symbol } from '#domain/ids.ts';
import type { SocialCoin } from './social-scores.ts';

/** A market that is to be found among the coins of a service. */
export interface ListedMarket {
  symbol: Symbol;
  /** In USD; null where no venue gives one now. */
  price: number | null;
  /** The number under which the service was found to know it; null where it never was. */
  coinId: number | null;
}

/** How far the price of a coin may be from that of the market, as a share of it. */
const LARGEST_DISTANCE = 0.05;

/**
 * Finds the coin of each market. A market that was found once is found by its number alone; else by symbol and price,
 * the largest coin first. A market whose price is not known is not found by its symbol: another coin may bear it.
 */
export function matchCoins(
  markets: readonly ListedMarket[],
  coins: readonly SocialCoin[],
): ReadonlyMap<Symbol, SocialCoin> {
  const byId = new Map(coins.map((coin) => [coin.id, coin]));
  const bySymbol = Map.groupBy(coins, ({ symbol }) => symbol.toUpperCase());
  return new Map(
    markets.flatMap((market): [Symbol, SocialCoin][] => {
      const { coin, unit } = unitOf(market.symbol);
      const known = market.coinId === null ? null : byId.get(market.coinId);
      const price = market.price === null ? null : market.price / unit;
      const found = market.coinId === null ? likeliest(bySymbol.get(coin) ?? [], price) : known;
      return found ? [[market.symbol, found]] : [];
    }),
  );
}

/** A market such as kPEPE trades a thousand coins at a time. */
const unitOf = (symbol: Symbol): { coin: string; unit: number } =>
  /^k[A-Z]/.test(symbol) ? { coin: symbol.slice(1), unit: 1_000 } : { coin: symbol, unit: 1 };

function likeliest(coins: readonly SocialCoin[], price: number | null): SocialCoin | undefined {
  if (price === null) return undefined;
  return coins
    .filter((coin) => coin.price !== null && Math.abs(coin.price / price - 1) <= LARGEST_DISTANCE)
    .toSorted((left, right) => (left.capRank ?? Infinity) - (right.capRank ?? Infinity))[0];
}
