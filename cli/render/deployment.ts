import type { Deployment } from '#api/schemas/deployment.ts';
import { keyNameOf } from '#domain/trading-key.ts';
import { shortId } from '#terminal/output.ts';

/** Returns lines that say how a deployment stands, and how its keys are approved. */
export function describeDeployment({
  id,
  agentName,
  walletAddress,
  tradingKeys,
  ...deployment
}: Deployment): string[] {
  const pending = tradingKeys.filter((key) => key.status === 'pending');
  return [
    `deployment ${shortId(id)} of ${agentName} for wallet ${walletAddress}: ${standingOf({ tradingKeys, ...deployment })}`,
    ...tradingKeys.map(describeKey),
    ...pending.map(({ address, venue }) => `approve ${address} with the wallet at ${venue}${HOW[venue](id)}`),
    ...(pending.length > 0
      ? [
          `then run: signalman deployments approval ${shortId(id)}`,
          `for a wallet of test money both in one: signalman approve ${shortId(id)} --key-file FILE`,
        ]
      : []),
  ];
}

/** Returns how a deployment stands: one without an approved key is active and still trades nowhere. */
export function standingOf({
  status,
  isBilled,
  tradingKeys,
}: Pick<Deployment, 'status' | 'isBilled' | 'tradingKeys'>): string {
  const canTrade = tradingKeys.some((key) => key.active && key.status === 'approved');
  const waits = status === 'active' && !canTrade ? ', trades nowhere until a key is approved' : '';
  return `${status}${waits}${isBilled ? '' : ', not billed'}`;
}

type TradingKey = Deployment['tradingKeys'][number];

function describeKey(key: TradingKey): string {
  const until = key.validUntil === null ? '' : `, valid until ${new Date(key.validUntil).toISOString()}`;
  const role = key.active || key.status === 'revoked' ? '' : ', waits to replace the one that signs';
  const warning = key.warning === null ? '' : ` (${WARNINGS[key.warning]})`;
  return `trading key ${key.address} at ${key.venue}: ${key.status}${until}${role}${warning}`;
}

const WARNINGS: Record<NonNullable<TradingKey['warning']>, string> = {
  expired: 'it has expired: replace it with signalman deployments key rotate',
  not_approved: 'the venue does not accept it',
  expires_soon: 'it expires soon: replace it with signalman deployments key rotate',
};

const HOW: Record<TradingKey['venue'], (deploymentId: string) => string> = {
  hyperliquid: (id) => ` under the name ${keyNameOf(id)}`,
  ostium: () => ' as its delegate, and send it some ETH for gas',
};
