import { renderTable, signedUsd, utc, type Colors, type Column } from '#terminal/output.ts';
import type { ExplainedCandle, TradeExplanation } from '../explain/explain-trade.ts';

/** Returns the story of a trade as lines: levels, candles, why it ended, and the end it would have had the other way. */
export function renderExplanation(explanation: TradeExplanation, colors: Colors): string[] {
  const { trade, levels, candles, candlesHeld, why, otherWay } = explanation;
  return [
    colors.bold(`Trade ${trade.id}`),
    `${trade.agent}${trade.source === null ? '' : `, ${trade.source}`}${trade.author === null ? '' : `, ${trade.author}`}`,
    `posted ${utc(trade.postedAt)}, decided ${utc(trade.decidedAt)} at ${trade.decisionPrice}, entered ${utc(trade.enteredAt)} at ${trade.entryPrice}`,
    '',
    ...levels.map((level) => `  ${level}`),
    '',
    ...renderTable(COLUMNS, candles, colors),
    colors.dim(`${candles.length} of ${candlesHeld} candles; the others changed nothing`),
    '',
    why,
    ...(otherWay === null ? [] : [colors.yellow(otherWay)]),
    `gross ${signedUsd(trade.grossUsd)}, fees ${trade.feesUsd}, funding ${signedUsd(trade.fundingUsd)}, net ${signedUsd(trade.netUsd)} USD; ` +
      `prices went ${trade.mfePct.toFixed(2)} % for it and ${trade.maePct.toFixed(2)} % against it`,
  ];
}

const price = (value: number): string => String(value);

const COLUMNS: Column<ExplainedCandle>[] = [
  { title: 'TIME', cell: ({ t }) => utc(t) },
  { title: 'OPEN', cell: ({ open }) => price(open), align: 'right' },
  { title: 'HIGH', cell: ({ high }) => price(high), align: 'right' },
  { title: 'LOW', cell: ({ low }) => price(low), align: 'right' },
  { title: 'CLOSE', cell: ({ close }) => price(close), align: 'right' },
  { title: 'STOP', cell: ({ stop }) => stop ?? '-', align: 'right' },
  { title: 'WHAT HAPPENED', cell: ({ notes }) => notes.join('; ') },
];
