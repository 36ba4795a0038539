import { asId, type AccountId, type VenueName } from '#domain/ids.ts';
import { keyNameOf } from '#domain/trading-key.ts';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import type { DeploymentRecord, TradingKeyView } from '#prisma/repositories/deployments.ts';
import type { ApprovalStep, WantedApproval } from '#venues/approval.ts';
import { getVenue, type ApiDeps } from '../deps.ts';
import type { Principal } from '../plugins/auth.ts';
import { ProblemError } from '../problem.ts';
import { checkApprovals } from './check-approvals.ts';

type Onboarded = Pick<DeploymentRecord, 'id' | 'walletAddress' | 'tradingKeys'>;

/** How long a signature is taken after its typed data was given. */
const SIGNED_WITHIN_MS = 3_600_000;
/** Clocks of two API processes may differ by so much. */
const CLOCK_SKEW_MS = 60_000;

/** What a wallet is asked for. */
export interface StepsRequest {
  venue?: VenueName | undefined;
  chainId: number;
  allowanceUsdc: string;
  gasEth: string;
}

/** A step at a venue; a typed one is taken until `expiresAt`, epoch ms. */
export type OnboardingStep = ApprovalStep & { venue: VenueName; expiresAt: number };

/**
 * Returns what the wallet still has to sign or send, venue by venue, so that the keys that wait may trade; nothing once
 * they may. Throws `venue_not_configured` and `VenueError`.
 */
export async function listApprovalSteps(
  deps: Pick<ApiDeps, 'venues' | 'now'>,
  deployment: Onboarded,
  { venue: only, ...request }: StepsRequest,
): Promise<OnboardingStep[]> {
  const keys = waitingKeys(deployment).filter(({ venue }) => only === undefined || venue === only);
  const nonce = deps.now();
  const steps: OnboardingStep[] = [];
  for (const key of keys) {
    const venue = getVenue(deps, key.venue);
    // oxlint-disable-next-line no-await-in-loop -- one venue after the other
    const found = await venue.approvals.steps(wantedFor(deployment, key, { ...request, nonce }));
    steps.push(...found.map((step) => ({ ...step, venue: key.venue, expiresAt: nonce + SIGNED_WITHIN_MS })));
  }
  return steps;
}

/** The wallet's signature of the typed data of a step. */
export interface SignedApproval {
  venue: VenueName;
  chainId: number;
  nonce: number;
  signature: string;
}

/**
 * Hands the wallet's signature to the venue and asks it which keys it accepts then. The key of the deployment, its name
 * and the network are put together anew: what was signed besides is refused. Throws `approval_refused` with the reason,
 * `trading_key_not_found` where no key waits, `venue_not_configured` and `venue_unreachable`.
 */
export async function submitApproval(
  deps: ApiDeps,
  principal: Principal,
  deployment: Onboarded,
  { venue: name, chainId, nonce, signature }: SignedApproval,
): Promise<void> {
  const key = waitingKeys(deployment).find(({ venue }) => venue === name);
  if (!key) throw new ProblemError('trading_key_not_found', `No key of the deployment waits at ${name}.`);
  const age = deps.now() - nonce;
  if (age > SIGNED_WITHIN_MS || age < -CLOCK_SKEW_MS)
    throw new ProblemError('approval_refused', 'The typed data is too old: ask for the steps again.');
  const venue = getVenue(deps, name);
  const wanted = wantedFor(deployment, key, { chainId, nonce, allowanceUsdc: '0', gasEth: '0' });
  const outcome = await venue.approvals.submit(wanted, signature);
  await recordChange(deps.db, {
    actor: principal.name,
    action: 'deployment.approval.submit',
    subject: `deployment/${deployment.id}`,
    after: { venue: name, tradingKey: key.address, outcome: outcome.kind },
  });
  if (outcome.kind === 'unresolved')
    throw new ProblemError(
      'venue_unreachable',
      `${outcome.text} Ask whether the key is approved before you sign again.`,
    );
  if (outcome.kind !== 'confirmed') throw new ProblemError('approval_refused', outcome.text);
  await checkApprovals(deps, principal, deployment);
}

/** Returns the key of each venue that the wallet has to let in: where two wait, the one that replaces the other. */
function waitingKeys({ tradingKeys }: Onboarded): TradingKeyView[] {
  const pending = tradingKeys.filter(({ status }) => status === 'pending');
  return pending.filter(
    (key) => !key.active || !pending.some((other) => other.venue === key.venue && !other.active),
  );
}

const wantedFor = (
  { id, walletAddress }: Onboarded,
  { address }: TradingKeyView,
  request: Pick<WantedApproval, 'chainId' | 'nonce' | 'allowanceUsdc' | 'gasEth'>,
): WantedApproval => ({
  ...request,
  accountId: asId<AccountId>(walletAddress),
  keyAddress: address,
  keyName: keyNameOf(id),
});
