import { METRICS, METRIC_NAMES, type MetricDefinition } from '#domain/metrics/definitions.ts';
import { unitText } from '#terminal/metric.ts';
import { duration, shortNumbers, signedUsd, utc } from '#terminal/output.ts';
import { BACKTEST_METRICS, BACKTEST_METRIC_NAMES } from '../report/definitions.ts';
import { GROUP_NAMES, GROUPS, type Group, type GroupName } from '../report/groups.ts';
import type { Report } from '../report/report.ts';

/** A table of texts, as the terminal, a page and tests read it. */
export interface Table {
  title: string;
  /** Titles of the columns; those of numbers are to the right. */
  columns: { title: string; isNumber: boolean }[];
  rows: string[][];
}

/** A number with what it is. */
export interface NamedNumber {
  name: string;
  definition: MetricDefinition;
  text: string;
}

/** Amounts that are no gain or loss. */
const UNSIGNED = new Set([
  'feesUsd',
  'volumeUsd',
  'exposureUsd',
  'equityUsd',
  'maxDrawdownUsd',
  'markedDrawdownUsd',
  'slippageUsd',
]);

/** Returns every number of a run with its definition, in the order of the definitions. */
export const namedNumbers = ({ totals }: Report): NamedNumber[] => {
  const values: Readonly<Record<string, string | number | null>> = { ...totals };
  const definitions: Readonly<Record<string, MetricDefinition>> = { ...METRICS, ...BACKTEST_METRICS };
  return [...METRIC_NAMES, ...BACKTEST_METRIC_NAMES].flatMap((name) => {
    const [value, definition] = [values[name], definitions[name]];
    if (value === undefined || !definition) return [];
    const text = unitText(definition.unit, value, { signed: !UNSIGNED.has(name) });
    return [{ name, definition, text }];
  });
};

const text = (title: string) => ({ title, isNumber: false });
const number = (title: string) => ({ title, isNumber: true });
const table = (title: string, columns: Table['columns'], rows: string[][]): Table => ({
  title,
  columns,
  rows,
});

/** Returns a table for each way of grouping closed trades that has a group. */
export const groupTables = ({ groups }: Report): { name: GroupName; table: Table }[] =>
  GROUP_NAMES.map((name) => ({ name, table: groupTable(name, groups[name]) })).filter(
    ({ table: { rows } }) => rows.length > 0,
  );

const groupTable = (name: GroupName, groups: readonly Group[]): Table =>
  table(
    `By ${GROUPS[name].title}`,
    [text(GROUPS[name].title), ...GROUP_COLUMNS.map(({ title }) => number(title))],
    groups.map((group) => [group.key, ...GROUP_COLUMNS.map(({ cell }) => cell(group))]),
  );

const GROUP_COLUMNS: { title: string; cell: (group: Group) => string }[] = [
  { title: 'trades', cell: ({ trades }) => String(trades) },
  { title: 'won', cell: ({ winRate }) => unitText('share', winRate) },
  { title: 'net', cell: ({ netUsd }) => signedUsd(netUsd) },
  { title: 'fees', cell: ({ feesUsd }) => unitText('usd', feesUsd, { signed: false }) },
  { title: 'factor', cell: ({ profitFactor }) => unitText('ratio', profitFactor) },
  { title: 'mean', cell: ({ expectancyUsd }) => signedUsd(expectancyUsd) },
  { title: 'R', cell: ({ expectancyR }) => unitText('ratio', expectancyR) },
  { title: 'best', cell: ({ bestUsd }) => signedUsd(bestUsd) },
  { title: 'worst', cell: ({ worstUsd }) => signedUsd(worstUsd) },
  { title: 'MFE', cell: ({ mfePct }) => unitText('percent', mfePct) },
  { title: 'MAE', cell: ({ maePct }) => unitText('percent', maePct) },
  { title: 'capture', cell: ({ capture }) => unitText('share', capture) },
  { title: 'hold', cell: ({ averageHoldMs }) => unitText('ms', averageHoldMs) },
];

const COST_NAMES: Readonly<Record<number, string>> = { 0: 'no costs', 1: 'as run', 2: 'costs doubled' };

/** Returns what closed trades come to under no costs, the run's and double ones. */
export const costTable = ({ costs }: Report): Table =>
  table(
    'Costs',
    [text('costs'), number('net'), number('won'), number('factor'), number('mean')],
    costs.map(({ factor, netUsd, winRate, profitFactor, expectancyUsd }) => [
      COST_NAMES[factor] ?? `x ${factor}`,
      signedUsd(netUsd),
      unitText('share', winRate),
      unitText('ratio', profitFactor),
      signedUsd(expectancyUsd),
    ]),
  );

