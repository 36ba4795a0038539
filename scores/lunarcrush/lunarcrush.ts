import { SocialScoresError, type SocialReading, type SocialScores } from '../social-scores.ts';
import { readBody } from './read-body.ts';
import { readAnswer } from './read-answer.ts';

export interface LunarCrushOptions {
  /** Base address of version 4 of the API, such as `https://lunarcrush.com/api4`. */
  url: string;
  apiKey: string;
  timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 15_000;
/** The largest page of the list, sorted by size: every coin that is traded is on it. Source: lunarcrush/api, README. */
const LIST = '/public/coins/list/v2?limit=1000&sort=market_cap_rank';

/** Reads LunarCrush, one list for a call of `read`. */
export const createLunarCrush = (options: LunarCrushOptions): SocialScores => ({
  name: 'LunarCrush',
  read: () => readList(options),
});

async function readList({
  url,
  apiKey,
  timeoutMs = DEFAULT_TIMEOUT_MS,
}: LunarCrushOptions): Promise<SocialReading> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(`${url.replace(/\/+$/, '')}${LIST}`, {
      headers: { authorization: `Bearer ${apiKey}`, accept: 'application/json' },
      // The key is for this address alone.
      redirect: 'error',
      signal,
    });
    return readAnswer(response.status, response.headers.get('retry-after'), await readBody(response));
  } catch (error) {
    if (error instanceof SocialScoresError) throw error;
    const why = signal.aborted ? `it did not answer within ${timeoutMs} ms` : 'it cannot be reached';
    throw new SocialScoresError('unreachable', why, { cause: error });
  }
}
