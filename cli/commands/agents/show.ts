import { Command } from 'commander';
import type { AgentCardAnswer } from '#api/schemas/performance.ts';
import { METRICS, METRIC_NAMES, type MetricName } from '#domain/metrics/definitions.ts';
import { WINDOW_NAMES, type WindowName } from '#domain/metrics/windows.ts';
import { renderTable, utc, type Column } from '#terminal/output.ts';
import { openContext, type CliContext } from '../../context.ts';
import { findAgent } from '../../find-agent.ts';
import { metricText } from '#terminal/metric.ts';

/** `signalman agents show <agent>`: its numbers by window, its venues, exits and sources. */
export const showCommand = (): Command =>
  new Command('show')
    .description(
      'show how an agent does: APR, Sharpe, win rate, venues, exits, and sources with their impact',
    )
    .argument('<agent>', 'name or id')
    .option('--json', 'print JSON')
    .action(run);

async function run(name: string, { json }: { json?: boolean }): Promise<void> {
  const { api, out } = openContext();
  const { id } = await findAgent(api, name);
  const card = await api.get<AgentCardAnswer>(`/agents/${id}/card`);
  if (json) return out.json(card);
  printHead(out, card);
  if (!card.windows) return out.line('no trade has been counted yet');
  out.line();
  for (const line of renderTable(WINDOW_COLUMNS, rowsOf(card.windows), out.colors)) out.line(line);
  printTable(out, VENUES, card.venues);
  printTable(out, EXITS, card.exits);
  printTable(out, SOURCES, card.sources);
  out.line();
  out.line(
    `as of ${utc(card.computedAt ?? 0)} UTC; each number is defined by: signalman stats --definitions`,
  );
}

function printHead(out: CliContext['out'], card: AgentCardAnswer): void {
  const { name, isPublished, equityUsd, openTrades, unrealizedUsd, timeInMarket, exposureUsd } = card;
  out.line(out.colors.bold(`${name}${isPublished ? ' (published)' : ''}`));
  const equity = equityUsd === null ? 'unknown' : `${Number(equityUsd).toFixed(2)} USD`;
  out.line(
    `equity ${equity}, ${openTrades} open, unrealised ${metricText('unrealizedUsd', unrealizedUsd)} USD`,
  );
  out.line(
    `in the market ${metricText('timeInMarket', timeInMarket)} of the time, with ${Number(exposureUsd).toFixed(2)} USD ` +
      'on average (90 days)',
  );
}

type Windows = NonNullable<AgentCardAnswer['windows']>;
type Numbers = Windows[WindowName];
/** A line of the table: one number over every window. */
interface Row {
  name: MetricName & keyof Numbers;
  windows: Windows;
}

const rowsOf = (windows: Windows): Row[] =>
  METRIC_NAMES.flatMap((name) => (isNumber(name, windows.all) ? [{ name, windows }] : []));

const isNumber = (name: MetricName, numbers: Numbers): name is MetricName & keyof Numbers => name in numbers;

const WINDOW_COLUMNS: Column<Row>[] = [
  { title: 'NUMBER', cell: ({ name }) => METRICS[name].title },
  ...WINDOW_NAMES.map((window): Column<Row> => ({
    title: window.toUpperCase(),
    cell: ({ name, windows }) => metricText(name, windows[window][name]),
    align: 'right',
  })),
];

function printTable<Line>(
  out: CliContext['out'],
  columns: readonly Column<Line>[],
  rows: readonly Line[],
): void {
  if (rows.length === 0) return;
  out.line();
  for (const line of renderTable(columns, rows, out.colors)) out.line(line);
}

const VENUES: Column<AgentCardAnswer['venues'][number]>[] = [
  { title: 'VENUE', cell: ({ venue }) => venue },
  { title: 'SHARE', cell: ({ share }) => `${(share * 100).toFixed(1)} %`, align: 'right' },
  { title: 'NET', cell: ({ numbers }) => metricText('netUsd', numbers.netUsd), align: 'right' },
  { title: 'TRADES', cell: ({ numbers }) => String(numbers.trades), align: 'right' },
  { title: 'WON', cell: ({ numbers }) => metricText('winRate', numbers.winRate), align: 'right' },
];

const EXITS: Column<AgentCardAnswer['exits'][number]>[] = [
  { title: 'EXIT (90 DAYS)', cell: ({ reason }) => reason },
  { title: 'TRADES', cell: ({ trades }) => String(trades), align: 'right' },
];

const SOURCES: Column<AgentCardAnswer['sources'][number]>[] = [
  { title: 'SOURCE', cell: ({ kind, handle }) => `${kind}:${handle}` },
  { title: 'WEIGHT', cell: ({ weight }) => String(weight), align: 'right' },
  { title: 'TRADES (90 DAYS)', cell: ({ trades }) => String(trades), align: 'right' },
  { title: 'WON', cell: ({ winRate }) => metricText('winRate', winRate), align: 'right' },
  { title: 'IMPACT', cell: ({ impactUsd }) => metricText('impactUsd', impactUsd), align: 'right' },
  {
    title: 'SHRUNKEN',
    cell: ({ shrunkImpactUsd }) => metricText('shrunkImpactUsd', shrunkImpactUsd),
    align: 'right',
  },
];