/** Returns the bounds that the unknown order inside candles leaves. */
export function orderTable({ order }: Report): Table {
  const { portfolio } = order;
  const rows = (['worst', 'best'] as const).flatMap((path) => {
    const bound = portfolio?.[path];
    return bound
      ? [
          [
            `${path} first, whole portfolio`,
            String(bound.trades),
            signedUsd(bound.netUsd),
            usd(bound.equityUsd),
          ],
        ]
      : [];
  });
  return table(
    'Bounds: the order of prices inside a candle is not known',
    [text('reading of candles'), number('trades'), number('net'), number('equity')],
    [
      ...rows,
      ['each trade at its worse end', '', signedUsd(order.lowUsd), ''],
      ['each trade at its better end', '', signedUsd(order.highUsd), ''],
    ],
  );
}

/** Returns what the run is held against. */
export function benchmarkTable({ totals, capitalUsd, holding, random }: Report): Table {
  const share = (profit: number) => unitText('percent', (profit / Number(capitalUsd)) * 100);
  const own = Number(totals.netUsd) + Number(totals.unrealizedUsd);
  const row = (name: string, profit: number) => [name, signedUsd(String(profit)), share(profit)];
  return table(
    'Benchmarks',
    [text('what'), number('profit'), number('of capital')],
    [
      row('this run, open trades at their prices', own),
      ...(holding ? [row('buy and hold, equal parts, no costs', holding.profitUsd)] : []),
      ...(random
        ? [
            row(`random entries, same exits: median of ${random.rounds}`, random.medianUsd),
            row('random entries: 5 % of rounds below', random.lowUsd),
            row('random entries: 95 % of rounds below', random.highUsd),
          ]
        : []),
    ],
  );
}

/** Returns why signals were not traded. */
export const untradedTable = ({ untraded }: Report): Table =>
  table(
    'Signals not traded',
    [text('reason'), number('signals'), number('share'), text('meaning')],
    untraded.reasons.map(({ code, signals, share, reason }) => [
      code,
      String(signals),
      unitText('share', share),
      reason,
    ]),
  );

/** Returns the trades that were open at the end. */
export const openTable = ({ open }: Report): Table =>
  table(
    'Open at the end',
    [
      text('trade'),
      text('instrument'),
      text('side'),
      text('entered'),
      number('entry'),
      number('last price'),
      number('open size'),
      number('stop'),
      number('unrealised'),
    ],
    open.map((trade) => [
      trade.id,
      trade.symbol,
      trade.side,
      utc(trade.enteredAt),
      shortNumbers(trade.entryPrice),
      shortNumbers(trade.markPrice),
      trade.openSize,
      trade.stop === null ? '-' : shortNumbers(trade.stop),
      signedUsd(trade.unrealizedUsd),
    ]),
  );

/** Returns what the checks of the data found. */
export const findingTable = ({ findings }: Report): Table =>
  table(
    'Checks of the data',
    [text('kind'), text('level'), text('where'), number('times'), text('what')],
    findings.map(({ kind, level, file, line, symbol, count, text: what }) => [
      kind.replaceAll('_', ' '),
      level,
      [file === null ? symbol : `${file}${line === null ? '' : `:${line}`}`].join(''),
      String(count),
      what,
    ]),
  );

/** Returns the first `most` closed trades. */
export const tradeTable = ({ trades }: Report, most: number): Table =>
  table(
    'Closed trades',
    [
      text('trade'),
      text('instrument'),
      text('side'),
      text('entered'),
      number('held'),
      number('entry'),
      number('exit'),
      text('why'),
      number('net'),
      number('R'),
    ],
    trades
      .slice(0, most)
      .map((trade) => [
        trade.id,
        trade.symbol,
        trade.side,
        utc(trade.enteredAt),
        duration(trade.exitedAt - trade.enteredAt),
        shortNumbers(trade.entryPrice),
        shortNumbers(trade.exitPrice),
        `${trade.exitReason.replaceAll('_', ' ')}${trade.dependsOnOrder ? ' *' : ''}`,
        signedUsd(trade.netUsd),
        unitText('ratio', trade.r),
      ]),
  );

const usd = (value: string): string => unitText('usd', value, { signed: false });
