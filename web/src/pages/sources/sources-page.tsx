import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Source } from '#api/schemas/source.ts';
import { changeSource } from '../../api/commands.ts';
import { sourcesQuery } from '../../api/queries.ts';
import { usd } from '../../format/money.ts';
import { span } from '../../format/time.ts';
import { StateBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Ago, Moment } from '../../ui/moment.tsx';
import { PageHead } from '../../ui/panel.tsx';
import { Empty, Read } from '../../ui/states.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import { tell, tellFailure } from '../../ui/toasts.tsx';
import { usePageTitle } from '../../ui/use-page-title.ts';

/** Where posts come from, and how well that goes. */
export function SourcesPage() {
  usePageTitle('Sources');
  const query = useQuery(sourcesQuery());
  return (
    <>
      <PageHead title="Sources" about="Where posts come from, how often they are read and what that costs." />
      <section className="panel">
        <Read query={query}>
          {({ items }) => (
            <Table
              caption="Sources"
              columns={COLUMNS}
              rows={items}
              keyOf={({ id }) => id}
              empty={<Empty title="There is no source.">Add one with signalman sources add.</Empty>}
            />
          )}
        </Read>
      </section>
    </>
  );
}

const COLUMNS: readonly Column<Source>[] = [
  {
    name: 'Source',
    cell: ({ handle, title, kind }) => (
      <>
        <strong className="reason">{title ?? handle}</strong>
        <span className="under">
          {kind}
          {title !== null && ` · ${handle}`}
        </span>
      </>
    ),
  },
  {
    name: 'State',
    cell: ({ state, lastError, failures }) => (
      <>
        <StateBadge state={state} />
        {lastError !== null && (
          <span className="under reason">
            {lastError} ({failures} in a row)
          </span>
        )}
      </>
    ),
  },
  {
    name: 'Today',
    isNumber: true,
    cell: ({ today, messagesPerDay }) => (
      <>
        {today.messages}
        <span className="under">{Math.round(messagesPerDay)} a day</span>
      </>
    ),
  },
  {
    name: 'Every',
    isNumber: true,
    isMinor: true,
    cell: ({ periodMs }) => (periodMs === null ? 'pushed' : span(periodMs)),
  },
  { name: 'Read', isNumber: true, cell: ({ polledAt }) => <Ago at={polledAt} /> },
  { name: 'Next', isNumber: true, isMinor: true, cell: ({ nextPollAt }) => <Moment at={nextPollAt} /> },
  {
    name: 'Reads this month',
    isNumber: true,
    isMinor: true,
    cell: ({ readsThisMonth, monthlyReads }) => (
      <>
        {readsThisMonth}
        {monthlyReads !== null && <span className="under">of {monthlyReads}</span>}
      </>
    ),
  },
  {
    name: 'Cost a day',
    about: 'USD',
    isNumber: true,
    isMinor: true,
    cell: ({ costPerDayUsd }) => usd(costPerDayUsd),
  },
  {
    name: 'Agents',
    cell: ({ agents, agentCount }) =>
      `${agents.slice(0, 2).join(', ')}${agentCount > 2 ? ` and ${agentCount - 2} more` : ''}`,
  },
  { name: 'Acts', isNameHidden: true, isNumber: true, cell: (source) => <Pause source={source} /> },
];

function Pause({ source: { id, handle, status } }: { source: Source }) {
  const client = useQueryClient();
  const act = status === 'active' ? 'pause' : 'resume';
  const change = useMutation({
    mutationFn: () => changeSource(id, act),
    onSuccess: async () => {
      tell(act === 'pause' ? `${handle} is not read any more` : `${handle} is read again`);
      await client.invalidateQueries({ queryKey: ['sources'] });
    },
    onError: (error) => tellFailure(`${handle} was not changed`, error),
  });
  const title = act === 'pause' ? 'Pause' : 'Resume';
  return (
    <Button
      className="button small"
      busy={change.isPending}
      aria-label={`${title} ${handle}`}
      onClick={() => change.mutate()}
    >
      {title}
    </Button>
  );
}
