import type { DecimalString } from '#domain/money.ts';
import { tradeNumbers, type TradeNumbers } from '#domain/metrics/trade-sums.ts';
import type { TradeColumns } from './columns.ts';
import { sumOf, tradeSumsOf, usdString } from './sums.ts';
import { allRows } from './rows.ts';

/** What closed trades come to under other costs. */
export interface CostRow extends Pick<TradeNumbers, 'winRate' | 'profitFactor' | 'expectancyUsd'> {
  /** Factor on fees, slippage, spread and paid funding; 0 is trading for nothing. */
  factor: number;
  netUsd: DecimalString;
}

/**
 * Returns what closed trades come to with no costs, the costs of the run, and double ones: fees, slippage, spread and
 * paid funding times the factor. Entries, exits and sizes stay as they were.
 */
export const costRows = (columns: TradeColumns): CostRow[] =>
  [0, 1, 2].map((factor) => {
    const rows = allRows(columns);
    const netUsd = columns.netUsd.map((net, row) => net - (factor - 1) * costOf(columns, row));
    const { winRate, profitFactor, expectancyUsd } = tradeNumbers(tradeSumsOf(columns, rows, netUsd));
    return { factor, netUsd: usdString(sumOf(netUsd, rows)), winRate, profitFactor, expectancyUsd };
  });

const costOf = ({ feesUsd, slippageUsd, fundingUsd }: TradeColumns, row: number): number =>
  (feesUsd[row] ?? 0) + (slippageUsd[row] ?? 0) - Math.min(0, fundingUsd[row] ?? 0);
