import { adjustedBarriers, type StandingExits } from '#domain/adjusted-barriers.ts';
import { tightenOnly, type Barriers, type ResolvedBarriers } from '#domain/barriers.ts';
import { amount, decimalString, type DecimalString } from '#domain/money.ts';
import type { BarrierPart } from '#domain/parse-barriers.ts';
import {
  beginAdjustment,
  dropAdjustment,
  saveAdjustment,
  type AdjustmentSource,
  type BegunAdjustment,
} from '#prisma/repositories/adjustments.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { withTradeLock } from '#prisma/repositories/trade-lock.ts';
import { priceOf } from '#venues/price-of.ts';
import type { PositionReview, TradeRef } from '../contract.ts';
import {
  InvalidBarriersError,
  planAdjustment,
  readExits,
  refuseBeyondLiquidation,
} from './adjustment-plan.ts';
import { concludeUnderLock, finishedBy } from './conclude-adjustment.ts';
import { loadContext, type ExecutionDeps, type TradeContext } from './context.ts';
import { fitTargets } from './fit-targets.ts';
import { kindOfNewStop } from './stop-kind.ts';
import { filledTargets as filledLegs } from './ladder.ts';
import { reviewPosition } from './review-position.ts';
import { changeStop } from './stops.ts';
import { findHeld } from './sync-position.ts';

/** Exits that a person asks for, in place of those of a trade. */
export interface AdjustmentRequest extends TradeRef, Pick<AdjustmentSource, 'by'> {
  barriers: Barriers;
  /** Parts that the trade is to have none of; a stop stays. */
  none?: readonly BarrierPart[];
  /** Reason that the trade event and the audit log tell. */
  note?: string | null;
  /** Name of the request, when it may be carried out again; null when it comes once. */
  request?: string | null;
  /** Whether a stop that is named may be moved away from the price; true unless given. */
  mayLoosen?: boolean;
}

/**
 * Replaces the parts of the exits of an open trade that a person names (`adjustedBarriers`), audited with before and
 * after. A stop that is named may be loosened, and may secure a profit: the price of now judges it. One that is not
 * named stays where it rests, or goes to break-even where that is asked for now (after target 0), with the trade's own
 * offset unless one is given. A new trail starts at the price of now. The adjustment is written down before the stop
 * moves, so that `concludeAdjustment` can complete it after a crash. Throws `InvalidBarriersError`, with nothing changed, when the new exits do not fit.
 */
export async function adjustBarriers(
  deps: ExecutionDeps,
  { tradeId, barriers, none = [], by, note = null, request = null, mayLoosen = true }: AdjustmentRequest,
): Promise<PositionReview> {
  const exits = readExits(barriers);
  await withTradeLock(deps.db, tradeId, async (hold) => {
    const loaded = await loadContext(deps, tradeId);
    const context = await concludeUnderLock(deps, { ...loaded, session: loaded.session.under(hold) });
    const isInForce = request !== null && context.trade.barriers?.request === request;
    if (!isInForce) await setExits(deps, context, { exits, none, mayLoosen }, { by, note, request });
  });
  await fitTargets(deps, await loadContext(deps, tradeId));
  return reviewPosition(deps, { tradeId });
}

/** Returns the exits of an open trade as they stand. Throws `InvalidBarriersError` where it has none yet. */
export async function standingExits(deps: ExecutionDeps, { trade }: TradeContext): Promise<StandingExits> {
  const { barriers, entrySize } = trade;
  if (!barriers) throw new InvalidBarriersError(`The trade is ${trade.phase}: it has no exits yet.`);
  const orders = await listOrders(deps.db, trade.id);
  const filledTargets = new Map<number, DecimalString>();
  for (const { leg, legNumber, filledSize } of orders) {
    if (leg !== 'take_profit' || Number(filledSize) === 0) continue;
    const earlier = amount(filledTargets.get(legNumber) ?? '0');
    filledTargets.set(legNumber, decimalString(earlier.add(filledSize)));
  }
  const { policy, levels } = barriers;
  const wholeTargets = filledLegs(trade, orders);
  const isBreakEvenDue = isDueAt(trade, levels.breakEven, wholeTargets.length);
  return { policy, levels, entrySize: entrySize ?? '0', filledTargets, wholeTargets, isBreakEvenDue };
}

