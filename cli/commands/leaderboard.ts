import { Command, Option } from 'commander';
import type { Leaderboard } from '#api/schemas/performance.ts';
import { VENUES } from '#domain/ids.ts';
import type { MetricName } from '#domain/metrics/definitions.ts';
import { RANKED_TRADES, UNRANKED } from '#domain/metrics/leaderboard.ts';
import { WINDOW_NAMES } from '#domain/metrics/windows.ts';
import { renderTable, type Column } from '#terminal/output.ts';
import { openContext, wholeNumber } from '../context.ts';
import { metricText } from '#terminal/metric.ts';

interface Options {
  window: string;
  venue?: string;
  minTrades: number;
  limit: number;
  json?: boolean;
}

type Entry = Leaderboard['agents'][number];

/** `signalman leaderboard`: published agents by their APR. */
export const leaderboardCommand = (): Command =>
  new Command('leaderboard')
    .description('list published agents by APR, and those without a rank with the reason')
    .addOption(new Option('--window <window>', 'over how long').choices([...WINDOW_NAMES]).default('30d'))
    .addOption(new Option('--venue <venue>', 'only what they did at this venue').choices([...VENUES]))
    .option('--min-trades <n>', 'trades that a rank needs', wholeNumber(1, 10_000), RANKED_TRADES)
    .option('--limit <n>', 'how many', wholeNumber(1, 500), 100)
    .option('--json', 'print JSON')
    .action(run);

async function run({ json, ...query }: Options): Promise<void> {
  const { api, out } = openContext();
  const board = await api.get<Leaderboard>('/leaderboard', query);
  if (json) return out.json(board);
  if (board.agents.length === 0)
    return out.line('no published agent has traded yet; publish one with: signalman agents publish <name>');
  for (const line of renderTable(COLUMNS, board.agents, out.colors)) out.line(line);
  const reasons = new Set(board.agents.flatMap(({ unranked }) => unranked ?? []));
  if (reasons.size > 0) out.line();
  for (const reason of reasons) out.line(`${reason}: ${UNRANKED[reason]}`);
}

const numberColumn = (title: string, name: MetricName & keyof Entry['numbers']): Column<Entry> => ({
  title,
  cell: ({ numbers }) => metricText(name, numbers[name]),
  align: 'right',
});

const COLUMNS: Column<Entry>[] = [
  { title: 'RANK', cell: ({ rank, unranked }) => (rank === null ? String(unranked) : String(rank)) },
  { title: 'AGENT', cell: ({ name }) => name },
  numberColumn('APR', 'aprPct'),
  numberColumn('NET', 'netUsd'),
  numberColumn('SHARPE', 'sharpe'),
  numberColumn('DRAWDOWN', 'maxDrawdownPct'),
  numberColumn('WON', 'winRate'),
  numberColumn('TRADES', 'trades'),
  numberColumn('DAYS', 'days'),
];
