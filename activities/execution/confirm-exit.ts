import { setTimeout as delay } from 'node:timers/promises';
import type { ExitReason } from '#domain/barriers.ts';
import { direction } from '#domain/ids.ts';
import { roundSizeDown } from '#domain/instrument.ts';
import { amount, decimalString } from '#domain/money.ts';
import { flattenTrade, getTrade } from '#prisma/repositories/trades.ts';
import { saveWatchStatus } from '#prisma/repositories/watches.ts';
import type { VenuePosition } from '#venues/venue.ts';
import type { TradeRef } from '../contract.ts';
import { nextRevision, sendExit } from './close-position.ts';
import { loadContext, type ExecutionDeps, type TradeContext } from './context.ts';
import { reasonOfEnd } from './reason-of-end.ts';
import { doBooksExplain, syncWithVenue } from './sync-position.ts';
import { cancelLeftovers } from './targets.ts';
import { alarmIfLong } from './unprotected.ts';

/** How long one call waits for the venue to say flat before it lets the workflow's retry take over. */
const CONFIRM_DEADLINE_MS = 20_000;
/** Looks at the venue cost request budget: the first ones are quick, later ones further and further apart. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;
/** Sightings of a flat position whose fills do not show up before the position is believed without them. */
const PATIENCE_FOR_FILLS = 8;

/**
 * Waits until the venue says flat and every fill is booked; closes what remains, cancels leftover orders.
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
  deps.failpoint('exit.flat');
  await cancelLeftovers(deps, context, 'The position is closed.');
  const reason = await reasonOfEnd(deps, tradeId);
  await alarmIfLong(deps, tradeId, await flattenTrade(deps.db, tradeId, reason, deps.now()));
  await saveWatchStatus(deps.db, tradeId, 'disarmed');
  return { reason };
}

async function waitUntilFlat(deps: ExecutionDeps, context: TradeContext): Promise<void> {
  const until = deps.now() + CONFIRM_DEADLINE_MS;
  let unfilledSightings = 0;
  for (let pause = FIRST_PAUSE_MS; deps.now() < until; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const { position, trade } = await syncWithVenue(deps, context);
    const isFlat = isDust(context, position);
    if (isFlat && (await doBooksExplain(deps, trade, position))) return;
    if (isFlat && (unfilledSightings += 1) > PATIENCE_FOR_FILLS) return;
    if (!isFlat) await closeRest(deps, { ...context, trade }, position);
    await delay(pause);
  }
  throw new Error(`trade ${context.trade.id}: the venue does not report the position closed yet`);
}

/** Nothing, or less than one lot: nothing that an order could close. */
const isDust = ({ plan }: TradeContext, position: VenuePosition | null): boolean =>
  position === null || roundSizeDown(plan.instrument, amount(position.size).abs()).isZero();

/** What remains after a close that filled in part, or that nobody has sent: close it under the next client id. */
async function closeRest(
  deps: ExecutionDeps,
  context: TradeContext,
  position: VenuePosition | null,
): Promise<void> {
  const size = amount(position?.size ?? '0');
  const isOurs = size.mul(direction(context.plan.side)).gt(0);
  if (!isOurs)
    throw new Error(`trade ${context.trade.id}: the venue holds ${size.toFixed()}, the other way round`);
  const revision = await nextRevision(deps, context.trade.id);
  await sendExit(deps, context, { size: decimalString(size.abs()), price: null, revision });
}
