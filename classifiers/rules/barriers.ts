import { MAX_TAKE_PROFITS, type Barriers, type Level, type TakeProfit } from '#domain/barriers.ts';
import { amount, decimalString, type DecimalString } from '#domain/money.ts';
import type { WrittenBreakEven } from './break-even.ts';
import type { LevelRole, WrittenLevel } from './levels.ts';
import type { WrittenNumber } from './numbers.ts';

/** What a post says about the exits and the entry of one trade. */
export interface Plan {
  entry: DecimalString | null;
  leverage: number | null;
  barriers: Barriers;
}

const MAX_PCT = { stop: 99, target: 1_000, trail: 50, activation: 1_000 };

/** Puts the written levels of one trade together. */
export function planFrom(written: readonly WrittenLevel[], breakEvens: readonly WrittenBreakEven[]): Plan {
  const levels = inOneScale(written);
  const entries = numbersFor(levels, 'entry');
  const [leverage] = numbersFor(levels, 'leverage');
  return {
    entry: middleOf(entries.filter(({ unit }) => unit === 'plain')),
    leverage: leverage ? Math.floor(Number(leverage.value)) : null,
    barriers: {
      ...stopFrom(levels),
      ...targetsFrom(levels),
      ...trailFrom(levels),
      ...(breakEvens[0]
        ? { breakEven: { afterTakeProfit: breakEvens[0].afterTakeProfit, offsetPct: 0 } }
        : {}),
    },
  };
}

const numbersFor = (levels: readonly WrittenLevel[], role: LevelRole): WrittenNumber[] =>
  levels.filter((level) => level.role === role).map(({ number }) => number);

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

/** The price, or the middle between the lowest and the highest of a zone. */
function middleOf(numbers: readonly WrittenNumber[]): DecimalString | null {
  const prices = numbers.map(({ value }) => amount(value)).sort((a, b) => a.cmp(b));
  const [lowest, highest] = [prices[0], prices.at(-1)];
  return lowest && highest ? decimalString(lowest.add(highest).div(2)) : null;
}

function toLevel({ unit, value }: WrittenNumber, maxPct: number): Level | null {
  if (unit === 'plain') return { price: value };
  return Number(value) <= maxPct ? { pct: Number(value) } : null;
}

function stopFrom(levels: readonly WrittenLevel[]): Pick<Barriers, 'stopLoss'> {
  const [stop] = numbersFor(levels, 'stop');
  const stopLoss = stop && toLevel(stop, MAX_PCT.stop);
  return stopLoss ? { stopLoss } : {};
}

/** The first five targets, each with the part written behind it or else an equal part. */
function targetsFrom(levels: readonly WrittenLevel[]): Pick<Barriers, 'takeProfits'> {
  const rungs = levels.flatMap((level, index) => {
    const target = level.role === 'target' ? toLevel(level.number, MAX_PCT.target) : null;
    const next = levels[index + 1];
    const part = next?.role === 'fraction' ? Number(next.number.value) / 100 : null;
    return target ? [{ target, part }] : [];
  });
  const ladder = withoutRepeats(rungs).slice(0, MAX_TAKE_PROFITS);
  if (ladder.length === 0) return {};
  const parts = ladder.map(({ part }) => part ?? 0);
  const total = parts.reduce((sum, part) => sum + part, 0);
  const written = ladder.every(({ part }) => part !== null && part > 0) && total <= 1.000_000_1;
  const takeProfits = ladder.map(({ target }, index): TakeProfit => ({
    ...target,
    fraction: written ? (parts[index] ?? 0) : equalPart(index, ladder.length),
  }));
  return { takeProfits };
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
