import { setTimeout as delay } from 'node:timers/promises';
import type { ExitReason } from '#domain/barriers.ts';
import { roundSizeDown } from '#domain/instrument.ts';
import { amount, decimalString } from '#domain/money.ts';
import { claimExit } from '#prisma/repositories/exit-claims.ts';
import { flattenTrade, getTrade } from '#prisma/repositories/trades.ts';
import { saveWatchStatus } from '#prisma/repositories/watches.ts';
import { VenueError, type VenuePosition } from '#venues/venue.ts';
import type { TradeRef } from '../contract.ts';
import { closePosition } from './close-position.ts';
import { concludeAdjustment } from './conclude-adjustment.ts';
import { concludeInDoubt } from './conclude-in-doubt.ts';
import { loadContext, type ExecutionDeps, type TradeContext } from './context.ts';
import { sendNextExit, sendUnseenExit } from './send-next-exit.ts';
import { reasonOfEnd } from '../ledger/reason-of-end.ts';
import { syncWithVenue } from './sync-position.ts';
import { cancelLeftovers } from './cancel-orders.ts';
import { alarmIfLong } from './unprotected.ts';

/** How long one call waits for the venue to say flat before it lets the workflow's retry take over. */
const CONFIRM_DEADLINE_MS = 20_000;
/** Looks at the venue cost request budget: the first ones are quick, later ones further and further apart. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;
/** Sightings of a position whose fills do not show up before it is believed without them. */
const PATIENCE_FOR_FILLS = 8;

/** The venue still reports a position. */
class NotFlatError extends Error {
  override name = 'NotFlatError';
  readonly code = 'not_flat_yet';
}

/**
 * Waits until the venue says flat and every fill is booked; closes what remains, makes sure that no order whose end is
 * unknown happens later, cancels leftover orders.
 * Answers why the position ended, in the words of the fill that ended it.
 */
export async function confirmExit(
  deps: ExecutionDeps,
  { tradeId }: TradeRef,
): Promise<{ reason: ExitReason }> {
  const trade = await getTrade(deps.db, tradeId);
  if (trade.phase === 'settling' || trade.phase === 'closed')
    return { reason: trade.exitReason ?? 'closed_at_venue' };
  const context = await loadContext(deps, tradeId);
  await waitUntilFlat(deps, context);
  await deps.failpoint('exit.flat');
  // From here on no step that was overtaken places or moves an order: what it sent before is found below.
  await claimExit(deps.db, { tradeId, reason: await reasonOfEnd(deps, tradeId), by: 'workflow' });
  await concludeInDoubt(deps, context);
  await concludeAdjustment(deps, tradeId);
  await cancelLeftovers(deps, context, 'The position is closed.');
  const reason = await reasonOfEnd(deps, tradeId);
  await alarmIfLong(deps, tradeId, await flattenTrade(deps.db, tradeId, reason, deps.now()));
  await saveWatchStatus(deps.db, tradeId, 'disarmed');
  return { reason };
}

async function waitUntilFlat(deps: ExecutionDeps, context: TradeContext): Promise<void> {
  const until = deps.now() + CONFIRM_DEADLINE_MS;
  let doubts = 0;
  let unread: VenueError | null = null;
  for (let pause = FIRST_PAUSE_MS; deps.now() < until; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const seen = await look(deps, context);
    unread = seen instanceof VenueError ? seen : null;
    if (seen instanceof VenueError) {
      await sendUnseenExit(deps, context);
      // Told at once, and tried again all the same.
      if (seen.verdict === 'fatal') throw seen;
    } else {
      const { position, readAt, trade, isExplained, isAccountedFor, isClosed } = seen;
      const isFlat = position === null || isDust(context, position);
      doubts = (isFlat ? isExplained : isAccountedFor) ? 0 : doubts + 1;
      // What no fill accounts for may be another hand's: those that are on their way tell.
      const isBelieved = doubts === 0 || doubts > PATIENCE_FOR_FILLS;
      if (isBelieved && isFlat) return;
      if (isBelieved && !isFlat) await closeRest(deps, { ...context, trade }, { position, readAt });
      else if (isClosed) await withdrawRest(deps, { ...context, trade });
    }
    await delay(pause);
  }
  throw unread ?? new NotFlatError(`trade ${context.trade.id}: the venue does not report it closed yet`);
}

/** The position in the venue's words; why it cannot be read where the venue does not say. */
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

/** What is left of our stop and targets would act on another hand's position: it waits for no fill to be explained. */
async function withdrawRest(deps: ExecutionDeps, context: TradeContext): Promise<void> {
  if (context.trade.phase !== 'closing') return;
  await cancelLeftovers(deps, context, 'The position is closed.').catch((err: unknown) =>
    deps.logger.warn(
      { tradeId: context.trade.id, err },
      'what is left of a closed trade is not withdrawn yet',
    ),
  );
}

/** Less than one lot: nothing that an order could close. */
const isDust = ({ plan }: TradeContext, { size }: VenuePosition): boolean =>
  roundSizeDown(plan.instrument, amount(size).abs()).isZero();

/**
 * What remains after a close that filled in part, or that nobody has sent: close it under the next client id. An exit
 * that nobody has claimed, whoever said that it had begun, is claimed first.
 */
async function closeRest(
  deps: ExecutionDeps,
  context: TradeContext,
  { position, readAt }: { position: VenuePosition; readAt: number | undefined },
): Promise<void> {
  const { id: tradeId, phase } = context.trade;
  if (phase === 'open')
    await closePosition(deps, { tradeId }, { reason: 'force_close', by: 'workflow', price: null });
  else await sendNextExit(deps, context, { size: decimalString(amount(position.size).abs()), readAt });
}
