import type { Symbol } from '#domain/ids.ts';
import { HOUR_MS } from '#domain/scoring/hour-candles.ts';
import { marketScore, scoreOf } from '#domain/scoring/market-score.ts';
import type { SocialFacts } from '#domain/scoring/social-part.ts';
import { NO_ACTIVITY } from '#domain/scoring/venue-parts.ts';
import { listListings } from '#prisma/repositories/instruments.ts';
import { readFigures, storeScores, type ScoreDraft } from '#prisma/repositories/market-indicators.ts';
import type { ScoringActivities, SocialInput } from '../contract.ts';
import type { ScoringDeps } from './activities.ts';
import { readActivities } from './market-activity.ts';
import { readHours } from './read-hours.ts';
import { COIN_ID } from './read-social-facts.ts';

const OPEN_INTEREST = 'open_interest_usd';
const DAY_MS = 24 * HOUR_MS;
const UNKNOWN_FACTS: SocialFacts = { sentiment: null, galaxyScore: null, altRank: null, coins: null };

type Input = Parameters<ScoringActivities['storeScores']>[0];

/** Computes the scores of some markets, one after another, and stores them together. */
export async function scoreAndStore(
  deps: ScoringDeps,
  { at, symbols, social }: Input,
): ReturnType<ScoringActivities['storeScores']> {
  const { db } = deps;
  const [activity, interest, listings] = await Promise.all([
    readActivities(deps),
    readFigures(db, OPEN_INTEREST, { symbols, at: at - DAY_MS }),
    listListings(db, symbols),
  ]);
  const drafts: ScoreDraft[] = [];
  let failed = 0;
  for (const symbol of symbols) {
    const venues = deps.venues.filter(({ name }) => listings.get(symbol)?.has(name));
    const { venue, hours, failures } = await readHours(deps, symbol, venues);
    const asked = venue ?? venues[0]?.name;
    const market = (asked && activity.get(asked)?.get(symbol)) ?? NO_ACTIVITY;
    const facts = { hours, activity: market, openInterestUsdBefore: interest.get(symbol) ?? null };
    const score = marketScore({ ...facts, social: social && (social.facts[symbol] ?? UNKNOWN_FACTS) });
    const { value } = scoreOf(score.parts, 'long');
    if (value === null && failures.length > 0) failed += 1;
    const { parts, candleCoverage, indicators } = score;
    drafts.push({
      symbol,
      at,
      value,
      inputs: { parts, candleCoverage, venue, notes: [...failures, ...notesOf(symbol, social)] },
      pricedAt: (hours.candles.at(-1)?.openedAt ?? at - HOUR_MS) + HOUR_MS,
      figures: {
        ...indicators,
        [OPEN_INTEREST]: market.openInterestUsd,
        ...(social && { [COIN_ID]: social.coinIds[symbol] ?? null }),
      },
    });
  }
  await storeScores(db, drafts);
  const known = drafts.filter(({ value }) => value !== null).length;
  return { known, unknown: drafts.length - known, failed };
}

function notesOf(symbol: Symbol, social: SocialInput | null): string[] {
  if (!social) return [];
  if (social.problem !== null) return [social.problem];
  return Object.hasOwn(social.facts, symbol) ? [] : ['the social service does not know the market'];
}
