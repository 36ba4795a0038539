import type { Symbol } from '#domain/ids.ts';
import { SCORE_PERIOD_MS } from '#domain/scoring/score-use.ts';
import {
  listCalledSymbols,
  listScoredSymbols,
  pruneIndicators,
} from '#prisma/repositories/market-indicators.ts';
import { listSymbols } from '#prisma/repositories/instruments.ts';
import type { ScoringDeps } from './activities.ts';
import { readActivities, type ActivityByVenue } from './market-activity.ts';

const DAY_MS = 86_400_000;
/** Markets that were called or traded in this time are scored. */
const CALLED_WITHIN_MS = 30 * DAY_MS;
/** Markets of one run, so that it takes no more of a venue's request budget than trading can spare. */
const MAX_SYMBOLS = 100;
/** The markets with the largest volume fill the run up to this number, for those that are called next. */
const LARGEST = 60;
/** Indicators are kept this long, to judge the scores by. */
const KEPT_MS = 90 * DAY_MS;

/** Plans the run of the present six hours; asked again, it returns what is still missing. */
export async function planScores(deps: ScoringDeps): Promise<{ at: number; symbols: Symbol[] }> {
  const { db } = deps;
  const now = deps.now();
  const at = now - (now % SCORE_PERIOD_MS);
  const [listed, called, scored, activity] = await Promise.all([
    listSymbols(db),
    listCalledSymbols(db, { sinceMs: now - CALLED_WITHIN_MS, limit: MAX_SYMBOLS }),
    listScoredSymbols(db, at),
    readActivities(deps),
    pruneIndicators(db, now - KEPT_MS),
  ]);
  const wanted = [...new Set([...called, ...largest(activity)])].filter((symbol) => listed.has(symbol));
  const chosen = wanted.slice(0, Math.max(LARGEST, called.length));
  return { at, symbols: chosen.filter((symbol) => !scored.has(symbol)) };
}

/** Returns the markets by their volume, the largest first. */
function largest(activity: ActivityByVenue): Symbol[] {
  const volumes = new Map<Symbol, number>();
  for (const markets of activity.values())
    for (const [symbol, { dayVolumeUsd }] of markets)
      volumes.set(symbol, (volumes.get(symbol) ?? 0) + (dayVolumeUsd ?? 0));
  return [...volumes].sort(([, left], [, right]) => right - left).map(([symbol]) => symbol);
}
