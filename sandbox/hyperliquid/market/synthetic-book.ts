import { Decimal } from 'decimal.js';
import { Amount, ONE, maxOf, minOf, roundDown } from '../wire/amounts.ts';
import type { PerpSpec } from './universe.ts';

/** Shape of the synthetic book that stands around the mark price of one coin. */
export interface BookShape {
  /** Distance between best bid and best ask, in basis points of the mark; 0 quotes both at the mark itself. */
  readonly spreadBps: number;
  /** Distance between two price levels, in basis points of the mark. */
  readonly stepBps: number;
  /** USD value quoted at the best level; each further level quotes half of it more. */
  readonly levelNotionalUsd: number;
  /** Levels per side; an order larger than all of them together fills only in part. */
  readonly levels: number;
}

export const DEFAULT_BOOK: BookShape = { spreadBps: 1, stepBps: 1, levelNotionalUsd: 100_000, levels: 60 };

export interface Level {
  readonly px: Amount;
  readonly sz: Amount;
}

const PRICE_DECIMALS = 6;
const SIGNIFICANT_DIGITS = 5;

/** Smallest price step at `px`: five significant digits, at most 6 - szDecimals decimals, integers always allowed. */
export function tickAt(px: Amount, szDecimals: number): Amount {
  const exponent = Math.max(px.e - (SIGNIFICANT_DIGITS - 1), szDecimals - PRICE_DECIMALS);
  return minOf(ONE, new Amount(10).pow(exponent));
}

export function isOnTick(px: Amount, szDecimals: number): boolean {
  return px.mod(tickAt(px, szDecimals)).isZero();
}

/** Rounds a fed price to the decimals that marks of this coin carry. */
export function toMarkPx(px: Amount, szDecimals: number): Amount {
  return px.toDecimalPlaces(PRICE_DECIMALS - szDecimals, Decimal.ROUND_HALF_UP);
}

/** Best price on one side of the synthetic book. */
export function bestPx(mark: Amount, spec: PerpSpec, shape: BookShape, side: 'bid' | 'ask'): Amount {
  const half = mark.mul(shape.spreadBps).div(20_000);
  const raw = side === 'ask' ? mark.add(half) : mark.sub(half);
  const rounding = side === 'ask' ? Decimal.ROUND_CEIL : Decimal.ROUND_FLOOR;
  return raw.toNearest(tickAt(mark, spec.szDecimals), rounding);
}

/** Levels of one side from the best price outwards; made on demand, so that a small order costs one level. */
export function* syntheticLevels(
  mark: Amount,
  spec: PerpSpec,
  shape: BookShape,
  side: 'bid' | 'ask',
): Generator<Level> {
  const tick = tickAt(mark, spec.szDecimals);
  const step = maxOf(tick, mark.mul(shape.stepBps).div(10_000).toNearest(tick, Decimal.ROUND_HALF_UP));
  const best = bestPx(mark, spec, shape, side);
  for (let i = 0; i < shape.levels; i++) {
    const px = side === 'ask' ? best.add(step.mul(i)) : best.sub(step.mul(i));
    if (px.lte(0)) return;
    const sz = roundDown(new Amount(shape.levelNotionalUsd).mul(1 + i / 2).div(px), spec.szDecimals);
    if (sz.gt(0)) yield { px, sz };
  }
}
