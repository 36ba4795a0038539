import { isDeepStrictEqual } from 'node:util';
import { tightenOnly, type Barriers, type ResolvedBarriers } from '#domain/barriers.ts';
import { planProtection } from '#domain/entry-plan.ts';
import { trailingStopFor } from '#domain/exit-engine.ts';
import { direction } from '#domain/ids.ts';
import { isBeyondLiquidation } from '#domain/liquidation.ts';
import { amount, type DecimalString } from '#domain/money.ts';
import { parseAdjustment } from '#domain/parse-barriers.ts';
import { refusal, type RefusalCode } from '#domain/reasons.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import type { SeenPrices } from '#prisma/repositories/watch-record.ts';
import type { TradeContext } from './context.ts';
import { isBeyond } from './wanted-stop.ts';

/** The exits that a person asked for do not fit the position. Never retried. */
export class InvalidBarriersError extends Error {
  override name = 'InvalidBarriersError';
  readonly code: RefusalCode;

  constructor(text: string, code: RefusalCode = 'invalid_barriers') {
    super(text);
    this.code = code;
  }
}

/** New exits of an open trade, as levels. */
export interface PlannedAdjustment {
  /**
   * Targets have numbers after all that the trade has had, so that orders of earlier targets are not taken for theirs.
   */
  levels: ResolvedBarriers;
  stopPrice: DecimalString;
  /** When its time is over, epoch ms; null without a limit. */
  timeLimitAt: number | null;
  /** Where the trail starts; null when it is the one that the trade has. */
  trailStart: SeenPrices | null;
}

/** State of market and trade at the moment of the change. */
export interface AdjustmentTerms {
  /** Undefined when the venue gives none. */
  price: DecimalString | undefined;
  /** Epoch ms. */
  now: number;
  /** Number of the last target the trade has had; 0 for none. */
  lastTarget: number;
  /** The request about the stop: a level of its own, break-even now, or both. */
  isStopNamed: boolean;
  isBreakEvenNow: boolean;
  /** True for a person, who may move the stop away from the price. */
  mayLoosen: boolean;
}

/** Reads exits as a person gave them; throws `InvalidBarriersError` with each field that cannot be read. */
export function readExits(barriers: Barriers): Barriers {
  const parsed = parseAdjustment(barriers);
  if (parsed.ok) return parsed.barriers;
  const problems = parsed.problems.map(({ field, message }) => `${field}: ${message}`);
  throw new InvalidBarriersError(problems.join('; '));
}

/** Resolves other exits for an open trade; throws `InvalidBarriersError` when one of them would act at once. */
export function planAdjustment(
  { trade, plan }: Pick<TradeContext, 'trade' | 'plan'>,
  barriers: Barriers,
  terms: AdjustmentTerms,
): PlannedAdjustment {
  if (trade.phase !== 'open')
    throw new InvalidBarriersError(`The trade is ${trade.phase}: its exit has begun.`);
  // The price of now judges a stop that is named; without one the entry does.
  const mayStopInProfit = terms.price !== undefined || !terms.isStopNamed;
  const planned = planProtection(
    { ...plan, barriers, mayStopInProfit },
    trade.entrySize ?? '0',
    trade.entryPrice ?? '0',
  );
  if (!planned.ok) throw new InvalidBarriersError(planned.refusal.text);
  const stop = planned.value.legs.find(({ leg }) => leg === 'stop');
  if (!stop) throw new InvalidBarriersError('An open position keeps a stop: give stopLoss or trailing.');
  const targets = planned.value.levels.targets.map((each) => ({ ...each, leg: each.leg + terms.lastTarget }));
  const levels = { ...planned.value.levels, targets };
  const timeLimitAt = endOf(trade, levels);
  const stopPrice = stopOf(trade, stop.triggerPrice, levels, terms);
  refuseWhatActsAtOnce(trade, { levels, stopPrice, timeLimitAt }, terms);
  return { levels, stopPrice, timeLimitAt, trailStart: trailStart(trade, levels, terms) };
}

/**
 * Returns where the stop is to rest: as named, else where it rests, which may be tighter than where it began; at
 * break-even where that is asked for and tighter.
 */
function stopOf(
  { side, stopPrice: resting }: TradeRecord,
  planned: DecimalString,
  { breakEven }: ResolvedBarriers,
  { price, isStopNamed, isBreakEvenNow, mayLoosen }: AdjustmentTerms,
): DecimalString {
  const unnamed = resting ?? planned;
  const named = mayLoosen ? planned : tightenOnly(side, resting, planned);
  const stop = isStopNamed ? named : unnamed;
  if (!isBreakEvenNow || breakEven === null) return stop;
  if (price === undefined)
    throw new InvalidBarriersError('The venue gives no price now to hold break-even against.');
  return tightenOnly(side, stop, breakEven.price);
}

const endOf = ({ openedAt }: TradeRecord, { timeLimitMs }: ResolvedBarriers): number | null =>
  timeLimitMs === null || openedAt === null ? null : openedAt + timeLimitMs;

/**
 * Throws `InvalidBarriersError` with the code `stop_beyond_liquidation` where the venue liquidates the position, by its
 * own word, before the stop is reached. Null is a position that no price liquidates.
 */
export function refuseBeyondLiquidation(
  { side }: Pick<TradeRecord, 'side'>,
  stopPrice: DecimalString,
  liquidationPrice: DecimalString | null,
): void {
  if (!isBeyondLiquidation(side, stopPrice, liquidationPrice)) return;
  const particulars = `The stop would be at ${stopPrice}, and the position is liquidated at ${liquidationPrice}.`;
  const { code, text } = refusal('stop_beyond_liquidation', particulars);
  throw new InvalidBarriersError(text, code);
}

/** Throws when market or clock have passed one of the levels already: that would be a close, and not a change. */
function refuseWhatActsAtOnce(
  { side }: TradeRecord,
  { levels, stopPrice, timeLimitAt }: Omit<PlannedAdjustment, 'trailStart'>,
  { price, now }: AdjustmentTerms,
): void {
  if (timeLimitAt !== null && timeLimitAt <= now)
    throw new InvalidBarriersError(
      'The trade has been open for longer than that: its time would be over at once.',
    );
  if (price === undefined) return;
  if (isBeyond(side, stopPrice, price))
    throw new InvalidBarriersError(`The price is ${price}: a stop at ${stopPrice} would fire at once.`);
  const passed = levels.targets.find((target) => amount(price).sub(target.price).mul(direction(side)).gte(0));
  if (passed)
    throw new InvalidBarriersError(`The price is ${price}: a target at ${passed.price} would fire at once.`);
}

/**
 * Returns where a new trail starts: at the better of the entry and the price of now, since earlier prices were not
 * followed. Returns null for a trail that the trade has; throws `InvalidBarriersError` when the venue gives no price.
 */
function trailStart(
  { side, entryPrice, barriers }: TradeRecord,
  { trailing }: ResolvedBarriers,
  { price, now }: AdjustmentTerms,
): SeenPrices | null {
  if (isDeepStrictEqual(barriers?.levels.trailing ?? [], trailing)) return null;
  if (price === undefined && trailing.length > 0)
    throw new InvalidBarriersError('The venue gives no price now for the trail to start at.');
  const entry = entryPrice ?? '0';
  const isBetter = price !== undefined && amount(price).sub(entry).mul(direction(side)).gt(0);
  const peak = isBetter ? price : entry;
  return { until: now, peak, trail: trailingStopFor(trailing, side, entry, peak) };
}
