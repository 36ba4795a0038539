import { MAX_TAKE_PROFITS, type Barriers, type Level, type TakeProfit } from '#domain/barriers.ts';
import { direction, type Side, type Symbol } from '#domain/ids.ts';
import { amount, decimalString, type Amount, type DecimalString } from '#domain/money.ts';
import { refusal, type Refusal } from '#domain/reasons.ts';
import type { WrittenBreakEven } from './break-even.ts';
import type { LevelRole, WrittenLevel } from './levels.ts';
import type { WrittenNumber } from './numbers.ts';

/** What a post says about the exits and the entry of one trade. */
export interface Plan {
  entry: DecimalString | null;
  leverage: number | null;
  barriers: Barriers;
  /** The price has to reach the entry from this side first. */
  from: 'above' | 'below' | null;
  problem: Refusal | null;
}

/** Everything that was read for one instrument and side. */
export interface Written {
  levels: readonly WrittenLevel[];
  breakEvens: readonly WrittenBreakEven[];
  /** A stop is named that could not be read. */
  hasUnreadStop: boolean;
  symbol: Symbol;
  side: Side;
  /** What the instrument costs now, or null. */
  price: DecimalString | null;
}

const MAX_PCT = { stop: 99, target: 1_000, trail: 50, activation: 1_000 };

/** Puts the written levels of one trade together: one reading of each number, percents and distances as they count. */
export function planFrom(written: Written): Plan {
  const levels = readWithMarket(written);
  const entries = levels.filter(({ role, number }) => role === 'entry' && number.unit === 'plain');
  const entry = entryOf(entries);
  const leverage = leverageOf(levels);
  const context = { ...written, levels, entry, leverage };
  const stop = stopFrom(context);
  return {
    entry,
    leverage,
    from: entries.find(({ from }) => from !== null)?.from ?? null,
    problem:
      stop === 'unreadable' || (stop === null && written.hasUnreadStop) ? refusal('stop_unreadable') : null,
    barriers: {
      ...(stop !== null && stop !== 'unreadable' ? { stopLoss: stop } : {}),
      ...targetsFrom(context, stop === 'unreadable' ? null : stop),
      ...trailFrom(levels),
      ...(written.breakEvens[0]
        ? { breakEven: { afterTakeProfit: written.breakEvens[0].afterTakeProfit, offsetPct: 0 } }
        : {}),
    },
  };
}

interface Context extends Written {
  entry: DecimalString | null;
  leverage: number | null;
}

const numbersFor = (levels: readonly WrittenLevel[], role: LevelRole): WrittenNumber[] =>
  levels.filter((level) => level.role === role).map(({ number }) => number);

const isPrice = ({ role, number }: WrittenLevel): boolean =>
  (role === 'entry' || role === 'stop' || role === 'target') && number.unit === 'plain';

/** The reading of every price that lies nearest to the market, or else to the prices that leave no doubt. */
function readWithMarket({ levels, price }: Written): WrittenLevel[] {
  const scaled = inOneScale(levels);
  const sure = scaled.find(
    (level) => isPrice(level) && level.number.other === null && level.number.scale === 1,
  );
  const anchor = price ?? sure?.number.value ?? null;
  const read =
    anchor === null ? scaled : scaled.map((level) => (isPrice(level) ? nearest(level, anchor) : level));
  return price === null ? read : inThousands(read, price);
}

function nearest(level: WrittenLevel, anchor: DecimalString): WrittenLevel {
  const { value, other } = level.number;
  if (other === null || distance(value, anchor) <= distance(other, anchor)) return level;
  return { ...level, number: { ...level.number, value: other, other: value } };
}

const distance = (one: DecimalString, other: DecimalString): number =>
  Math.abs(Math.log(Number(one) / Number(other)));

/** In "long 42k, stop 41" the 41 means 41k: a bare number a thousand times too small joins the written scale. */
function inOneScale(levels: readonly WrittenLevel[]): WrittenLevel[] {
  const anchor = levels.find(({ role, number }) => role !== 'leverage' && number.scale === 1_000);
  if (!anchor) return [...levels];
  return levels.map((level) => {
    if (level.role === 'leverage' || level.number.unit !== 'plain' || level.number.scale !== 1) return level;
    const scaled = amount(level.number.value).mul(1_000);
    const ratio = scaled.div(amount(anchor.number.value));
    if (ratio.lt(0.5) || ratio.gt(2)) return level;
    return { ...level, number: { ...level.number, value: decimalString(scaled), scale: 1_000 } };
  });
}

/** "Long 65, stop 64" at a market of 65,000: prices given in thousands, the entry among them. */
function inThousands(levels: readonly WrittenLevel[], price: DecimalString): WrittenLevel[] {
  const prices = levels.filter(isPrice);
  const isAThousandth = ({ number }: WrittenLevel) =>
    distance(decimalString(amount(number.value).mul(1_000)), price) < 0.35;
  if (!prices.some(({ role }) => role === 'entry') || !prices.every(isAThousandth)) return [...levels];
  return levels.map((level) =>
    isPrice(level)
      ? {
          ...level,
          number: {
            ...level.number,
            value: decimalString(amount(level.number.value).mul(1_000)),
            scale: 1_000,
          },
        }
      : level,
  );
}

/** The price; the first of a list; the middle between the lowest and the highest of a zone. */
function entryOf(entries: readonly WrittenLevel[]): DecimalString | null {
  const [first] = entries;
  if (!first) return null;
  if (first.isListed) return first.number.value;
  const prices = entries.map(({ number }) => amount(number.value)).sort((a, b) => a.cmp(b));
  const [lowest, highest] = [prices[0], prices.at(-1)];
  return lowest && highest ? decimalString(lowest.add(highest).div(2)) : null;
}

