const EPOCH_MS = 1_288_834_974_657n;

/** Returns when X made an id, in epoch ms. Source: github.com/twitter-archive/snowflake, 22 bits below the time. */
export const timeOf = (id: string): number => Number((BigInt(id) >> 22n) + EPOCH_MS);

/** Returns the smallest id that X makes at this time. */
export const firstIdAt = (ms: number): string => String((BigInt(Math.floor(ms)) - EPOCH_MS) << 22n);

/** Returns whether an id was made before another; ids have up to 19 digits and are never numbers. */
export const isOlder = (id: string, than: string): boolean => BigInt(id) < BigInt(than);
