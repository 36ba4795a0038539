import { unitText } from '#terminal/metric.ts';
import { counted, duration, paintPnl, renderTable, signedUsd, utc, type Colors } from '#terminal/output.ts';
import type { GroupName } from '../report/groups.ts';
import type { Report } from '../report/report.ts';
import {
  benchmarkTable,
  costTable,
  findingTable,
  groupTables,
  namedNumbers,
  openTable,
  orderTable,
  untradedTable,
  type Table,
} from './sections.ts';
import { sparkline } from './sparkline.ts';

export interface TerminalOptions {
  colors: Colors;
  /** Groups that are shown; {@link USUAL_GROUPS} unless given. */
  groups?: readonly GroupName[];
  /** With the formula of each number. */
  withDefinitions?: boolean;
}

/** What most runs are looked at by; where they have one group only, that is left out. */
const USUAL_GROUPS: readonly GroupName[] = ['source', 'author', 'instrument', 'side', 'exitReason', 'month'];

/** A table shows at most this many rows on a terminal. */
const MOST_ROWS = 24;

/** Returns a report as lines for a terminal: what may mislead comes first, what no run can know last. */
export function renderReport(report: Report, options: TerminalOptions): string[] {
  const { colors } = options;
  const groups = groupTables(report).filter(({ name, table }) =>
    options.groups ? options.groups.includes(name) : USUAL_GROUPS.includes(name) && table.rows.length > 1,
  );
  const tables = [
    orderTable(report),
    costTable(report),
    benchmarkTable(report),
    ...groups.map(({ table }) => table),
    openTable(report),
    untradedTable(report),
    findingTable(report),
  ];
  return [
    ...headOf(report, colors),
    ...numbersOf(report, options),
    ...tables.flatMap((table) => tableLines(table, colors)),
    '',
    colors.bold('What this run does not know'),
    ...report.unknowns.map((unknown) => `  - ${unknown}`),
  ];
}

function headOf(
  { run, period, totals, curve, warnings, interval, untraded, open }: Report,
  colors: Colors,
): string[] {
  const { inputs, name, id, tookMs } = run;
  const returnText = paintPnl(colors, unitText('percent', totals.returnPct), String(totals.returnPct ?? 0));
  return [
    colors.bold(`Backtest ${id}${name === null ? '' : ` (${name})`}`),
    `${utc(period.from)} to ${utc(period.to)} UTC, ${inputs.map((input) => input.name).join(', ')}; took ${duration(tookMs)}`,
    '',
    ...warnings.map((warning) => colors.yellow(`! ${warning}`)),
    ...(warnings.length > 0 ? [''] : []),
    `${returnText} of the capital: net ${paintPnl(colors, signedUsd(totals.netUsd), totals.netUsd)} USD in ` +
      `${counted(totals.trades, 'closed trade')}, ${open.length} open, ${untraded.signals} not traded`,
    `equity ${sparkline(curve.map(({ equityUsd }) => equityUsd))}`,
    `fall   ${sparkline(curve.map(({ drawdownPct }) => drawdownPct))}`,
    ...(interval
      ? [
          `mean trade ${signedUsd(totals.expectancyUsd)} USD, with 95 % from ${interval.expectancyUsd.low.toFixed(2)} ` +
            `to ${interval.expectancyUsd.high.toFixed(2)} (${interval.samples} samples, seed ${interval.seed})`,
        ]
      : []),
    '',
  ];
}

function numbersOf(report: Report, { colors, withDefinitions = false }: TerminalOptions): string[] {
  const numbers = namedNumbers(report);
  if (!withDefinitions) return inColumns(numbers.map(({ definition, text }) => [definition.title, text]));
  return numbers.flatMap(({ definition, text }) => [
    `${definition.title.padEnd(28)}${text.padStart(16)}  ${definition.sentence}`,
    colors.dim(`${' '.repeat(46)}= ${definition.formula}`),
  ]);
}

const cell = ([title, text]: readonly [string, string]): string => `${title.padEnd(28)}${text.padStart(14)}`;

/** Returns pairs of a title and a text as lines of two pairs each. */
function inColumns(pairs: readonly (readonly [string, string])[]): string[] {
  const half = Math.ceil(pairs.length / 2);
  return pairs.slice(0, half).map((pair, index) => {
    const right = pairs[half + index];
    return right ? `${cell(pair)}    ${cell(right)}` : cell(pair);
  });
}

function tableLines({ title, columns, rows }: Table, colors: Colors): string[] {
  if (rows.length === 0) return [];
  const hidden = rows.length - MOST_ROWS;
  return [
    '',
    colors.bold(title),
    ...renderTable(
      columns.map((column, index) => ({
        title: column.title,
        align: column.isNumber ? ('right' as const) : ('left' as const),
        cell: (row: string[]) => row[index] ?? '',
        paint: (text: string) =>
          /^\s*[+-]\d/.test(text) ? paintPnl(colors, text, text.trim().split(' ')[0] ?? null) : text,
      })),
      rows.slice(0, MOST_ROWS),
      colors,
    ),
    ...(hidden > 0 ? [colors.dim(`... and ${hidden} more; --html, --csv and --json have all`)] : []),
  ];
}
