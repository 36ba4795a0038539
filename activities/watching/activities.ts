import { Context } from '@temporalio/activity';
import { openExit } from '#domain/exit-engine.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { newest } from '#prisma/repositories/order-record.ts';
import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import { revisionOf, trailRevisionOf, type TradeRecord } from '#prisma/repositories/trade-record.ts';
import { saveWatch, saveWatchStatus } from '#prisma/repositories/watches.ts';
import type { WatchLevels } from '#prisma/repositories/watch-record.ts';
import type { WatchActivities } from '../contract.ts';
import { venueOf, type TradingDeps } from '../deps.ts';
import { pauseAudited, resumeAudited } from '../ledger/audited.ts';
import { resumption } from '../ledger/resumption.ts';
import { filledTargets, restingTargets } from '../execution/ladder.ts';
import { stopKindOf } from '../execution/stop-kind.ts';
import { watchVenue, type WatcherDeps } from './watcher.ts';

/** Returns the activities that arm, pause and resume the watch of one trade. */
export function createWatchActivities(deps: TradingDeps): Omit<WatchActivities, 'watchVenue'> {
  return {
    async armWatch({ tradeId }) {
      const trade = await getTrade(deps.db, tradeId);
      if (trade.phase !== 'open') return;
      await arm(deps, trade);
    },
    async pauseWatch({ tradeId, by }) {
      const since = await pauseAudited(deps.db, { tradeId, by }, deps.now());
      await saveWatchStatus(deps.db, tradeId, 'paused');
      await recordTradeEvent(deps.db, {
        tradeId,
        key: `paused/${since}`,
        type: 'paused',
        text: `Paused by ${by}: what rests at the venue stays`,
      });
    },
    async resumeWatch({ tradeId, by }) {
      const line = await resumption(deps.db, await getTrade(deps.db, tradeId), { by, at: deps.now() });
      await recordTradeEvent(deps.db, line);
      await saveWatchStatus(deps.db, tradeId, 'armed');
      // Comes last, so that a second run after a crash still finds since when the trade was paused.
      await resumeAudited(deps.db, { tradeId, by });
    },
  };
}

async function arm(deps: TradingDeps, trade: TradeRecord): Promise<void> {
  const { venue, openedAt, entryPrice, barriers, side } = trade;
  if (!venue || openedAt === null || entryPrice === null || !barriers) {
    throw new Error(`trade ${trade.id} is open without an entry`);
  }
  const { capabilities } = venueOf(deps, venue);
  const initial = openExit(barriers.levels, { side, entryPrice, openedAt });
  const orders = await listOrders(deps.db, trade.id);
  const resting = restingTargets(trade, orders);
  const kind = stopKindOf(trade);
  const levels: WatchLevels = {
    entryPrice,
    barriers: barriers.levels,
    stop: trade.stopPrice === null ? initial.stop : { price: trade.stopPrice, kind },
    isStopResident: trade.stopPrice !== null,
    restingTargets: resting,
    filledTargets: filledTargets(trade, orders),
    revision: revisionOf(barriers),
    trailRevision: trailRevisionOf(barriers),
  };
  await saveWatch(deps.db, {
    tradeId: trade.id,
    venue,
    symbol: trade.symbol,
    side,
    levels,
    armedAt: openedAt,
    timeLimitAt: barriers.levels.timeLimitMs === null ? null : openedAt + barriers.levels.timeLimitMs,
    priceKind: capabilities.triggerPrice,
  });
  await recordTradeEvent(deps.db, {
    tradeId: trade.id,
    // A new stop gives a new key and so a new event; a second run after a crash does not.
    key: `armed/${newest(orders, 'stop')?.revision ?? 0}`,
    type: 'armed',
    text: `On watch from ${entryPrice}: stop ${levels.stop?.price ?? 'none'}, ${counted(resting.length, 'target')} resting, ${counted(barriers.levels.trailing.length, 'trailing step')}`,
    data: { levels },
  });
}

/** Returns the long activity that owns a venue's prices. Temporal runs it on one worker at a time. */
export function createWatcherActivities(deps: WatcherDeps): Pick<WatchActivities, 'watchVenue'> {
  return {
    async watchVenue({ venue }) {
      const context = Context.current();
      await watchVenue(deps, venueOf(deps, venue), {
        signal: context.cancellationSignal,
        beat: (health) => context.heartbeat(health),
      });
    },
  };
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
