import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Deployment } from '#api/schemas/deployment.ts';
import { pauseDeployment, resumeDeployment } from '../../api/commands.ts';
import { accountQuery, deploymentsQuery, positionsQuery } from '../../api/queries.ts';
import { sumOf } from '../../format/money.ts';
import { venueTitle, worded } from '../../format/words.ts';
import { Pnl, Usd } from '../../ui/amounts.tsx';
import { Badge, StateBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { PageHead } from '../../ui/panel.tsx';
import { ShortId } from '../../ui/short-id.tsx';
import { Empty, Read } from '../../ui/states.tsx';
import { ChangeLimits } from './change-limits.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import { tell, tellFailure } from '../../ui/toasts.tsx';
import { usePageTitle } from '../../ui/use-page-title.ts';

/** Subscriptions to agents with their wallets, limits and keys. */
export function DeploymentsPage() {
  usePageTitle('Deployments');
  const query = useQuery(deploymentsQuery());
  return (
    <>
      <PageHead
        title="Deployments"
        about="Agents that trade for a wallet. The keys held here can trade and cannot withdraw."
      />
      <section className="panel">
        <Read query={query}>
          {({ items }) => (
            <Table
              caption="Deployments"
              columns={COLUMNS}
              rows={items}
              keyOf={({ id }) => id}
              empty={<Empty title="No agent is deployed.">Deploy one from its page.</Empty>}
            />
          )}
        </Read>
      </section>
    </>
  );
}

const COLUMNS: readonly Column<Deployment>[] = [
  {
    name: 'Agent',
    cell: ({ agentId, agentName, id }) => (
      <>
        <Link to="/agents/$id" params={{ id: agentId }}>
          <strong>{agentName}</strong>
        </Link>
        <span className="under">
          <ShortId id={id} what="the id of the deployment" />
        </span>
      </>
    ),
  },
  { name: 'State', cell: ({ status }) => <StateBadge state={status} /> },
  {
    name: 'Wallet',
    cell: ({ walletAddress }) => <ShortId id={walletAddress} what="the address of the wallet" />,
  },
  { name: 'Equity', isNumber: true, cell: ({ id }) => <Equity id={id} /> },
  { name: 'Open', isNumber: true, cell: ({ id }) => <OpenTrades id={id} /> },
  {
    name: 'Limits',
    isMinor: true,
    cell: (deployment) => (
      <>
        <Usd value={deployment.maxNotionalUsd} /> USD a trade
        <span className="under">
          {deployment.maxLeverage}x, {deployment.maxOpenPositions} open at a time
        </span>
      </>
    ),
  },
  { name: 'Trading keys', isMinor: true, cell: ({ tradingKeys }) => <Keys keys={tradingKeys} /> },
  { name: 'Billed', isMinor: true, cell: ({ isBilled }) => (isBilled ? 'yes' : 'no') },
  {
    name: 'Acts',
    isNameHidden: true,
    isNumber: true,
    cell: (deployment) => (
      <div className="row acts">
        <ChangeLimits deployment={deployment} />
        <Pause deployment={deployment} />
      </div>
    ),
  },
];

/** Accounts are asked for at their venues, out of the budget that trading has. */
const EQUITY_EVERY_MS = 60_000;

function Equity({ id }: { id: string }) {
  const { data, isError } = useQuery({
    ...accountQuery(id),
    staleTime: EQUITY_EVERY_MS,
    refetchInterval: EQUITY_EVERY_MS,
  });
  if (isError) return <span className="quiet">not read</span>;
  return (
    <>
      <Usd value={data?.equityUsd ?? null} />
      <span className="under">
        <Usd value={data?.freeMarginUsd ?? null} /> free
      </span>
    </>
  );
}

function OpenTrades({ id }: { id: string }) {
  const { data } = useQuery(positionsQuery());
  const own = data?.items.filter(({ deploymentId }) => deploymentId === id) ?? [];
  return (
    <>
      {own.length}
      <span className="under">
        <Pnl value={sumOf(own.map(({ unrealizedUsd }) => unrealizedUsd))} />
      </span>
    </>
  );
}

const Keys = ({ keys }: { keys: Deployment['tradingKeys'] }) => (
  <span className="row">
    {keys.map(({ venue, address, status, warning }) => (
      <Badge key={address} tone={warning ? 'warn' : status === 'approved' ? 'gain' : 'neutral'}>
        {venueTitle(venue)}: {warning ? worded(warning) : status}
      </Badge>
    ))}
  </span>
);

function Pause({ deployment: { id, agentName, status } }: { deployment: Deployment }) {
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: () => (status === 'active' ? pauseDeployment(id) : resumeDeployment(id)),
    onSuccess: async () => {
      tell(status === 'active' ? `${agentName} takes no new trades` : `${agentName} takes new trades again`);
      await client.invalidateQueries({ queryKey: ['deployments'] });
    },
    onError: (error) => tellFailure(`${agentName} was not changed`, error),
  });
  if (status === 'archived') return null;
  const act = status === 'active' ? 'Pause' : 'Resume';
  return (
    <Button
      className="button small"
      busy={change.isPending}
      aria-label={`${act} ${agentName}`}
      onClick={() => change.mutate()}
    >
      {act}
    </Button>
  );
}
