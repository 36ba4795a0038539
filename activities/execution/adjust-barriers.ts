import type { Barriers } from '#domain/barriers.ts';
import { saveAdjustment } from '#prisma/repositories/adjustments.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { requireHold, withTradeLock } from '#prisma/repositories/trade-lock.ts';
import { revisionOf, trailRevisionOf } from '#prisma/repositories/trades.ts';
import { priceOf } from '#venues/price-of.ts';
import type { PositionReview, TradeRef } from '../contract.ts';
import {
  InvalidBarriersError,
  planAdjustment,
  readExits,
  type PlannedAdjustment,
} from './adjustment-plan.ts';
import { loadContext, type ExecutionDeps, type TradeContext } from './context.ts';
import { fitTargets } from './fit-targets.ts';
import { reviewPosition } from './review-position.ts';
import { changeStop, type StopResult } from './stops.ts';

/** Other exits at a person's word. */
export interface AdjustmentRequest extends TradeRef {
  barriers: Barriers;
  by: string;
  /** Names the request where it may come again after it was carried out; null where it comes once. */
  request?: string | null;
}

/**
 * Replaces stop, targets, trail and time limit of an open trade at a person's word: it may loosen the stop, and is
 * audited with before and after. A trail that is new starts at the price of now. Throws `InvalidBarriersError` when
 * the new exits do not fit, and changes nothing then.
 */
export async function adjustBarriers(
  deps: ExecutionDeps,
  { tradeId, barriers, by, request = null }: AdjustmentRequest,
): Promise<PositionReview> {
  const exits = readExits(barriers);
  await withTradeLock(deps.db, tradeId, async (hold) => {
    const loaded = await loadContext(deps, tradeId);
    const context = { ...loaded, desk: loaded.desk.under(hold) };
    const isInForce = request !== null && context.trade.barriers?.request === request;
    if (!isInForce) await setExits(deps, context, exits, { by, request });
  });
  await fitTargets(deps, await loadContext(deps, tradeId));
  return reviewPosition(deps, { tradeId });
}

async function setExits(
  deps: ExecutionDeps,
  context: TradeContext,
  exits: Barriers,
  { by, request }: { by: string; request: string | null },
): Promise<void> {
  const planned = planAdjustment(context, exits, {
    price: await priceOf(context.desk.venue, context.plan.instrument.symbol),
    now: deps.now(),
    lastTarget: await lastTargetOf(deps, context),
  });
  const { trade } = context;
  const size = trade.remainingSize ?? '0';
  const wanted = { price: planned.stopPrice, size, kind: 'stop_loss' as const };
  const stop = await changeStop(deps, context, wanted, 'person');
  if (!stop.ok) throw new InvalidBarriersError(`The venue refused the stop: ${stop.text}`);
  await deps.failpoint('adjust.after_stop');
  await save(deps, context, exits, { planned, stop, by, request });
  await deps.failpoint('adjust.after_save');
}

interface Adjusted {
  planned: PlannedAdjustment;
  stop: Extract<StopResult, { ok: true }>;
  by: string;
  request: string | null;
}

/** The new exits, under the next revision: what was decided under the one before is void. */
async function save(
  deps: ExecutionDeps,
  { trade, desk }: TradeContext,
  policy: Barriers,
  { planned: { levels, timeLimitAt, trailStart }, stop, by, request }: Adjusted,
): Promise<void> {
  const revision = revisionOf(trade.barriers) + 1;
  const trailRevision = trailStart === null ? trailRevisionOf(trade.barriers) : revision;
  await requireHold(deps.db, desk.hold);
  await saveAdjustment(deps.db, {
    tradeId: trade.id,
    by,
    before: trade.barriers,
    barriers: { policy, levels, revision, trailRevision, request },
    timeLimitAt,
    watch: {
      barriers: levels,
      stop: { price: stop.price, kind: stop.kind },
      isStopResident: true,
      restingTargets: [],
      filledTargets: [],
      revision,
      trailRevision,
      ...(trailStart && { seen: trailStart }),
    },
  });
}

async function lastTargetOf(deps: ExecutionDeps, { trade }: TradeContext): Promise<number> {
  const ordered = (await listOrders(deps.db, trade.id)).map(({ legNumber }) => legNumber);
  const named = trade.barriers?.levels.targets.map(({ leg }) => leg) ?? [];
  return Math.max(0, ...ordered, ...named);
}
