import type { BacktestResult } from '../result.ts';

/** Returns what a run cannot know, one sentence each: it stands on every report. */
export function unknownsOf({ instruments }: BacktestResult): string[] {
  const hasCandles = instruments.some(({ intervalMs }) => intervalMs !== null);
  return [
    ...(hasCandles ? [ORDER] : []),
    'Fills are the prices of others: what own orders move, and whether a book is deep enough, is not in the prices.',
    'Posts that were deleted before they were collected, and authors who gave up, are missing: results look better for it.',
    'Markets that were delisted are in the prices only if their files are.',
    'Slippage, spread and delays are those of the settings, on quiet days and on wild ones alike.',
    'A venue that is down, an order that is refused and a key that runs out happen live and not here.',
  ];
}

const ORDER =
  'A candle does not say which of its extremes came first: exits inside it are bounded, not known.';
