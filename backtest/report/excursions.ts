import type { TradeColumns } from './columns.ts';
import { sumOf } from './sums.ts';

/** How far prices went for and against trades, and how much of the former their exits kept. */
export interface Excursions {
  mfePct: number | null;
  maePct: number | null;
  capture: number | null;
}

/** Returns the excursions of the trades at `rows`. */
export function excursionsOf(columns: TradeColumns, rows: readonly number[]): Excursions {
  if (rows.length === 0) return { mfePct: null, maePct: null, capture: null };
  const favourable = sumOf(columns.mfePct, rows);
  return {
    mfePct: favourable / rows.length,
    maePct: sumOf(columns.maePct, rows) / rows.length,
    capture: favourable > 0 ? sumOf(columns.movePct, rows) / favourable : null,
  };
}
