import { cut, meanOfKnown, ratio, type ScorePart } from './score-parts.ts';

/** What a service that reads social networks says of a coin; null where it does not say. */
export interface SocialFacts {
  /** Share of positive posts, 0 to 100. */
  sentiment: number | null;
  /** 0 to 100. */
  galaxyScore: number | null;
  /** 1 is the best of all coins. */
  altRank: number | null;
  /** How many coins are ranked. */
  coins: number | null;
}

/** How people speak of the coin. */
export function socialPart({ sentiment, galaxyScore, altRank, coins }: SocialFacts): ScorePart {
  const place = ratio(altRank, coins);
  return {
    name: 'social',
    value: meanOfKnown([
      cut(ofPercent(sentiment)),
      cut(ofPercent(galaxyScore)),
      cut(place === null ? null : 1 - 2 * place),
    ]),
    inputs: { sentiment, galaxy_score: galaxyScore, alt_rank: altRank, coins },
  };
}

const ofPercent = (value: number | null): number | null => (value === null ? null : (value - 50) / 25);
