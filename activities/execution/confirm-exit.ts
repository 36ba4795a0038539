import { setTimeout as delay } from 'node:timers/promises';
import type { ExitReason } from '#domain/barriers.ts';
import { roundSizeDown } from '#domain/instrument.ts';
import { amount, decimalString } from '#domain/money.ts';
import { claimExit } from '#prisma/repositories/exit-claims.ts';
import { flattenTrade } from '#prisma/repositories/trade-changes.ts';
import { endInstructionsOf } from '#prisma/repositories/trade-instructions.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import { saveWatchStatus } from '#prisma/repositories/watches.ts';
import { VenueError, type VenuePosition } from '#venues/venue.ts';
import type { TradeRef } from '../contract.ts';
import { closePosition } from './close-position.ts';
import { concludeAdjustment } from './conclude-adjustment.ts';
import { concludeInDoubt } from './conclude-in-doubt.ts';
import { openContext, type ExecutionDeps, type TradeContext } from './context.ts';
import { sendNextExit, sendUnseenExit } from './send-next-exit.ts';
import { reasonOfEnd } from '../ledger/reason-of-end.ts';
import { syncWithVenue } from './sync-position.ts';
import { cancelLeftovers } from './cancel-orders.ts';
import { alarmIfLong } from './unprotected.ts';

/** How long one call waits for the venue to say flat; then the workflow retries it. */
const CONFIRM_DEADLINE_MS = 20_000;
/** Pauses between readings, which grow because each reading costs request budget. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;
/** Number of readings of a position without its fills after which it is believed. */
const PATIENCE_FOR_FILLS = 8;

/** The venue still reports a position. */
class NotFlatError extends Error {
  override name = 'NotFlatError';
  readonly code = 'not_flat_yet';
}

/**
 * Waits until the venue says flat and all fills are booked; closes what remains of the position, makes sure that no
 * order with an unknown end fills later, and cancels leftover orders. Returns the reason of the fill that ended the
 * position.
 */
export async function confirmExit(
  deps: ExecutionDeps,
  { tradeId }: TradeRef,
): Promise<{ reason: ExitReason }> {
  const trade = await getTrade(deps.db, tradeId);
  if (trade.phase === 'settling' || trade.phase === 'closed')
    return { reason: trade.exitReason ?? 'closed_at_venue' };
  const context = await openContext(deps, trade);
  const { phase } = await waitUntilFlat(deps, context);
  await deps.failpoint('exit.flat');
  // From here on no step that was overtaken places or moves an order. Orders that it sent before are found below.
  if (phase === 'open')
    await claimExit(deps.db, { tradeId, reason: await reasonOfEnd(deps, tradeId), by: 'workflow' });
  await concludeInDoubt(deps, context);
  await concludeAdjustment(deps, tradeId);
  await cancelLeftovers(deps, context, 'The position is closed.');
  const reason = await reasonOfEnd(deps, tradeId);
  await alarmIfLong(deps, tradeId, await flattenTrade(deps.db, tradeId, reason, deps.now()));
  await saveWatchStatus(deps.db, tradeId, 'disarmed');
  await endInstructionsOf(deps.db, tradeId, deps.now());
  return { reason };
}

/** Returns the trade as it was read when the venue said flat. */
async function waitUntilFlat(deps: ExecutionDeps, context: TradeContext): Promise<TradeRecord> {
  const until = deps.now() + CONFIRM_DEADLINE_MS;
  let doubts = 0;
  let unread: VenueError | null = null;
  for (let pause = FIRST_PAUSE_MS; deps.now() < until; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const seen = await look(deps, context);
    unread = seen instanceof VenueError ? seen : null;
    if (seen instanceof VenueError) {
      await sendUnseenExit(deps, context);
      // A fatal error is reported at once; the workflow retries it all the same.
      if (seen.verdict === 'fatal') throw seen;
    } else {
      const { position, readAt, isShared, trade, isExplained, isAccountedFor, isClosed } = seen;
      const isFlat = position === null || isDust(context, position);
      doubts = (isFlat ? isExplained : isAccountedFor) ? 0 : doubts + 1;
      // A part that no fill explains may be another hand's, so fills on their way are awaited.
      const isBelieved = doubts === 0 || doubts > PATIENCE_FOR_FILLS;
      if (isBelieved && isFlat) return trade;
      if (isBelieved && !isFlat) await closeRest(deps, { ...context, trade }, { position, readAt, isShared });
      else if (isClosed) await withdrawRest(deps, { ...context, trade });
    }
    await delay(pause);
  }
  throw unread ?? new NotFlatError(`trade ${context.trade.id}: the venue does not report it closed yet`);
}

/** Reads the position at the venue. Returns the `VenueError` when the venue does not say. */
async function look(
  deps: ExecutionDeps,
  context: TradeContext,
): Promise<Awaited<ReturnType<typeof syncWithVenue>> | VenueError> {
  try {
    return await syncWithVenue(deps, context);
  } catch (error) {
    if (error instanceof VenueError) return error;
    throw error;
  }
}

/** Cancels the stop and targets of a closed trade, which would act on another hand's position. A failure is logged. */
async function withdrawRest(deps: ExecutionDeps, context: TradeContext): Promise<void> {
  if (context.trade.phase !== 'closing') return;
  await cancelLeftovers(deps, context, 'The position is closed.').catch((err: unknown) =>
    deps.logger.warn(
      { tradeId: context.trade.id, err },
      'what is left of a closed trade is not withdrawn yet',
    ),
  );
}

/** Returns whether a position is smaller than one lot, so that no order can close it. */
const isDust = ({ plan }: TradeContext, { size }: VenuePosition): boolean =>
  roundSizeDown(plan.instrument, amount(size).abs()).isZero();

/**
 * Sends a closing order for what remains of a position, under the next client id. Claims the exit first where no
 * process has.
 */
async function closeRest(
  deps: ExecutionDeps,
  context: TradeContext,
  { position, ...reading }: { position: VenuePosition; readAt: number | undefined; isShared: boolean },
): Promise<void> {
  const { id: tradeId, phase } = context.trade;
  if (phase === 'open')
    await closePosition(deps, { tradeId }, { reason: 'force_close', by: 'workflow', price: null });
  else await sendNextExit(deps, context, { size: decimalString(amount(position.size).abs()), ...reading });
}
