import { ActivityCancellationType, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { TradingActivities } from '#activities/contract.ts';

/**
 * Options of steps that have begun at a venue: no limit on attempts, no cancellation. A step that keeps failing shows
 * in the Web UI as a pending activity with its last error.
 */
const persistent = {
  initialInterval: '100ms',
  backoffCoefficient: 2,
  // Short, so that a step goes on within seconds once its service is back.
  maximumInterval: '5s',
} as const;

/**
 * Steps that only touch the database, and the first attempt at an entry. They run in the workflow's own worker, which
 * saves a round trip.
 */
export const { enterTrade, skipTrade, armWatch, pauseWatch, resumeWatch, settleTrade, billTrade } =
  proxyLocalActivities<TradingActivities>({
    startToCloseTimeout: '30s',
    localRetryThreshold: '10s',
    retry: persistent,
  });

/** Steps that send orders or wait for the venue. They beat, so that a dead worker is noticed within seconds. */
export const { openPosition, closePosition, confirmExit, reviewPosition, adjustBarriers, followInstruction } =
  proxyActivities<TradingActivities>({
    startToCloseTimeout: '60s',
    heartbeatTimeout: '4s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: persistent,
  });

/** The first placing of a stop: after these attempts the position is closed instead. */
export const { protectPosition: protectSoon } = proxyActivities<TradingActivities>({
  startToCloseTimeout: '5s',
  heartbeatTimeout: '4s',
  scheduleToCloseTimeout: '15s',
  retry: { ...persistent, maximumAttempts: 5 },
});
