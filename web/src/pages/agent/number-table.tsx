import type { AgentCardAnswer, MetricDefinitions } from '#api/schemas/performance.ts';
import { percent, ratio, share, signedUsd, usd } from '../../format/money.ts';
import { span } from '../../format/time.ts';
import { titled } from '../../format/words.ts';
import { Empty } from '../../ui/states.tsx';
import { Table, type Column } from '../../ui/table.tsx';

type Windows = NonNullable<AgentCardAnswer['windows']>;
type Performance = Windows['30d'];
type Metric = MetricDefinitions['metrics'][number];
type Named = keyof Performance;

interface Line {
  name: Named;
  metric: Metric | undefined;
}

/** The numbers that are shown, in this order. */
const SHOWN = [
  'netUsd',
  'aprPct',
  'sharpe',
  'sortino',
  'calmar',
  'maxDrawdownPct',
  'trades',
  'winRate',
  'profitFactor',
  'expectancyUsd',
  'expectancyR',
  'bestUsd',
  'worstUsd',
  'averageHoldMs',
  'feesUsd',
  'slippageToCallBps',
  'latencyMs',
] as const satisfies readonly Named[];

/** Numbers of an agent by window; each name explains itself on hover and in the list of definitions. */
export function NumberTable({
  windows,
  definitions,
}: {
  windows: Windows | null;
  definitions: readonly Metric[];
}) {
  if (!windows)
    return (
      <Empty title="Nothing is computed yet.">Numbers follow within minutes of the first closed trade.</Empty>
    );
  const rows = SHOWN.map((name) => ({ name, metric: definitions.find((each) => each.name === name) }));
  const column = (name: string, window: keyof Windows): Column<Line> => ({
    name,
    isNumber: true,
    cell: (line) => shown(line, windows[window]),
  });
  return (
    <Table
      caption="Numbers"
      columns={[NAME, column('30 days', '30d'), column('90 days', '90d'), column('All time', 'all')]}
      rows={rows}
      keyOf={({ name }) => name}
      empty={null}
    />
  );
}

const NAME: Column<Line> = {
  name: 'Number',
  cell: ({ name, metric }) => (
    <>
      <span title={metric?.formula}>{titled(metric?.title ?? name)}</span>
      {metric && <span className="under">{metric.sentence}</span>}
    </>
  ),
};

function shown({ name, metric }: Line, numbers: Performance): string {
  const value = numbers[name];
  if (value === null) return '–';
  if (typeof value === 'string') return name === 'netUsd' ? signedUsd(value) : usd(value);
  return (FORMATS[metric?.unit ?? 'ratio'] ?? ratio)(value);
}

/** How a number of each unit is written. */
const FORMATS: Readonly<Partial<Record<Metric['unit'], (value: number) => string>>> = {
  percent,
  share,
  ms: span,
  count: String,
  days: String,
};
