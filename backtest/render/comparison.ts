import { renderTable, signedUsd, paintPnl, type Colors } from '#terminal/output.ts';
import type { RunComparison, RunSide } from '../compare/compare-runs.ts';

const MOST_ROWS = 30;

/** Returns what differs between two runs as lines. */
export function renderComparison(comparison: RunComparison, colors: Colors): string[] {
  const { first, second, settings, isSameInput, equalTrades, differences, byCause, changeUsd } = comparison;
  const shown = differences.slice(0, MOST_ROWS);
  return [
    `first   ${sideText(first)}`,
    `second  ${sideText(second)}`,
    `change  ${paintPnl(colors, signedUsd(changeUsd), changeUsd)} USD, ${equalTrades} trades are equal, ${differences.length} differ`,
    ...(isSameInput ? [] : [colors.yellow('! the runs read other files')]),
    ...settings.map((setting) => `  ${setting}`),
    '',
    ...renderTable(
      [
        { title: 'CAUSE', cell: ({ cause }) => cause.replaceAll('_', ' ') },
        { title: 'TRADES', cell: ({ trades }) => String(trades), align: 'right' },
        { title: 'CHANGE', cell: (row) => signedUsd(row.changeUsd), align: 'right' },
      ],
      byCause,
      colors,
    ),
    '',
    ...renderTable(
      [
        { title: 'SIGNAL', cell: ({ signalId }) => signalId },
        { title: 'WHAT', cell: ({ symbol, side }) => `${symbol} ${side}` },
        { title: 'FIRST', cell: ({ firstUsd }) => signedUsd(firstUsd), align: 'right' },
        { title: 'SECOND', cell: ({ secondUsd }) => signedUsd(secondUsd), align: 'right' },
        { title: 'CHANGE', cell: (row) => signedUsd(row.changeUsd), align: 'right' },
        { title: 'WHY', cell: ({ text }) => text },
      ],
      shown,
      colors,
    ),
    ...(differences.length > shown.length
      ? [`... and ${differences.length - shown.length} more; --json has all`]
      : []),
  ];
}

const sideText = ({ id, name, trades, netUsd }: RunSide): string =>
  `${name === null ? id : `${name} (${id})`}: ${trades} trades, ${signedUsd(netUsd)} USD with open ones at their prices`;
