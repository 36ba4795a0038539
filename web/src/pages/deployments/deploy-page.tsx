import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Deployment } from '#api/schemas/deployment.ts';
import { reasonOf } from '../../api/refusals.ts';
import { createDeployment } from '../../api/commands.ts';
import { agentQuery, deploymentsQuery } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { PageHead, Panel } from '../../ui/panel.tsx';
import { Select } from '../../ui/select.tsx';
import { Read } from '../../ui/states.tsx';
import { usePageTitle } from '../../ui/use-page-title.ts';
import { ApproveKeys } from './approve-keys.tsx';
import { WalletField } from './wallet-field.tsx';
import './deploy-page.css';

const route = getRouteApi('/agents/$id/deploy');

/** Deploys an agent in three steps: the wallet and limits, the approval of the key, done. */
export function DeployPage() {
  usePageTitle('Deploy');
  const { id } = route.useParams();
  const agent = useQuery(agentQuery(id));
  const [made, setMade] = useState<Deployment | null>(null);
  // The list is read again after each approval, and has the newest state of the keys.
  const deployments = useQuery(deploymentsQuery());
  const newest = deployments.data?.items.find((each) => each.id === made?.id) ?? made;
  const isApproved = newest?.tradingKeys.every(({ status }) => status === 'approved') ?? false;
  return (
    <>
      <PageHead
        title={agent.data ? `Deploy ${agent.data.name}` : 'Deploy'}
        about="The key that is made here can trade for the wallet and cannot withdraw from it."
      />
      <Steps at={newest === null ? 0 : isApproved ? 2 : 1} />
      <Read query={agent}>
        {({ id: agentId }) => {
          if (newest === null) return <LimitsForm agentId={agentId} onMade={setMade} />;
          return isApproved ? <Done deployment={newest} /> : <ApproveKeys deployment={newest} />;
        }}
      </Read>
    </>
  );
}

const STEPS = ['Wallet and limits', 'Approve the key', 'Trading'] as const;

const Steps = ({ at }: { at: number }) => (
  <ol className="steps" aria-label="Steps">
    {STEPS.map((name, index) => (
      <li key={name} aria-current={index === at ? 'step' : undefined} className={index < at ? 'passed' : ''}>
        <span className="step-number" aria-hidden="true">
          {index < at ? '✓' : index + 1}
        </span>
        {name}
      </li>
    ))}
  </ol>
);

const VENUE_CHOICES = [
  ['hyperliquid', 'Hyperliquid'],
  ['ostium', 'Ostium'],
] as const;
type VenueChoice = (typeof VENUE_CHOICES)[number][0];
const isVenue = (value: string): value is VenueChoice => VENUE_CHOICES.some(([venue]) => venue === value);

const ADDRESS = /^0x[0-9a-fA-F]{40}$/;

function LimitsForm({ agentId, onMade }: { agentId: string; onMade: (made: Deployment) => void }) {
  const client = useQueryClient();
  const [wallet, setWallet] = useState('');
  const [venue, setVenue] = useState<VenueChoice>('hyperliquid');
  const [limits, setLimits] = useState({ maxNotionalUsd: '1000', maxLeverage: '1', maxOpenPositions: '3' });
  const create = useMutation({
    mutationFn: () =>
      createDeployment(agentId, {
        ...(wallet !== '' && { walletAddress: wallet }),
        venue,
        maxNotionalUsd: limits.maxNotionalUsd,
        maxLeverage: Number(limits.maxLeverage),
        maxOpenPositions: Number(limits.maxOpenPositions),
      }),
    onSuccess: async (made) => {
      onMade(made);
      await client.invalidateQueries({ queryKey: ['deployments'] });
    },
  });
  const isWalletWrong = wallet !== '' && !ADDRESS.test(wallet);
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isWalletWrong) create.mutate();
      }}
    >
      <div className="split">
        <Panel title="Whose funds">
          <div className="stack">
            <WalletField value={wallet} isWrong={isWalletWrong} onChange={setWallet} />
            <Select
              label="First venue"
              value={venue}
              options={VENUE_CHOICES}
              onChoose={(chosen) => isVenue(chosen) && setVenue(chosen)}
            />
          </div>
        </Panel>
        <Panel title="Limits">
          <div className="stack">
            <Field
              label="Largest trade"
              unit="USD"
              inputMode="decimal"
              required
              pattern="\d+(\.\d+)?"
              value={limits.maxNotionalUsd}
              onChange={({ target }) => setLimits({ ...limits, maxNotionalUsd: target.value })}
            />
            <Field
              label="Largest leverage"
              unit="x, of the whole account"
              type="number"
              min={1}
              max={50}
              required
              value={limits.maxLeverage}
              onChange={({ target }) => setLimits({ ...limits, maxLeverage: target.value })}
            />
            <Field
              label="Open at a time"
              unit="positions"
              type="number"
              min={1}
              max={100}
              required
              value={limits.maxOpenPositions}
              onChange={({ target }) => setLimits({ ...limits, maxOpenPositions: target.value })}
            />
          </div>
        </Panel>
      </div>
      {create.error && (
        <p role="alert" className="loss">
          {reasonOf(create.error)}
        </p>
      )}
      <div className="row">
        <Button type="submit" kind="primary" busy={create.isPending}>
          {create.isPending ? 'Making the key' : 'Make the trading key'}
        </Button>
      </div>
    </form>
  );
}

const Done = ({ deployment }: { deployment: Deployment }) => (
  <Panel title="It trades">
    <div className="stack">
      <p>
        {deployment.agentName} takes new signals for this wallet from now on, within its limits. What it opens
        appears under <Link to="/positions">Positions</Link>.
      </p>
      <p className="quiet">
        To stop it, pause it under <Link to="/deployments">Deployments</Link>, or remove its key at the venue.
      </p>
    </div>
  </Panel>
);
