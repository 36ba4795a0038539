import { asId } from '#domain/ids.ts';
import type { WatchRecord } from '#prisma/repositories/watch-record.ts';

/** Returns the stored watch of a trade of size 1 in BTC. */
export const watchRecord = (
  given: Pick<WatchRecord, 'side' | 'levels' | 'armedAt'> & Partial<WatchRecord>,
): WatchRecord => ({
  tradeId: asId('t'),
  signalId: 's',
  deploymentId: 'd',
  accountId: asId('a'),
  remainingSize: '1',
  venue: 'hyperliquid',
  symbol: 'BTC',
  status: 'armed',
  timeLimitAt: null,
  version: 1n,
  changedAt: 0,
  ...given,
});
