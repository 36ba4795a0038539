import type { TradeFees } from '#domain/fees.ts';
import type { Pair } from './pairs.ts';

/** Charged for asking the oracle when a trade is opened. Source: docs.ostium.com, "fees". */
const ORACLE_FEE_USD = '0.1';
/** The highest opening fee of the usual pairs. Source: as above. */
const USUAL_OPENING_FEE_BPS = 5;

/** Returns what a trade in a pair costs; every wallet pays as much, and closing is free. */
export const feesOf = (pair: Pair | null): TradeFees => ({
  entryBps: pair?.openingFeeBps ?? USUAL_OPENING_FEE_BPS,
  exitBps: 0,
  flatUsd: ORACLE_FEE_USD,
});
