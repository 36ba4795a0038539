import type { RunRecord } from './run-record.ts';
import { decimalString, sum } from '#domain/money.ts';
import type { LedgerCheck } from './ledger-check.ts';

/** Why a run ended. */
export type Ending = 'all_closed' | 'prices_ended' | 'time_is_up' | 'interrupted' | 'failed';

/** What a run did, for programs (`--json`); people get the same as text. Amounts are decimal strings in USD. */
export interface DemoReport {
  run: number;
  ending: Ending;
  startedAt: number;
  endedAt: number;
  prices: { file: string; coin: string; speed: number; seed: number } | { seed: number; speed: number };
  posts: { file: string; given: number; read: number; unreadable: number };
  trades: ReportedTrade[];
  /** How many trades ended for each reason. */
  exitReasons: Record<string, number>;
  netPnlUsd: string;
  bills: { kind: string; tradeId: string | null; amountUsd: string }[];
  billedUsd: string;
  skipped: ReportedSkip[];
  /** Trades of other agents in the state folder that were open or made during the run; they count nowhere else. */
  beside: ReportedTrade[];
  ledger: LedgerCheck;
  /** How often a process of ours had to be started again. */
  restarts: number;
  /** What is not as it should be; empty after a good run. */
  problems: string[];
  temporalUiUrl: string | null;
  apiUrl: string;
  logs: string;
}

export type ReportedTrade = Pick<
  RunRecord['trades'][number],
  | 'id'
  | 'agentName'
  | 'symbol'
  | 'side'
  | 'phase'
  | 'entrySize'
  | 'entryPrice'
  | 'exitPrice'
  | 'exitReason'
  | 'feesUsd'
  | 'fundingUsd'
  | 'netPnlUsd'
  | 'unprotectedMs'
  | 'openedAt'
  | 'closedAt'
> & {
  /** Closed because the run ended. */
  forced: boolean;
};

export interface ReportedSkip {
  code: string;
  text: string;
  author: string | null;
  post: string | null;
}

/** What the report is made from, beside the books. */
export type RunFacts = Pick<
  DemoReport,
  | 'run'
  | 'ending'
  | 'startedAt'
  | 'prices'
  | 'posts'
  | 'ledger'
  | 'restarts'
  | 'temporalUiUrl'
  | 'apiUrl'
  | 'logs'
> & {
  forcedTradeIds: ReadonlySet<string>;
  failures: readonly string[];
  beside: readonly RunRecord['trades'][number][];
};

export function makeReport(books: RunRecord, facts: RunFacts): DemoReport {
  const { forcedTradeIds, failures, beside, ...plain } = facts;
  const trades = books.trades
    .filter(({ phase }) => phase !== 'skipped')
    .map((trade) => toTrade(trade, forcedTradeIds));
  const closed = trades.filter(({ phase }) => phase === 'closed');
  return {
    ...plain,
    endedAt: Date.now(),
    trades,
    exitReasons: countBy(closed.map(({ exitReason }) => exitReason ?? 'unknown')),
    netPnlUsd: decimalString(sum(closed.map(({ netPnlUsd }) => netPnlUsd ?? '0'))),
    bills: books.bills.map(({ kind, tradeId, amountUsd }) => ({ kind, tradeId, amountUsd })),
    billedUsd: decimalString(sum(books.bills.map(({ amountUsd }) => amountUsd))),
    skipped: books.skips.map(({ code, text, message }) => ({
      code,
      text,
      author: message?.author ?? null,
      post: message?.text ?? null,
    })),
    beside: beside.map((trade) => toTrade(trade, forcedTradeIds)),
    problems: [...failures, ...problemsOf(books, facts.ledger)],
  };
}

function toTrade(trade: RunRecord['trades'][number], forced: ReadonlySet<string>): ReportedTrade {
  return {
    id: trade.id,
    agentName: trade.agentName,
    symbol: trade.symbol,
    side: trade.side,
    phase: trade.phase,
    entrySize: trade.entrySize,
    entryPrice: trade.entryPrice,
    exitPrice: trade.exitPrice,
    exitReason: trade.exitReason,
    forced: forced.has(trade.id) && trade.exitReason === 'force_close',
    feesUsd: trade.feesUsd,
    fundingUsd: trade.fundingUsd,
    netPnlUsd: trade.netPnlUsd,
    unprotectedMs: trade.unprotectedMs,
    openedAt: trade.openedAt,
    closedAt: trade.closedAt,
  };
}

function problemsOf({ trades, events }: RunRecord, ledger: LedgerCheck): string[] {
  const name = (tradeId: string): string => {
    const trade = trades.find(({ id }) => id === tradeId);
    return trade ? `${trade.symbol} ${trade.side} of ${trade.agentName}` : tradeId;
  };
  return [
    ...ledger.accounts
      .filter(({ matched }) => !matched)
      .map(
        ({ agent, at, expected, venue }) =>
          `the account of ${agent} holds ${venue} USD at the ${at} sandbox, ${expected} in our books`,
      ),
    ...events
      .filter(({ type }) => type === 'pnl_mismatch')
      .map(({ tradeId, text }) => `${name(tradeId)}: ${text}`),
  ];
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
