import { direction, type Side } from './ids.ts';
import { isLegalSize, roundPrice, roundSizeDown, type PriceRules, type SizeRules } from './instrument.ts';
import { Amount, amount, decimalString, type DecimalString } from './money.ts';
import { refuseImplausible, type Level } from './levels.ts';
import { accept, refuse, type Ruling } from './reasons.ts';

export type { Level } from './levels.ts';

/** One rung of the ladder: closes `fraction` of the opened size when its level is touched. */
export type TakeProfit = Level & { fraction: number };

/** Once profit has reached `activatesAtPct` of entry, the stop follows the peak at `distancePct` of the peak. */
export interface TrailingStep {
  activatesAtPct: number;
  distancePct: number;
}

/**
 * The exits of a position as a signal carries them; every part is optional.
 * The reference semantics stand in docs/barriers.md and in `exit-engine.ts`.
 */
export interface Barriers {
  stopLoss?: Level;
  /** 1 to 5 rungs whose fractions add up to at most 1. */
  takeProfits?: TakeProfit[];
  /**
   * After take-profit number `afterTakeProfit` (1 = first) fills, the stop moves to the entry price plus `offsetPct`
   * percent of it. Without `offsetPct` it moves as far as covers the fees that the account pays for both orders.
   */
  breakEven?: { afterTakeProfit: number; offsetPct?: number };
  /** Steps in rising order of activation; the last one that was reached sets the distance. */
  trailing?: TrailingStep[];
  timeLimitMs?: number;
}

export const EXIT_REASONS = [
  'stop_loss',
  'take_profit',
  'trailing_stop',
  'break_even',
  'time_limit',
  'exit_signal',
  'force_close',
  'emergency',
  'liquidation',
  'closed_at_venue',
] as const;
/** Why (a part of) a position was closed. */
export type ExitReason = (typeof EXIT_REASONS)[number];

export const MAX_TAKE_PROFITS = 5;
export const DEFAULT_STOP_LOSS_PCT = 5;
export const DEFAULT_TRAILING: readonly Readonly<TrailingStep>[] = [{ activatesAtPct: 0, distancePct: 1 }];
export const DEFAULT_TIME_LIMIT_MS = 24 * 60 * 60 * 1000;
export const DEFAULT_BREAK_EVEN_AFTER = 1;

/** Returns the barriers that hold where neither the signal nor its agent names its own. */
export const defaultBarriers = (): Barriers => ({
  stopLoss: { pct: DEFAULT_STOP_LOSS_PCT },
  breakEven: { afterTakeProfit: DEFAULT_BREAK_EVEN_AFTER },
  trailing: DEFAULT_TRAILING.map((step) => ({ ...step })),
  timeLimitMs: DEFAULT_TIME_LIMIT_MS,
});

/** A take profit at its absolute price. `leg` counts from 1, nearest to the entry first. */
export interface ResolvedTarget {
  leg: number;
  price: DecimalString;
  fraction: number;
}

/** A trailing step whose activation is an absolute price. */
export interface ResolvedTrailingStep {
  activatesAt: DecimalString;
  distancePct: number;
}

/** Barriers at absolute levels for one position: targets nearest first, trailing steps in order of activation. */
export interface ResolvedBarriers {
  stop: DecimalString | null;
  targets: ResolvedTarget[];
  breakEven: { afterTakeProfit: number; price: DecimalString } | null;
  trailing: ResolvedTrailingStep[];
  timeLimitMs: number | null;
}

export interface ResolveContext {
  side: Side;
  /** The average price of the entry fills. */
  entryPrice: Amount | DecimalString;
  /** When given, fixed levels are put on the venue's price grid, never looser and never nearer than asked. */
  instrument?: PriceRules;
  /** Fees of entry and exit in percent of the entry price: the offset of a break-even that names none. 0 unless given. */
  feesPct?: number;
  /** True for a position that is open: its stop may lie beyond the entry, and secure a profit. */
  mayStopInProfit?: boolean;
}

/**
 * Returns a level with 15 significant digits, more than any venue quotes: 7.000000000000001 % means 7 %, and two such
 * prices compare as `number` like they do as decimals.
 */
export const roundLevel = (price: Amount | DecimalString): DecimalString =>
  decimalString(amount(price).toSignificantDigits(15));

const HUNDREDTH = new Amount('0.01');

/** Returns the price `pct` percent better than `from` for a position of this side, worse when `pct` is negative. */
export const priceAtProfit = (side: Side, from: Amount | DecimalString, pct: number | Amount): Amount =>
  amount(from).mul(amount(pct).mul(HUNDREDTH).mul(direction(side)).add(1));

/** Reasons why exits do not fit an entry. */
export type LevelRefusal = 'wrong_side_stop' | 'wrong_side_target' | 'implausible_level';

/**
 * Returns the barriers of one entry as absolute prices, or the reason why a stop or target is on the wrong side of
 * the entry or implausibly far from it (bounds: `levels.ts`). The stop of an open position is not held against its entry.
 */
