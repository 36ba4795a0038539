import { Command, Option } from 'commander';
import type { Pnl, PnlGroup } from '#api/schemas/performance.ts';
import { VENUES } from '#domain/ids.ts';
import { csvLine } from '#domain/csv.ts';
import { METRICS, type MetricName } from '#domain/metrics/definitions.ts';
import { counted, paintPnl, renderTable, type Column } from '#terminal/output.ts';
import { openContext } from '../context.ts';
import { endOf, startOf } from '../day-option.ts';
import { findAgent } from '../find-agent.ts';
import { metricText } from '#terminal/metric.ts';

const GROUPS = ['day', 'week', 'month', 'agent', 'venue', 'source', 'instrument'] as const;

interface Options {
  by: (typeof GROUPS)[number];
  from?: number;
  to?: number;
  agent?: string;
  deployment?: string;
  venue?: string;
  csv?: boolean;
  json?: boolean;
}

/** `signalman pnl`: realised profit by day, week, month, agent, venue, source or instrument. */
export const pnlCommand = (): Command =>
  new Command('pnl')
    .description('show realised profit, fees and funding by day, or by what you choose')
    .addOption(new Option('--by <what>', 'what a line stands for').choices([...GROUPS]).default('day'))
    .option('--from <day>', 'from a day or month on (UTC)', startOf)
    .option('--to <day>', 'up to a day or month (UTC), that one included', endOf)
    .option('--agent <name>', 'only of this agent')
    .option('--deployment <id>', 'only of this deployment, by its id or the last 6 characters of it')
    .addOption(new Option('--venue <venue>', 'only at this venue').choices([...VENUES]))
    .option('--csv', 'print CSV')
    .option('--json', 'print JSON')
    .addHelpText('after', EXPLANATION)
    .action(run);

const EXPLANATION = `
Profit, fees and funding count in the hour in which they happened, trades in the hour in which they closed. Positions
that were taken over are left out. Each number is defined in docs/metrics.md and by: signalman stats --definitions`;

async function run({ agent, deployment, csv, json, ...rest }: Options): Promise<void> {
  const { api, out } = openContext();
  const agentId = agent === undefined ? undefined : (await findAgent(api, agent)).id;
  const pnl = await api.get<Pnl>('/metrics/pnl', { ...rest, agentId, deploymentId: deployment });
  if (json) return out.json(pnl);
  if (csv) return void process.stdout.write(toCsv(rest.by, pnl.groups));
  if (pnl.groups.length === 0) return out.line('nothing was earned or paid in that time');
  const rows = pnl.total ? [...pnl.groups, { ...pnl.total, key: 'total' }] : pnl.groups;
  const columns = [keyColumn(rest.by), ...NUMBERS.map(numberColumn)];
  const painted = columns.map((column) =>
    column.title === 'NET'
      ? { ...column, paint: (text: string, { netUsd }: PnlGroup) => paintPnl(out.colors, text, netUsd) }
      : column,
  );
  for (const line of renderTable(painted, rows, out.colors)) out.line(line);
  if (pnl.waiting > 0) out.line(`${counted(pnl.waiting, 'change')} not counted yet`);
}

const NUMBERS = [
  ['NET', 'netUsd'],
  ['GROSS', 'grossUsd'],
  ['FEES', 'feesUsd'],
  ['FUNDING', 'fundingUsd'],
  ['TRADES', 'trades'],
  ['WON', 'winRate'],
  ['AVERAGE', 'expectancyUsd'],
] as const satisfies readonly (readonly [string, MetricName & keyof PnlGroup])[];

const keyColumn = (by: string): Column<PnlGroup> => ({
  title: by === 'day' || by === 'week' || by === 'month' ? `${by.toUpperCase()} (UTC)` : by.toUpperCase(),
  cell: ({ key }) => key,
});

const numberColumn = ([title, name]: (typeof NUMBERS)[number]): Column<PnlGroup> => ({
  title,
  cell: (group) => metricText(name, group[name]),
  align: 'right',
});

/** Returns every number of each group, under the names of the definitions. */
function toCsv(by: string, groups: readonly PnlGroup[]): string {
  const names = Object.keys(METRICS).filter((name) => groups[0] && name in groups[0]);
  const rows = groups.map((group) => {
    const values: Readonly<Record<string, string | number | null>> = group;
    return [group.key, ...names.map((name) => values[name] ?? null)];
  });
  return [[by, ...names], ...rows].map(csvLine).join('');
}
