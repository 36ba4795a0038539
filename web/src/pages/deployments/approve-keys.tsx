import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, useSyncExternalStore } from 'react';
import type { Deployment } from '#api/schemas/deployment.ts';
import { askApproval } from '../../api/commands.ts';
import { approveKeys } from '../../session/approve-keys.ts';
import { knownWallets, listenForWallets, type Wallet } from '../../session/wallets.ts';
import { venueTitle } from '../../format/words.ts';
import { StateBadge } from '../../ui/badge.tsx';
import { reasonOf } from '../../api/refusals.ts';
import { Button } from '../../ui/button.tsx';
import { Facts, Panel } from '../../ui/panel.tsx';
import { ShortId } from '../../ui/short-id.tsx';

/** Lets the owner of the wallet approve the trading keys: in the browser, or elsewhere and then checked. */
export function ApproveKeys({ deployment }: { deployment: Deployment }) {
  const client = useQueryClient();
  const wallets = useSyncExternalStore(listenForWallets, knownWallets);
  const [purpose, setPurpose] = useState('');
  const refresh = () => client.invalidateQueries({ queryKey: ['deployments'] });
  const approve = useMutation({
    mutationFn: (wallet: Wallet) => approveKeys(wallet, deployment, setPurpose),
    onSettled: refresh,
  });
  const check = useMutation({ mutationFn: () => askApproval(deployment.id), onSettled: refresh });
  const error = approve.error ?? check.error;
  return (
    <Panel title="Approve the key with the wallet">
      <div className="stack">
        <Facts
          facts={[
            [
              'Wallet',
              <ShortId key="wallet" id={deployment.walletAddress} what="the address of the wallet" />,
            ],
            ...deployment.tradingKeys.map(
              ({ venue, address, status }) =>
                [
                  `Key for ${venueTitle(venue)}`,
                  <span key={address} className="row">
                    <ShortId id={address} what="the address of the key" />
                    <StateBadge state={status} />
                  </span>,
                ] as const,
            ),
          ]}
        />
        <p>
          The venue takes orders of a key once the wallet has approved it. The approval lets the key trade; it
          cannot withdraw.
        </p>
        <div className="row">
          {wallets.map((wallet) => (
            <Button
              key={wallet.uuid}
              kind="primary"
              busy={approve.isPending}
              onClick={() => approve.mutate(wallet)}
            >
              Approve with {wallet.name}
            </Button>
          ))}
          <Button busy={check.isPending} onClick={() => check.mutate()}>
            I approved it elsewhere: ask the venue
          </Button>
        </div>
        {approve.isPending && <p role="status">{purpose || 'Asking what is to be signed'}</p>}
        {check.isSuccess && <p role="status">The venue knows no approval of the key yet.</p>}
        {error && (
          <p role="alert" className="loss">
            {reasonOf(error)}
          </p>
        )}
      </div>
    </Panel>
  );
}
