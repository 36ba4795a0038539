import { ActivityFailure, proxyActivities, setCurrentDetails, sleep } from '@temporalio/workflow';
import type { ScoringActivities, SocialInput } from '#activities/contract.ts';

/** Markets of one step, and the pause between steps: trading shares the venue's request budget. */
const BATCH = 5;
const PAUSE = '20s';
/** A venue that did not answer is asked again this much later, in at most so many rounds. */
const NEXT_ROUND_AFTER = '10m';
const MAX_ROUNDS = 3;

const { planScores, storeScores } = proxyActivities<ScoringActivities>({
  startToCloseTimeout: '5m',
  scheduleToCloseTimeout: '15m',
  retry: { initialInterval: '2s', backoffCoefficient: 2, maximumInterval: '1m', maximumAttempts: 5 },
});
const { readSocialFacts } = proxyActivities<ScoringActivities>({
  startToCloseTimeout: '1m',
  scheduleToCloseTimeout: '5m',
  retry: { initialInterval: '5s', backoffCoefficient: 3, maximumInterval: '1m', maximumAttempts: 3 },
});

export interface ScoredMarkets {
  known: number;
  unknown: number;
}

/** Computes the market scores of the present six hours that are not known yet. */
export async function scoreMarkets(): Promise<ScoredMarkets> {
  const total: ScoredMarkets = { known: 0, unknown: 0 };
  let social: SocialInput | null | undefined;
  for (let round = 1; round <= MAX_ROUNDS; round += 1) {
    const { at, symbols } = await planScores();
    if (symbols.length === 0) break;
    social ??= await askSocialService(symbols);
    const { known, unknown, failed } = await scoreInBatches(at, symbols, social);
    total.known += known;
    total.unknown = unknown;
    setCurrentDetails(`${total.known} scores known, ${total.unknown} unknown`);
    if (failed === 0) break;
    if (round < MAX_ROUNDS) await sleep(NEXT_ROUND_AFTER);
  }
  return total;
}

async function scoreInBatches(
  at: number,
  symbols: readonly string[],
  social: SocialInput | null,
): Promise<ScoredMarkets & { failed: number }> {
  const sum = { known: 0, unknown: 0, failed: 0 };
  for (let done = 0; done < symbols.length; done += BATCH) {
    if (done > 0) await sleep(PAUSE);
    const batch = symbols.slice(done, done + BATCH);
    const result = await storeScores({ at, symbols: batch, social: social && ofBatch(social, batch) });
    sum.known += result.known;
    sum.unknown += result.unknown;
    sum.failed += result.failed;
  }
  return sum;
}

/** A service that fails makes its part of the scores unknown, and stops nothing else. */
async function askSocialService(symbols: readonly string[]): Promise<SocialInput | null> {
  try {
    return await readSocialFacts({ symbols });
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return { facts: {}, coinIds: {}, problem: `social service: ${error.cause?.message ?? error.message}` };
  }
}

function ofBatch({ facts, coinIds, problem }: SocialInput, batch: readonly string[]): SocialInput {
  const part = <Value>(all: Readonly<Record<string, Value>>): Record<string, Value> =>
    Object.fromEntries(Object.entries(all).filter(([symbol]) => batch.includes(symbol)));
  return { facts: part(facts), coinIds: part(coinIds), problem };
}
