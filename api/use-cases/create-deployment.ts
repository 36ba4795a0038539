import type { DecimalString } from '#domain/money.ts';
import type { SizeModel } from '#domain/sizing.ts';
import type { VenueName } from '#domain/ids.ts';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import {
  createDeployment,
  findEarlierTrial,
  type DeploymentRecord,
} from '#prisma/repositories/deployments.ts';
import { sealKey } from '#venues/keys/sealed-key.ts';
import { createTradingKey } from '#venues/keys/trading-signer.ts';
import { findVenue, type ApiDeps } from '../deps.ts';
import type { Principal } from '../plugins/auth.ts';
import { ProblemError } from '../problem.ts';
import { refuseSharedWallet } from './refuse-shared-wallet.ts';
import { WalletProvisioningError } from '../wallet-provisioner.ts';

/** A request for a deployment; a wallet is made when none is given. */
export interface DeploymentRequest {
  agentId: string;
  walletAddress: string | null;
  venue: VenueName;
  maxLeverage: number;
  maxNotionalUsd: DecimalString;
  maxOpenPositions: number;
  sizeModel: SizeModel | null;
  isBilled: boolean;
  fundUsdc: DecimalString;
}

const TRIAL_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * Makes a deployment with a fresh trading key, sealed for it alone. For a wallet that was given, the key is
 * pending until its owner approves it at the venue; a wallet made here has approved it already.
 */
export async function makeDeployment(
  deps: ApiDeps,
  principal: Principal,
  request: DeploymentRequest,
): Promise<DeploymentRecord> {
  const { venue, walletAddress, fundUsdc: _fundUsdc, ...limits } = request;
  if (!findVenue(deps, venue)) throw new ProblemError('venue_not_configured', `${venue} is not configured.`);
  const isMade = walletAddress === null;
  const keys = new Map(venuesFor(deps, request).map((each) => [each, createTradingKey()]));
  const wallet = walletAddress?.toLowerCase() ?? (await makeWallet(deps, request, keys));
  const draft = {
    ...limits,
    userId: principal.userId,
    walletAddress: wallet,
    // Who comes back has had the trial.
    trialEndsAt:
      (await findEarlierTrial(deps.db, { agentId: limits.agentId, walletAddress: wallet })) ??
      deps.now() + TRIAL_MS,
  };
  return deps.db.$transaction(async (tx) => {
    const made = await createDeployment(tx, draft, (deploymentId) =>
      [...keys].map(([name, { address, privateKey }]) => ({
        ...sealKey(deps.masterKeys[0], { deploymentId, venue: name, address }, privateKey),
        venue: name,
        address,
        status: isMade ? 'approved' : 'pending',
      })),
    );
    if (!made) throw new ProblemError('deployment_exists', `The agent already trades for ${wallet}.`);
    await refuseSharedWallet(deps, tx, { venue, walletAddress: wallet, deploymentId: made.id });
    await recordChange(tx, {
      actor: principal.name,
      action: 'deployment.create',
      subject: `deployment/${made.id}`,
      after: { ...draft, venue, tradingKey: keys.get(venue)?.address ?? '' },
    });
    return made;
  });
}

/** Returns the venues to make trading keys for. A wallet made here can trade at each sandbox. */
const venuesFor = (
  { walletProvisioner }: ApiDeps,
  { venue, walletAddress }: DeploymentRequest,
): VenueName[] => [...new Set([venue, ...(walletAddress === null ? (walletProvisioner?.venues ?? []) : [])])];

async function makeWallet(
  { walletProvisioner }: ApiDeps,
  { venue, fundUsdc }: DeploymentRequest,
  keys: ReadonlyMap<VenueName, { address: string }>,
): Promise<string> {
  if (walletProvisioner?.venues.includes(venue) !== true) throw new ProblemError('wallet_needed');
  try {
    const tradingKeys = new Map([...keys].map(([name, { address }]) => [name, address]));
    const { walletAddress } = await walletProvisioner.provision({ tradingKeys, usdc: fundUsdc });
    return walletAddress;
  } catch (error) {
    if (!(error instanceof WalletProvisioningError)) throw error;
    throw new ProblemError('wallet_not_provisioned', error.message, { cause: error });
  }
}
