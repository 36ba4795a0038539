import type { BacktestResult, ClosedTrade } from '#backtest/result.ts';
import { amount, sum } from '#domain/money.ts';
import { counted, type Colors } from '#terminal/output.ts';
import { printable } from '#terminal/printable.ts';

/** Returns a run as lines of text: what it comes to, both bounds, what was not traded and why, and what is doubtful. */
export function renderBacktest(result: BacktestResult, colors: Colors): string[] {
  const { run, trades, open, refusals, findings } = result;
  const span = `${day(result.period.from)} to ${day(result.period.to)}`;
  return [
    `${colors.bold(run.name ?? `run ${run.id}`)}  ${span}  ${colors.dim(`${run.engineVersion}, ${run.id}, ${run.tookMs} ms`)}`,
    ...totals(result).map(([name, value]) => `  ${colors.dim(name.padEnd(14))} ${value}`),
    ...section(
      'exits',
      countBy(trades, ({ exitReason }) => exitReason),
      colors,
    ),
    ...section(
      'not traded',
      countBy(refusals, ({ code }) => code),
      colors,
    ),
    ...(open.length === 0 ? [] : ['', `${counted(open.length, 'trade')} open at the last price`]),
    ...(findings.length === 0 ? [] : ['', colors.bold('doubts')]),
    ...findings.map(({ level, file, line, text }) => {
      const place = file === null ? '' : `${file}${line === null ? '' : `:${line}`}: `;
      return `  ${level === 'warning' ? colors.yellow('warning') : 'note   '}  ${printable(`${place}${text}`)}`;
    }),
  ];
}

function totals({ capitalUsd, trades, equity, bounds, path }: BacktestResult): [string, string][] {
  const net = sum(trades.map(({ netUsd }) => netUsd));
  const won = trades.filter(({ netUsd }) => amount(netUsd).gt(0)).length;
  const depend = trades.filter(({ dependsOnOrder }) => dependsOnOrder).length;
  const end = equity.at(-1)?.equityUsd ?? Number(capitalUsd);
  const cost = (pick: (trade: ClosedTrade) => string) => sum(trades.map(pick)).toFixed(2);
  return [
    ['capital', `${capitalUsd} USD, at the end ${end.toFixed(2)} USD`],
    [
      'trades',
      `${trades.length} closed, ${trades.length === 0 ? 0 : Math.round((won / trades.length) * 100)} % won`,
    ],
    ['net', `${net.toFixed(2)} USD`],
    [
      'costs',
      `fees ${cost(({ feesUsd }) => feesUsd)}, funding ${cost(({ fundingUsd }) => fundingUsd)}, spread and slippage ${cost(({ slippageUsd }) => slippageUsd)} USD`,
    ],
    ['candles', `read with the ${path} extreme first`],
    ...(bounds === null
      ? []
      : ([
          ['worst first', `${amount(bounds.worst.netUsd).toFixed(2)} USD in ${bounds.worst.trades} trades`],
          ['best first', `${amount(bounds.best.netUsd).toFixed(2)} USD in ${bounds.best.trades} trades`],
          ['depend on it', `${depend} of ${trades.length} trades`],
        ] satisfies [string, string][])),
  ];
}

function section(title: string, counts: [string, number][], colors: Colors): string[] {
  if (counts.length === 0) return [];
  return [
    '',
    colors.bold(title),
    ...counts.map(([name, count]) => `  ${String(count).padStart(6)}  ${name}`),
  ];
}

function countBy<Row>(rows: readonly Row[], nameOf: (row: Row) => string): [string, number][] {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(nameOf(row), (counts.get(nameOf(row)) ?? 0) + 1);
  return [...counts].toSorted(([, one], [, other]) => other - one);
}

const day = (t: number): string => new Date(t).toISOString().slice(0, 16).replace('T', ' ');
