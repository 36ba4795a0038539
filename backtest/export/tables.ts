import type { BacktestResult } from '../result.ts';

/** A value of an export; times are epoch ms. */
export type ExportValue = string | number | boolean | null;

/** How a column is written: exact decimals stay texts in CSV and become doubles in Parquet. */
export type ColumnKind = 'text' | 'decimal' | 'number' | 'count' | 'time' | 'flag';

/** A table of a run with the columns that each file of it has. */
export interface ExportTable {
  name: string;
  columns: readonly { name: string; kind: ColumnKind }[];
  /** Yields the rows, values in the order of the columns. */
  rows: () => Iterable<ExportValue[]>;
}

/** Returns the tables of a run: trades, their exits and stop moves, equity, and signals that were not traded. */
export const exportTables = (result: BacktestResult): ExportTable[] => [
  tradesTable(result),
  exitsTable(result),
  stopMovesTable(result),
  equityTable(result),
  untradedTable(result),
];

const columns = (text: string): ExportTable['columns'] =>
  text
    .trim()
    .split(/\s+/)
    .map((column) => {
      const [name = '', kind = 'text'] = column.split(':');
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the texts below name kinds only
      return { name, kind: kind as ColumnKind };
    });

const tradesTable = ({ trades, open }: BacktestResult): ExportTable => ({
  name: 'trades',
  columns: columns(`
    id signal_id post_id source author agent venue symbol side posted_at:time decided_at:time entered_at:time
    exited_at:time exit_reason call_price:decimal decision_price:decimal entry_price:decimal exit_price:decimal
    size:decimal leverage:number first_stop:decimal gross_usd:decimal fees_usd:decimal funding_usd:decimal
    slippage_usd:decimal net_usd:decimal unrealized_usd:decimal r:number mfe_pct:number mae_pct:number
    depends_on_order:flag worst_net_usd:decimal best_net_usd:decimal is_open:flag`),
  *rows() {
    for (const trade of [...trades, ...open]) {
      const isOpen = !('exitedAt' in trade);
      yield [
        trade.id,
        trade.signalId,
        trade.postId,
        trade.source,
        trade.author,
        trade.agent,
        trade.venue,
        trade.symbol,
        trade.side,
        trade.postedAt,
        trade.decidedAt,
        trade.enteredAt,
        isOpen ? null : trade.exitedAt,
        isOpen ? null : trade.exitReason,
        trade.callPrice,
        trade.decisionPrice,
        trade.entryPrice,
        isOpen ? null : trade.exitPrice,
        trade.size,
        trade.leverage,
        trade.firstStop,
        trade.grossUsd,
        trade.feesUsd,
        trade.fundingUsd,
        trade.slippageUsd,
        trade.netUsd,
        isOpen ? trade.unrealizedUsd : null,
        isOpen ? null : trade.r,
        trade.mfePct,
        trade.maePct,
        isOpen ? null : trade.dependsOnOrder,
        isOpen ? null : (trade.bounds?.worst.netUsd ?? trade.netUsd),
        isOpen ? null : (trade.bounds?.best.netUsd ?? trade.netUsd),
        isOpen,
      ];
    }
  },
});

const exitsTable = ({ trades, open }: BacktestResult): ExportTable => ({
  name: 'exits',
  columns: columns('trade_id part:count reason time:time price:decimal size:decimal fee_usd:decimal'),
  *rows() {
    for (const { id, exits } of [...trades, ...open])
      for (const [index, { reason, t, price, size, feeUsd }] of exits.entries())
        yield [id, index + 1, reason, t, price, size, feeUsd];
  },
});

const stopMovesTable = ({ trades, open }: BacktestResult): ExportTable => ({
  name: 'stop-moves',
  columns: columns('trade_id time:time price:decimal why'),
  *rows() {
    for (const { id, stopMoves } of [...trades, ...open])
      for (const { t, price, why } of stopMoves) yield [id, t, price, why];
  },
});

const equityTable = ({ equity }: BacktestResult): ExportTable => ({
  name: 'equity',
  columns: columns('time:time cash_usd:number equity_usd:number open_trades:count exposure_usd:number'),
  *rows() {
    for (const { t, cashUsd, equityUsd, openTrades, exposureUsd } of equity)
      yield [t, cashUsd, equityUsd, openTrades, exposureUsd];
  },
});

const untradedTable = ({ refusals }: BacktestResult): ExportTable => ({
  name: 'not-traded',
  columns: columns('signal_id post_id source author agent venue symbol side posted_at:time code reason'),
  *rows() {
    for (const signal of refusals)
      yield [
        signal.signalId,
        signal.postId,
        signal.source,
        signal.author,
        signal.agent,
        signal.venue,
        signal.symbol,
        signal.side,
        signal.postedAt,
        signal.code,
        signal.text,
      ];
  },
});
