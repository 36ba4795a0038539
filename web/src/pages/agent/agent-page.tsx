import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { Agent } from '#api/schemas/agent.ts';
import type { AgentCardAnswer } from '#api/schemas/performance.ts';
import { publishAgent } from '../../api/commands.ts';
import { agentCardQuery, agentQuery, definitionsQuery } from '../../api/queries.ts';
import { share } from '../../format/money.ts';
import { span } from '../../format/time.ts';
import { venueTitle, worded } from '../../format/words.ts';
import { Pnl, Usd } from '../../ui/amounts.tsx';
import { Badge, StateBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Moment } from '../../ui/moment.tsx';
import { Facts, Figures, PageHead, Panel } from '../../ui/panel.tsx';
import { Empty, Read } from '../../ui/states.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import { tell, tellFailure } from '../../ui/toasts.tsx';
import { usePageTitle } from '../../ui/use-page-title.ts';
import { PnlBars } from './pnl-bars.tsx';
import { NumberTable } from './number-table.tsx';

const route = getRouteApi('/agents/$id');

/** One agent: its numbers with their definitions, its profit by day, its sources and its rules. */
export function AgentPage() {
  const { id } = route.useParams();
  const agent = useQuery(agentQuery(id));
  const card = useQuery(agentCardQuery(id));
  const definitions = useQuery(definitionsQuery());
  usePageTitle(agent.data?.name ?? 'Agent');
  return (
    <Read query={agent}>
      {(found) => (
        <>
          <PageHead
            title={<Title agent={found} />}
            about={
              <>
                Since <Moment at={found.createdAt} />, version {found.version}
              </>
            }
          >
            <Publish agent={found} />
            <Link to="/agents/$id/deploy" params={{ id }} className="button primary">
              Deploy
            </Link>
          </PageHead>
          <Read query={card}>{(numbers) => <Sums card={numbers} />}</Read>
          <Panel title="Net profit by day">
            <PnlBars agentId={id} />
          </Panel>
          <div className="split">
            <Panel title="Numbers" flush>
              <Read query={card}>
                {({ windows }) => (
                  <NumberTable windows={windows} definitions={definitions.data?.metrics ?? []} />
                )}
              </Read>
            </Panel>
            <div className="stack">
              <Panel title="Sources and what their word was worth" flush>
                <Read query={card}>{({ sources }) => <Sources sources={sources} />}</Read>
              </Panel>
              <Panel title="Venues and exits" flush>
                <Read query={card}>{(numbers) => <Shares card={numbers} />}</Read>
              </Panel>
              <Panel title="Rules">
                <Rules agent={found} />
              </Panel>
            </div>
          </div>
        </>
      )}
    </Read>
  );
}

const Title = ({ agent: { name, status, isPublished } }: { agent: Agent }) => (
  <span className="row">
    {name} <StateBadge state={status} />
    {isPublished && <Badge tone="accent">Published</Badge>}
  </span>
);

function Publish({ agent: { id, name, isPublished } }: { agent: Agent }) {
  const client = useQueryClient();
  const publish = useMutation({
    mutationFn: () => publishAgent(id, !isPublished),
    onSuccess: async () => {
      tell(isPublished ? `${name} is off the leaderboard` : `${name} is on the leaderboard`);
      await client.invalidateQueries({ queryKey: ['agents'] });
    },
    onError: (error) => tellFailure(`${name} was not changed`, error),
  });
  return (
    <Button busy={publish.isPending} onClick={() => publish.mutate()}>
      {isPublished ? 'Take off the leaderboard' : 'Publish'}
    </Button>
  );
}

const Sums = ({ card }: { card: AgentCardAnswer }) => (
  <Figures
    figures={[
      ['Equity', <Usd key="equity" value={card.equityUsd} />, 'USD in its deployments'],
      ['Open', card.openTrades, <Pnl key="open" value={card.unrealizedUsd} />],
      ['Net, 30 days', <Pnl key="net" value={card.windows?.['30d'].netUsd ?? null} />, 'USD'],
      [
        'Win rate, 30 days',
        share(card.windows?.['30d'].winRate ?? null),
        `${card.windows?.['30d'].trades ?? 0} trades`,
      ],
      ['In the market', share(card.timeInMarket), 'of the time'],
    ]}
  />
);

type SourceNumbers = AgentCardAnswer['sources'][number];
const SOURCES: readonly Column<SourceNumbers>[] = [
  {
    name: 'Source',
    cell: ({ handle, kind }) => (
      <>
        {handle}
        <span className="under">{kind}</span>
      </>
    ),
  },
  { name: 'Weight', isNumber: true, cell: ({ weight }) => weight },
  { name: 'Trades', isNumber: true, cell: ({ trades }) => trades },
  { name: 'Win rate', isNumber: true, cell: ({ winRate }) => share(winRate) },
  {
    name: 'Impact',
    about: 'Win rate times average profit, USD',
    isNumber: true,
    cell: ({ impactUsd }) => <Pnl value={impactUsd} />,
  },
];

const Sources = ({ sources }: { sources: readonly SourceNumbers[] }) => (
  <Table
    caption="Sources"
    columns={SOURCES}
    rows={sources}
    keyOf={({ kind, handle }) => `${kind}/${handle}`}
    empty={<Empty title="It listens to no source.">Its calls are made by hand.</Empty>}
  />
);

interface Share {
  name: string;
  kind: string;
  value: string;
}
const SHARES: readonly Column<Share>[] = [
  { name: 'Of', cell: ({ kind }) => <span className="quiet">{kind}</span> },
  { name: 'Name', cell: ({ name }) => name },
  { name: 'Share', isNumber: true, cell: ({ value }) => value },
];

const Shares = ({ card: { venues, exits } }: { card: AgentCardAnswer }) => (
  <Table
    caption="Venues and exits"
    columns={SHARES}
    rows={[
      ...venues.map((each) => ({ kind: 'Venue', name: venueTitle(each.venue), value: share(each.share) })),
      ...exits.map((each) => ({ kind: 'Exit', name: worded(each.reason), value: String(each.trades) })),
    ]}
    keyOf={({ kind, name }) => `${kind}/${name}`}
    empty={<Empty title="No trade has ended yet." />}
  />
);

const Rules = ({ agent }: { agent: Agent }) => (
  <Facts
    facts={[
      [
        'Venues',
        agent.venuePreference.length === 0
          ? 'by the routing rules'
          : agent.venuePreference.map(venueTitle).join(', '),
      ],
      ['Least confidence', share(agent.minConfidence)],
      ['Size', worded(agent.sizeModel.mode)],
      ['Signal lives', span(agent.signalTtlMs)],
      ['Most drift', `${agent.maxDriftPct} %`],
      ['Market score', worded(agent.scoreUse)],
      ['Follow-ups', worded(agent.followUps)],
      ['Opposite calls', worded(agent.oppositeCalls)],
      ['Profit share', worded(agent.profitShare)],
      ['Exits', <ExitText key="exits" barriers={agent.barriers} />],
    ]}
  />
);

function ExitText({ barriers }: { barriers: Agent['barriers'] }) {
  const { stopLoss, takeProfits = [], trailing = [], timeLimitMs } = barriers;
  const stop = stopLoss && ('pct' in stopLoss ? `${stopLoss.pct} %` : 'a price');
  return (
    <>
      {stop && `stop ${stop}`}
      {takeProfits.length > 0 && `, ${takeProfits.length} targets`}
      {trailing[0] && `, trails by ${trailing[0].distancePct} %`}
      {timeLimitMs !== undefined && `, at most ${span(timeLimitMs)}`}
    </>
  );
}