/** Returns whether the stop is to be at break-even by now, and is not. */
const isDueAt = (
  { side, stopPrice }: TradeContext['trade'],
  breakEven: ResolvedBarriers['breakEven'],
  takeProfitsFilled: number,
): boolean =>
  breakEven !== null &&
  takeProfitsFilled >= breakEven.afterTakeProfit &&
  tightenOnly(side, stopPrice, breakEven.price) !== stopPrice;

async function setExits(
  deps: ExecutionDeps,
  context: TradeContext,
  { exits, none, mayLoosen }: { exits: Barriers; none: readonly BarrierPart[]; mayLoosen: boolean },
  source: AdjustmentSource,
): Promise<void> {
  const { trade, session } = context;
  const standing = await standingExits(deps, context);
  const given = withOwnOffset(exits, standing.policy);
  const policy = adjustedBarriers(given, standing, none);
  const [price, { held }] = await Promise.all([
    priceOf(session.venue, context.plan.instrument.symbol),
    findHeld(deps, session.venue, trade),
  ]);
  const fees = session.venue.accounts.fees(trade.accountId, trade.symbol);
  const planned = planAdjustment({ trade, plan: { ...context.plan, fees } }, policy, {
    price,
    now: deps.now(),
    lastTarget: await lastTargetOf(deps, context),
    isStopNamed: given.stopLoss !== undefined,
    isBreakEvenNow: isNow(given.breakEven),
    mayLoosen,
  });
  const { stopPrice } = planned;
  const mover = given.stopLoss !== undefined && mayLoosen ? 'person' : 'system';
  if (given.stopLoss) refuseBeyondLiquidation(trade, stopPrice, held?.liquidationPrice ?? null);
  const isStopKept = trade.stopPrice !== null && amount(stopPrice).eq(trade.stopPrice);
  const begun: BegunAdjustment = { ...source, policy, ...planned, isStopKept };
  await beginAdjustment(deps.db, trade.id, begun, session.hold);
  await deps.failpoint('adjust.after_begin');
  const size = trade.remainingSize ?? '0';
  const wanted = { price: stopPrice, size, kind: kindOfNewStop(planned.levels, stopPrice) };
  const stop = await changeStop(deps, context, wanted, mover);
  if (!stop.ok) {
    await dropAdjustment(deps.db, trade.id);
    throw new InvalidBarriersError(`The venue refused the stop: ${stop.text}`);
  }
  await deps.failpoint('adjust.after_stop');
  await saveAdjustment(deps.db, finishedBy(context, begun, stop.price));
  await deps.failpoint('adjust.after_save');
}

const isNow = (breakEven: Barriers['breakEven']): boolean => breakEven?.afterTakeProfit === 0;

/** Returns exits whose break-even of now has the offset that the trade's own has, unless it names one. */
function withOwnOffset(given: Barriers, { breakEven: own }: Barriers): Barriers {
  const { breakEven } = given;
  if (!breakEven || !isNow(breakEven) || own?.offsetPct === undefined) return given;
  return { ...given, breakEven: { offsetPct: own.offsetPct, ...breakEven } };
}

/** Returns the number of the last target that the trade has had; 0 for none. */
export async function lastTargetOf(deps: ExecutionDeps, { trade }: TradeContext): Promise<number> {
  const ordered = (await listOrders(deps.db, trade.id)).map(({ legNumber }) => legNumber);
  const named = trade.barriers?.levels.targets.map(({ leg }) => leg) ?? [];
  return Math.max(0, ...ordered, ...named);
}
