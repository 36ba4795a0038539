import { ActivityCancellationType, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { TradingActivities } from '#activities/contract.ts';

/**
 * Nothing that has begun at a venue is ever given up: no limit on attempts, and no cancellation. What keeps
 * failing is visible in the Web UI as a pending activity with its last error.
 */
const persistent = {
  initialInterval: '100ms',
  backoffCoefficient: 2,
  // What waits for a service goes on within seconds once that is back.
  maximumInterval: '5s',
} as const;

/** Steps that only touch the books, and the first attempt at an entry: run in the workflow's own worker, one round trip less. */
export const { enterTrade, skipTrade, armWatch, pauseWatch, resumeWatch, settleTrade, billTrade } =
  proxyLocalActivities<TradingActivities>({
    startToCloseTimeout: '30s',
    localRetryThreshold: '10s',
    retry: persistent,
  });

/** Steps that send orders or wait for the venue. They beat, so that a dead worker is noticed within seconds. */
export const { openPosition, closePosition, confirmExit, reviewPosition, adjustBarriers } =
  proxyActivities<TradingActivities>({
    startToCloseTimeout: '60s',
    heartbeatTimeout: '4s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: persistent,
  });

/** Placing a stop again and again is no protection: after these attempts the position is closed instead. */
export const { protectPosition: protectSoon } = proxyActivities<TradingActivities>({
  startToCloseTimeout: '5s',
  heartbeatTimeout: '4s',
  scheduleToCloseTimeout: '15s',
  retry: { ...persistent, maximumAttempts: 5 },
});
