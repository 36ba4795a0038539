import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Leaderboard, Overview } from '#api/schemas/performance.ts';
import type { Agent } from '#api/schemas/agent.ts';
import { agentsQuery, leaderboardQuery, overviewQuery, type LeaderboardWindow } from '../../api/queries.ts';
import { confidence, ratio, share } from '../../format/money.ts';
import { worded } from '../../format/words.ts';
import { Pnl, Return } from '../../ui/amounts.tsx';
import { Badge, StateBadge } from '../../ui/badge.tsx';
import { Choice } from '../../ui/field.tsx';
import { Figures, PageHead, Panel } from '../../ui/panel.tsx';
import { Empty, Read } from '../../ui/states.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import { usePageTitle } from '../../ui/use-page-title.ts';

type Ranked = Leaderboard['agents'][number];

/** Published agents by their return, and all others. */
export function HomePage() {
  usePageTitle('Leaderboard');
  const [window, setWindow] = useState<LeaderboardWindow>('30d');
  const leaderboard = useQuery(leaderboardQuery(window));
  const overview = useQuery(overviewQuery());
  const agents = useQuery(agentsQuery());
  return (
    <>
      <PageHead
        title="Leaderboard"
        about="Published agents by yearly return on capital; a rank needs enough trades."
      >
        <Choice
          label="Window"
          value={window}
          onChoose={setWindow}
          options={[
            ['30d', '30 days'],
            ['90d', '90 days'],
            ['all', 'All time'],
          ]}
        />
      </PageHead>
      {overview.data && <Sums overview={overview.data} window={window} />}
      <Panel title="Published" flush>
        <Read query={leaderboard}>
          {(board) => (
            <Table
              caption="Leaderboard"
              columns={RANKED}
              rows={board.agents}
              keyOf={({ agentId }) => agentId}
              empty={
                <Empty title="No agent is published yet.">
                  Publish one on its page; its numbers are then ranked here, with their definitions.
                </Empty>
              }
            />
          )}
        </Read>
      </Panel>
      <Panel
        title="All agents"
        actions={
          <Link to="/agents/new" className="button small">
            Create an agent
          </Link>
        }
        flush
      >
        <Read query={agents}>{({ items }) => <AgentTable agents={items} />}</Read>
      </Panel>
    </>
  );
}

function Sums({ overview, window }: { overview: Overview; window: LeaderboardWindow }) {
  const sums = overview.windows[window];
  return (
    <Figures
      figures={[
        ['Net profit', <Pnl key="net" value={sums?.netUsd ?? null} />, 'USD after fees and funding'],
        ['Trades', sums?.trades ?? 0, `${share(sums?.winRate ?? null)} won`],
        ['Profit factor', ratio(sums?.profitFactor ?? null), 'won over lost'],
        ['Open now', overview.liveTrades, <Pnl key="open" value={overview.unrealizedUsd} />],
        ['Agents', overview.agents, `${overview.published} published`],
        ['Sources', overview.sources, `${overview.deployments} deployments`],
      ]}
    />
  );
}

const RANKED: readonly Column<Ranked>[] = [
  {
    name: 'Rank',
    isNumber: true,
    cell: ({ rank, unranked }) => rank ?? <span title={unranked ? worded(unranked) : undefined}>–</span>,
  },
  {
    name: 'Agent',
    cell: ({ agentId, name, unranked }) => (
      <>
        <Link to="/agents/$id" params={{ id: agentId }}>
          <strong>{name}</strong>
        </Link>
        {unranked && <span className="under">no rank: {worded(unranked)}</span>}
      </>
    ),
  },
  { name: 'APR', isNumber: true, cell: ({ numbers }) => <Return value={numbers.aprPct} /> },
  { name: 'Net', isNumber: true, cell: ({ numbers }) => <Pnl value={numbers.netUsd} /> },
  { name: 'Sharpe', isNumber: true, cell: ({ numbers }) => ratio(numbers.sharpe) },
  { name: 'Win rate', isNumber: true, cell: ({ numbers }) => share(numbers.winRate) },
  {
    name: 'Profit factor',
    isNumber: true,
    isMinor: true,
    cell: ({ numbers }) => ratio(numbers.profitFactor),
  },
  {
    name: 'Max. drawdown',
    isNumber: true,
    isMinor: true,
    cell: ({ numbers }) => (
      <Return value={numbers.maxDrawdownPct === null ? null : -Math.abs(numbers.maxDrawdownPct)} />
    ),
  },
  { name: 'Trades', isNumber: true, cell: ({ numbers }) => numbers.trades },
];

const AGENTS: readonly Column<Agent>[] = [
  {
    name: 'Agent',
    cell: ({ id, name }) => (
      <Link to="/agents/$id" params={{ id }}>
        <strong>{name}</strong>
      </Link>
    ),
  },
  {
    name: 'State',
    cell: ({ status, isPublished }) => (
      <span className="row">
        <StateBadge state={status} />
        {isPublished && <Badge tone="accent">Published</Badge>}
      </span>
    ),
  },
  {
    name: 'Sources',
    cell: ({ sources }) =>
      sources.length === 0 ? (
        <span className="quiet">by hand only</span>
      ) : (
        sources
          .slice(0, 3)
          .map(({ handle }) => handle)
          .join(', ')
      ),
  },
  { name: 'Size', isMinor: true, cell: ({ sizeModel }) => sizeOf(sizeModel) },
  {
    name: 'Least sure',
    isNumber: true,
    isMinor: true,
    cell: ({ minConfidence }) => confidence(minConfidence),
  },
];

const sizeOf = (model: Agent['sizeModel']): string => {
  if (model.mode === 'fixedNotional') return `${model.notionalUsd} USD`;
  return `${model.percent ?? '–'} % of equity ${model.mode === 'riskPercent' ? 'at risk' : ''}`;
};

const AgentTable = ({ agents }: { agents: readonly Agent[] }) => (
  <Table
    caption="Agents"
    columns={AGENTS}
    rows={agents}
    keyOf={({ id }) => id}
    empty={<Empty title="There is no agent yet.">Create one: it needs a name, and takes sources.</Empty>}
  />
);
