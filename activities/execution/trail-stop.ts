import type { DecimalString } from '#domain/money.ts';
import { withTradeLock } from '#prisma/repositories/trade-lock.ts';
import { revisionOf } from '#prisma/repositories/trade-record.ts';
import { changeWatchLevels } from '#prisma/repositories/watches.ts';
import type { WatchRecord } from '#prisma/repositories/watch-record.ts';
import { concludeUnderLock } from './conclude-adjustment.ts';
import { loadContext, type ExecutionDeps } from './context.ts';
import { changeStop, type StopResult } from './stops.ts';

/**
 * Moves the resident stop of an open trade behind its trail and stores that for the watch. Does nothing when a person
 * has set other exits since the watch was read, or has paused the trade.
 */
export const trailStop = (
  deps: ExecutionDeps,
  { tradeId, levels }: Pick<WatchRecord, 'tradeId' | 'levels'>,
  to: DecimalString,
): Promise<StopResult> =>
  withTradeLock(deps.db, tradeId, async (hold) => {
    const loaded = await loadContext(deps, tradeId);
    const context = await concludeUnderLock(deps, { ...loaded, session: loaded.session.under(hold) });
    const { phase, remainingSize, barriers, pausedAt } = context.trade;
    const isSuperseded = pausedAt !== null || revisionOf(barriers) !== revisionOf(levels);
    if (phase !== 'open' || remainingSize === null || isSuperseded)
      return { ok: false, code: 'superseded', text: 'The trade is paused or has other exits by now.' };
    const wanted = { price: to, size: remainingSize, kind: 'trailing_stop' } as const;
    const result = await changeStop(deps, context, wanted, 'system');
    if (result.ok) {
      const { price, kind } = result;
      await changeWatchLevels(deps.db, tradeId, { stop: { price, kind }, isStopResident: true }, hold);
    }
    return result;
  });