export function resolveBarriers(
  barriers: Barriers,
  context: ResolveContext,
): Ruling<ResolvedBarriers, LevelRefusal> {
  const { side } = context;
  const entry = amount(context.entryPrice);
  const implausible = refuseImplausible(barriers, { side, price: decimalString(entry) });
  if (implausible) return { ok: false, refusal: implausible };
  const stop = barriers.stopLoss ? resolveLevel(barriers.stopLoss, -1, 'nearer', context) : null;
  if (stop !== null && !context.mayStopInProfit && !isBeyond(side, entry, stop)) {
    return refuse('wrong_side_stop', `A ${side} from ${decimalString(entry)} cannot stop at ${stop}.`);
  }
  const targets = resolveTargets(barriers.takeProfits ?? [], context);
  const wrong = targets.find(({ price }) => !isBeyond(side, price, entry));
  if (wrong) {
    return refuse(
      'wrong_side_target',
      `A ${side} from ${decimalString(entry)} cannot profit at ${wrong.price}.`,
    );
  }
  return accept({
    stop,
    targets,
    breakEven: resolveBreakEven(barriers.breakEven, context),
    trailing: resolveTrailing(barriers.trailing ?? [], side, entry),
    timeLimitMs: barriers.timeLimitMs ?? null,
  });
}

/** Returns whether `price` is positive and better than `than` for a position of this side. */
function isBeyond(side: Side, price: Amount | DecimalString, than: Amount | DecimalString): boolean {
  const [better, worse] = side === 'long' ? [amount(price), amount(than)] : [amount(than), amount(price)];
  return better.gt(worse) && amount(price).gt(0) && amount(than).gt(0);
}

function resolveLevel(
  level: Level,
  sign: 1 | -1,
  towards: 'nearer' | 'further',
  { side, entryPrice, instrument }: ResolveContext,
): DecimalString {
  const exact = 'price' in level ? amount(level.price) : priceAtProfit(side, entryPrice, level.pct * sign);
  const rounded = amount(roundLevel(exact));
  if (!instrument) return decimalString(rounded);
  const isAbove = (side === 'long') === (sign === 1);
  const rounding = isAbove === (towards === 'nearer') ? 'down' : 'up';
  return decimalString(roundPrice(instrument, rounded, rounding));
}

function resolveTargets(takeProfits: readonly TakeProfit[], context: ResolveContext): ResolvedTarget[] {
  return takeProfits
    .map((rung) => ({ price: resolveLevel(rung, 1, 'further', context), fraction: rung.fraction }))
    .sort((a, b) => amount(a.price).cmp(amount(b.price)) * direction(context.side))
    .map((rung, index) => ({ leg: index + 1, ...rung }));
}

function resolveBreakEven(breakEven: Barriers['breakEven'], context: ResolveContext) {
  if (!breakEven) return null;
  const pct = breakEven.offsetPct ?? context.feesPct ?? 0;
  const price = resolveLevel({ pct }, 1, 'further', context);
  return { afterTakeProfit: breakEven.afterTakeProfit, price };
}

const resolveTrailing = (steps: readonly TrailingStep[], side: Side, entry: Amount): ResolvedTrailingStep[] =>
  [...steps]
    .sort((a, b) => a.activatesAtPct - b.activatesAtPct)
    .map(({ activatesAtPct, distancePct }) => ({
      activatesAt: roundLevel(priceAtProfit(side, entry, activatesAtPct)),
      distancePct,
    }));

/**
 * Returns a ladder in which every leg is an order the venue accepts for a position of `size` opened at `price`: a leg
 * below the minimum joins the next one, and a small last one joins the one before it. The ladder is empty when all
 * legs together make no legal order; stop and trail cover what no leg covers.
 */
export function mergeSmallLegs(
  ladder: readonly ResolvedTarget[],
  size: Amount | DecimalString,
  price: Amount | DecimalString,
  instrument: SizeRules,
): ResolvedTarget[] {
  const merged: ResolvedTarget[] = [];
  let carried = 0;
  for (const rung of ladder) {
    const fraction = addFractions(carried, rung.fraction);
    const value = Amount.min(amount(price), amount(rung.price));
    const isOrder = isOrderSize(amount(size).mul(fraction), value, instrument);
    if (isOrder) merged.push({ ...rung, fraction });
    carried = isOrder ? 0 : fraction;
  }
  const last = merged.at(-1);
  if (last) merged[merged.length - 1] = { ...last, fraction: addFractions(last.fraction, carried) };
  return merged;
}

const addFractions = (a: number, b: number): number => amount(a).add(b).toNumber();

function isOrderSize(size: Amount, price: Amount, instrument: SizeRules): boolean {
  const legal = roundSizeDown(instrument, size);
  return isLegalSize(instrument, legal) && legal.mul(price).gte(amount(instrument.minNotionalUsd));
}

/** Returns the tighter of two stops: the system only ever moves a stop towards profit. */
export function tightenOnly(
  side: Side,
  current: DecimalString | null,
  proposed: DecimalString,
): DecimalString {
  if (current === null) return proposed;
  return amount(proposed).sub(amount(current)).mul(direction(side)).gt(0) ? proposed : current;
}
