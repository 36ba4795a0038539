import { readLunarCrush } from '#config/lunarcrush.ts';
import { createLunarCrush } from '#scores/lunarcrush/lunarcrush.ts';
import { SocialScoresError } from '#scores/social-scores.ts';
import { counted } from '#terminal/output.ts';
import type { LocalSystem } from '../find-api.ts';
import { broken, CHECK_TIMEOUT_MS, off, ok, reasonOf, type Finding } from './finding.ts';

const PART = 'lunarcrush';
const FROM = 'LUNARCRUSH_API_KEY';

/** Asks LunarCrush for its list of coins, where a key is set; each time counts against the day of the plan. */
export async function checkLunarCrush({ environment }: Pick<LocalSystem, 'environment'>): Promise<Finding> {
  const { lunarCrush } = readLunarCrush(environment);
  if (!lunarCrush) return off(PART, `${FROM} is not set: market scores have no social part`);
  try {
    const { coins } = await createLunarCrush({ ...lunarCrush, timeoutMs: CHECK_TIMEOUT_MS }).read();
    return ok(PART, `${lunarCrush.url} lists ${counted(coins.length, 'coin')}`, FROM);
  } catch (error) {
    const isFatal = error instanceof SocialScoresError && error.verdict === 'fatal';
    const remedy = isFatal
      ? `give a key in ${FROM} whose plan allows the list of coins`
      : 'nothing waits for it: market scores have no social part until it answers';
    return broken(PART, `${lunarCrush.url}: ${reasonOf(error)}`, remedy, FROM);
  }
}
