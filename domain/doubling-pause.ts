/** Returns a pause in ms that has doubled so many times from `firstMs`; `longestMs` at most. */
export const doublingPause = (
  { firstMs, longestMs }: { firstMs: number; longestMs: number },
  doublings: number,
): number => Math.min(longestMs, firstMs * 2 ** Math.max(0, doublings));
