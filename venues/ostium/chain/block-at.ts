import type { Block } from './chain-wire.ts';

type ReadBlock = (number: number | 'latest') => Promise<Block>;

const MINUTE_MS = 60_000;
/** Minutes whose blocks are remembered. */
const MAX_MINUTES = 1_000;

/** Returns a function that finds the block of a time in epoch ms: no event since that time lies before it, and it is a minute too early at most. */
export function createBlockSearch(readBlock: ReadBlock): (timeMs: number) => Promise<number> {
  const minutes = new Map<number, number>();
  return async (timeMs) => {
    const minute = Math.max(0, Math.floor(timeMs / MINUTE_MS));
    const known = minutes.get(minute);
    if (known !== undefined) return known;
    const found = await searchBlock(readBlock, minute * MINUTE_MS);
    if (minutes.size >= MAX_MINUTES) minutes.clear();
    // The first block of a minute is certain only once the minute is over.
    if ((minute + 1) * MINUTE_MS < Date.now()) minutes.set(minute, found);
    return found;
  };
}

/** Returns the first block at or after a time, by halving a range that starts at the newest blocks. */
async function searchBlock(readBlock: ReadBlock, timeMs: number): Promise<number> {
  const newest = await readBlock('latest');
  let [low, high] = [0, newest.number + 1];
  for (let step = 1_024; newest.number - step > 0; step *= 8) {
    // oxlint-disable-next-line no-await-in-loop -- each look depends on the one before
    if ((await readBlock(newest.number - step)).time < timeMs) {
      low = newest.number - step;
      break;
    }
    high = newest.number - step;
  }
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    // oxlint-disable-next-line no-await-in-loop -- each look depends on the one before
    const { time } = middle === newest.number + 1 ? { time: Infinity } : await readBlock(middle);
    if (time < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
