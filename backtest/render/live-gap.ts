import { duration, paintPnl, renderTable, signedUsd, type Colors } from '#terminal/output.ts';
import type { LiveGap } from '../compare/compare-live.ts';

const MOST_ROWS = 30;

/** Returns the gap between live trades and a run as lines: by cause, then the trades that are furthest apart. */
export function renderLiveGap(gap: LiveGap, colors: Colors): string[] {
  const { backtestUsd, liveUsd, gapUsd, causes, trades, onlyLive, onlyBacktest } = gap;
  return [
    `live ${signedUsd(liveUsd)} USD, the run ${signedUsd(backtestUsd)} USD, gap ${paintPnl(colors, signedUsd(gapUsd), gapUsd)} USD`,
    `${trades.length} trades in both, ${onlyLive.length} live only, ${onlyBacktest.length} in the run only`,
    '',
    ...renderTable(
      [
        { title: 'CAUSE', cell: ({ cause }) => cause.replaceAll('_', ' ') },
        { title: 'TRADES', cell: (row) => String(row.trades), align: 'right' },
        { title: 'LIVE - RUN', cell: ({ usd }) => signedUsd(usd), align: 'right' },
      ],
      causes,
      colors,
    ),
    '',
    ...renderTable(
      [
        { title: 'SIGNAL', cell: ({ signalId }) => signalId },
        { title: 'INSTRUMENT', cell: ({ symbol }) => symbol },
        { title: 'GAP', cell: (row) => signedUsd(row.gapUsd), align: 'right' },
        { title: 'ENTRY', cell: (row) => signedUsd(row.causes.entry_price ?? null), align: 'right' },
        { title: 'EXIT', cell: (row) => signedUsd(row.causes.exit_price ?? null), align: 'right' },
        { title: 'SIZE', cell: (row) => signedUsd(row.causes.size ?? null), align: 'right' },
        { title: 'FEES', cell: (row) => signedUsd(row.causes.fees ?? null), align: 'right' },
        { title: 'FUNDING', cell: (row) => signedUsd(row.causes.funding ?? null), align: 'right' },
        { title: 'ENTERED', cell: ({ entryLagMs }) => lagText(entryLagMs), align: 'right' },
        { title: 'CLOSED', cell: ({ exitLagMs }) => lagText(exitLagMs), align: 'right' },
      ],
      trades.slice(0, MOST_ROWS),
      colors,
    ),
  ];
}

const lagText = (lagMs: number): string => `${duration(Math.abs(lagMs))} ${lagMs < 0 ? 'earlier' : 'later'}`;
