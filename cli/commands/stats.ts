import { Command } from 'commander';
import type { MetricDefinitions, Overview } from '#api/schemas/performance.ts';
import { METRIC_NAMES, METRICS } from '#domain/metrics/definitions.ts';
import { counted, renderTable, type Column } from '#terminal/output.ts';
import { openContext } from '../context.ts';
import { metricText } from '#terminal/metric.ts';

interface Options {
  definitions?: boolean;
  json?: boolean;
}

/** `signalman stats`: how much there is of everything; `--definitions`: what each number is. */
export const statsCommand = (): Command =>
  new Command('stats')
    .description('show how much there is of everything, profit by window and routing by day')
    .option('--definitions', 'print instead what each number is, with formula and unit')
    .option('--json', 'print JSON')
    .action(run);

async function run({ definitions, json }: Options): Promise<void> {
  const { api, out } = openContext();
  if (definitions) return printDefinitions(json);
  const overview = await api.get<Overview>('/metrics/overview');
  if (json) return out.json(overview);
  const { agents, published, deployments, wallets, sources, liveTrades, unrealizedUsd } = overview;
  out.line(
    `${counted(agents, 'agent')} (${published} published), ${counted(deployments, 'deployment')} of ` +
      `${counted(wallets, 'wallet')}, ${counted(sources, 'source')}`,
  );
  out.line(
    `${counted(liveTrades, 'live trade')}, unrealised ${metricText('unrealizedUsd', unrealizedUsd)} USD`,
  );
  out.line();
  const rows = Object.entries(overview.windows).flatMap(([key, total]) => (total ? [{ ...total, key }] : []));
  for (const line of renderTable(WINDOWS, rows, out.colors)) out.line(line);
  if (overview.routing.length === 0) return;
  out.line();
  for (const line of renderTable(ROUTING, overview.routing, out.colors)) out.line(line);
}

/** Prints the list that the program carries: it needs no running system. */
function printDefinitions(json = false): void {
  const { out } = openContext();
  const metrics: MetricDefinitions['metrics'] = METRIC_NAMES.map((name) => ({ name, ...METRICS[name] }));
  if (json) return out.json({ metrics });
  for (const { name, title, unit, formula, sentence } of metrics) {
    out.line(out.colors.bold(`${title} (${name}, ${unit})`));
    out.line(`  ${sentence}`);
    out.line(out.colors.dim(`  = ${formula}`));
  }
}

type WindowRow = NonNullable<Overview['windows'][string]>;
const WINDOWS: Column<WindowRow>[] = [
  { title: 'WINDOW', cell: ({ key }) => key },
  { title: 'NET', cell: ({ netUsd }) => metricText('netUsd', netUsd), align: 'right' },
  { title: 'VOLUME', cell: ({ volumeUsd }) => Number(volumeUsd).toFixed(2), align: 'right' },
  { title: 'TRADES', cell: ({ trades }) => String(trades), align: 'right' },
  { title: 'WON', cell: ({ winRate }) => metricText('winRate', winRate), align: 'right' },
  { title: 'POST TO ORDER', cell: ({ latencyMs }) => metricText('latencyMs', latencyMs), align: 'right' },
];

const ROUTING: Column<Overview['routing'][number]>[] = [
  { title: 'DAY (UTC)', cell: ({ day }) => day },
  { title: 'ROUTED TO', cell: ({ venue }) => venue ?? 'no venue' },
  { title: 'TRADES', cell: ({ trades }) => String(trades), align: 'right' },
  { title: 'MEDIAN', cell: ({ medianMs }) => `${medianMs.toFixed(1)} ms`, align: 'right' },
];
