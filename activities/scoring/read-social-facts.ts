import type { Symbol } from '#domain/ids.ts';
import { MAX_SCORE_AGE_MS } from '#domain/scoring/score-use.ts';
import { readNewestFigures } from '#prisma/repositories/market-indicators.ts';
import { matchCoins } from '#scores/match-coins.ts';
import type { SocialInput } from '../contract.ts';
import type { ScoringDeps } from './activities.ts';

/** Name under which the service's number of a market is remembered among the indicators. */
export const COIN_ID = 'lunarcrush_id';

/**
 * Reads the social service once, and finds the markets among its coins. Returns null where none is configured. Throws
 * `SocialScoresError`.
 */
export async function readSocialFacts(
  { db, social, prices, now }: ScoringDeps,
  symbols: readonly Symbol[],
): Promise<SocialInput | null> {
  if (!social) return null;
  const [{ generatedAt, coins }, known, latest] = await Promise.all([
    social.read(),
    readNewestFigures(db, COIN_ID),
    prices(),
  ]);
  if (now() - generatedAt > MAX_SCORE_AGE_MS) {
    const problem = `${social.name}: its numbers are of ${new Date(generatedAt).toISOString()}`;
    return { facts: {}, coinIds: {}, problem };
  }
  const markets = symbols.map((symbol) => {
    const price = latest.get(symbol);
    return { symbol, price: price === undefined ? null : Number(price), coinId: known.get(symbol) ?? null };
  });
  const found = [...matchCoins(markets, coins)];
  return {
    facts: Object.fromEntries(found.map(([symbol, { facts }]) => [symbol, facts])),
    coinIds: Object.fromEntries(found.map(([symbol, { id }]) => [symbol, id])),
    problem: null,
  };
}