/** The lowest leverage that is named: a range means up to. */
function leverageOf(levels: readonly WrittenLevel[]): number | null {
  const named = numbersFor(levels, 'leverage').map(({ value }) => Math.floor(Number(value)));
  return named.length === 0 ? null : Math.min(...named);
}

/** A level as the exits take it; null when it cannot be one, or the price is missing that it is measured from. */
function toLevel(
  { number, isRoi }: WrittenLevel,
  sign: 1 | -1,
  maxPct: number,
  context: Context,
): Level | null {
  const { unit, value } = number;
  if (unit === 'plain') return { price: value };
  if (unit === 'percent') {
    if (isRoi && context.leverage === null) return null;
    const pct = isRoi
      ? Number(
          decimalString(
            amount(value)
              .div(context.leverage ?? 1)
              .toSignificantDigits(12),
          ),
        )
      : Number(value);
    return pct <= maxPct ? { pct } : null;
  }
  const step = unit === 'pips' || unit === 'points' ? stepOf(context, unit) : null;
  const from = context.entry ?? context.price;
  if (step === null || from === null) return null;
  return {
    price: decimalString(
      amount(from).add(
        amount(value)
          .mul(step)
          .mul(sign * direction(context.side)),
      ),
    ),
  };
}

/** How much a pip or a point of the instrument is; null where the trade has no such word. */
function stepOf({ symbol }: Context, unit: 'pips' | 'points'): Amount | null {
  const [base = '', quote] = symbol.split('-');
  const isCurrency = quote !== undefined && /^[A-Z]{3}$/u.test(base) && !['DAX', 'NIK', 'HSI'].includes(base);
  if (isCurrency) return unit === 'pips' ? amount(quote === 'JPY' ? '0.01' : '0.0001') : null;
  if (unit === 'points') return amount('1');
  if (base === 'XAU') return amount('0.1');
  if (base === 'XAG') return amount('0.01');
  return quote !== undefined || ['DJI', 'NDX', 'SPX500', 'DAX', 'FTSE', 'NIK', 'HSI'].includes(base)
    ? amount('1')
    : null;
}

function stopFrom(context: Context): Level | 'unreadable' | null {
  const stop = context.levels.find(({ role }) => role === 'stop');
  if (!stop) return null;
  return toLevel(stop, -1, MAX_PCT.stop, context) ?? 'unreadable';
}

/** The first five targets, each with the part written behind it or else an equal part. */
function targetsFrom(context: Context, stop: Level | null): Pick<Barriers, 'takeProfits'> {
  const { levels } = context;
  const rungs = levels.flatMap((level, index) => {
    if (level.role !== 'target') return [];
    const target =
      level.number.unit === 'risk'
        ? toMultiple(level.number, stop, context)
        : toLevel(level, 1, MAX_PCT.target, context);
    const next = levels[index + 1];
    const part = next?.role === 'fraction' && !next.isRoi ? Number(next.number.value) / 100 : null;
    return target ? [{ target, part }] : [];
  });
  const ladder = withoutRepeats(rungs).slice(0, MAX_TAKE_PROFITS);
  if (ladder.length === 0) return {};
  const isWritten = areParts(ladder, context);
  const takeProfits = ladder.map(({ target, part }, index): TakeProfit => ({
    ...target,
    fraction: isWritten ? (part ?? 0) : equalPart(index, ladder.length),
  }));
  return { takeProfits };
}

/** `2R`: twice the way from the entry to the stop, on the other side. */
function toMultiple(
  { value }: WrittenNumber,
  stop: Level | null,
  { entry, price, side }: Context,
): Level | null {
  const from = entry ?? price;
  if (stop === null) return null;
  if ('pct' in stop) return { pct: Number(value) * stop.pct };
  if (from === null) return null;
  const risk = amount(from).sub(stop.price).abs();
  return { price: decimalString(amount(from).add(risk.mul(value).mul(direction(side)))) };
}

/** Whether the percents behind the targets are parts of the position, not distances: all there, and nearly the whole. */
function areParts(
  ladder: readonly { target: Level; part: number | null }[],
  { entry, price }: Context,
): boolean {
  if (!ladder.every(({ part }) => part !== null && part > 0)) return false;
  const total = ladder.reduce((sum, { part }) => sum + (part ?? 0), 0);
  if (total > 1.000_000_1 || total < 0.5) return false;
  const from = entry ?? price;
  const isDistance = ({ target, part }: { target: Level; part: number | null }): boolean =>
    from !== null &&
    'price' in target &&
    Math.abs(Math.abs(Number(target.price) / Number(from) - 1) - (part ?? 0)) < 0.002;
  return !ladder.every(isDistance);
}

const withoutRepeats = <Rung extends { target: Level }>(rungs: readonly Rung[]): Rung[] => [
  ...new Map(rungs.map((rung) => [JSON.stringify(rung.target), rung])).values(),
];

/** Four decimals each, the last one taking what is left, so that the whole is exactly 1. */
function equalPart(index: number, count: number): number {
  const part = Math.floor(10_000 / count);
  return (index === count - 1 ? 10_000 - part * (count - 1) : part) / 10_000;
}

function trailFrom(levels: readonly WrittenLevel[]): Pick<Barriers, 'trailing'> {
  const [trail] = numbersFor(levels, 'trail');
  if (!trail || Number(trail.value) > MAX_PCT.trail) return {};
  const [activation] = numbersFor(levels, 'activation');
  const activatesAtPct = Math.min(Number(activation?.value ?? 0), MAX_PCT.activation);
  return { trailing: [{ activatesAtPct, distancePct: Number(trail.value) }] };
}
