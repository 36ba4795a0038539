import { MAX_TAKE_PROFITS, type Barriers, type Level, type TakeProfit } from '#domain/barriers.ts';
import { direction } from '#domain/ids.ts';
import { amount, decimalString } from '#domain/money.ts';
import type { WrittenNumber } from '../numbers.ts';
import { toLevel } from './exit-level.ts';
import type { Context } from './written.ts';

const MAX_TARGET_PCT = 1_000;

/** The first five targets, each with the part written behind it or else an equal part. */
export function targetsFrom(context: Context, stop: Level | null): Pick<Barriers, 'takeProfits'> {
  const { levels } = context;
  const rungs = levels.flatMap((level, index) => {
    if (level.role !== 'target') return [];
    const target =
      level.number.unit === 'risk'
        ? toMultiple(level.number, stop, context)
        : toLevel(level, { sign: 1, maxPct: MAX_TARGET_PCT }, context);
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
export function equalPart(index: number, count: number): number {
  const part = Math.floor(10_000 / count);
  return (index === count - 1 ? 10_000 - part * (count - 1) : part) / 10_000;
}
