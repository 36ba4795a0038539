import { setTimeout as delay } from 'node:timers/promises';
import { destroyLeft } from '#activities/trading-keys/destroy-left.ts';
import { openSigner } from '#activities/trading-keys/open-signer.ts';
import { creditOnEnd } from '#domain/pro-rata.ts';
import { asId, type DeploymentId } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { Transaction } from '#prisma/client.ts';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import { insertSubscriptions, listBilledMonths, lockBilling } from '#prisma/repositories/bills.ts';
import { changeDeploymentStatus, type DeploymentRecord } from '#prisma/repositories/deployments.ts';
import { listLiveTradeViews } from '#prisma/repositories/trade-views.ts';
import { listKeptKeys, listKeysOfAddress, type KeptKey } from '#prisma/repositories/trading-keys.ts';
import type { ApprovalClient } from '#venues/approval.ts';
import { KeyUnreadableError } from '#venues/keys/sealed-key.ts';
import type { ApiDeps } from '../deps.ts';
import type { Principal } from '../plugins/auth.ts';
import { closeAll } from './trade-control.ts';

const LOOK_EVERY_MS = 200;

/** How far the end of a deployment has come. */
export interface Leaving {
  /** Trades that may still hold something at a venue. */
  tradesLeft: number;
  /** What was credited of the month that was paid; null for nothing. */
  creditUsd: DecimalString | null;
  /** Addresses of keys that were destroyed now. */
  destroyedKeys: string[];
  /** What a person still has to know or do, one sentence each. */
  notes: string[];
}

/**
 * Ends a deployment: no entry follows, every position of ours is closed, the month that was paid is credited pro rata, and
 * the keys are destroyed once nothing of ours is left at the venues. Waits for that at most `waitMs`. Called again, it
 * goes on where it was.
 */
export async function leaveDeployment(
  deps: ApiDeps,
  principal: Principal,
  deployment: DeploymentRecord,
  { note, waitMs }: { note: string | undefined; waitMs: number },
): Promise<Leaving> {
  const creditUsd = await end(deps, principal, deployment, note);
  await closeAll(deps, principal, { deploymentId: deployment.id, note });
  const tradesLeft = await awaitFlat(deps, deployment.id, waitMs);
  if (tradesLeft > 0) return { tradesLeft, creditUsd, destroyedKeys: [], notes: [STILL_OPEN] };
  const notes = await returnGas(deps, deployment);
  const kept = notes.length > 0 ? (['ostium'] as const) : [];
  const destroyed = await destroyLeft(deps, { deploymentId: deployment.id, kept, actor: principal.name });
  const destroyedKeys = destroyed.map(({ address }) => address);
  return {
    tradesLeft,
    creditUsd,
    destroyedKeys,
    notes: [...notes, ...destroyed.map(({ venue }) => REVOKE[venue])],
  };
}

const STILL_OPEN =
  'Positions are still being closed: leave again to see the end. The keys are destroyed once nothing is left.';
const REVOKE = {
  hyperliquid:
    'The key is destroyed here and signs nothing any more; Hyperliquid still lists it under API until it expires: remove it there.',
  ostium:
    'The key is destroyed here and signs nothing any more; take it back at Ostium with removeDelegate, and set the USDC allowance to 0.',
};

/** Archives the deployment and credits its month, once. Returns the credit; null where there is none, or it was made before. */
const end = (
  { db, now }: ApiDeps,
  { name: actor }: Principal,
  deployment: DeploymentRecord,
  note: string | undefined,
): Promise<DecimalString | null> =>
  db.$transaction(async (tx) => {
    const { id, status } = deployment;
    await lockBilling(tx, id);
    const isEnded =
      (await changeDeploymentStatus(tx, id, 'active', 'archived')) ||
      (await changeDeploymentStatus(tx, id, 'paused', 'archived'));
    if (!isEnded) return null;
    const creditUsd = await credit(tx, deployment, now());
    await recordChange(tx, {
      actor,
      action: 'deployment.leave',
      subject: `deployment/${id}`,
      before: { status },
      after: { status: 'archived', creditUsd, note: note ?? null },
    });
    return creditUsd;
  });

async function credit(
  tx: Transaction,
  { id, trialEndsAt }: DeploymentRecord,
  endedAt: number,
): Promise<DecimalString | null> {
  const deploymentId = asId<DeploymentId>(id);
  const billed = await listBilledMonths(tx, id);
  const bill = creditOnEnd({ deploymentId, trialEndsAt, endedAt, billed });
  if (!bill) return null;
  await insertSubscriptions(tx, [{ ...bill, deploymentId }]);
  return bill.amountUsd;
}

/** Waits until no trade may hold anything any more. Returns how many still may. */
async function awaitFlat({ db }: ApiDeps, deploymentId: string, waitMs: number): Promise<number> {
  const until = performance.now() + waitMs;
  for (;;) {
    const live = await listLiveTradeViews(db, { deploymentId });
    const left = live.filter(({ phase }) => phase !== 'settling').length;
    if (left === 0 || performance.now() + LOOK_EVERY_MS > until) return left;
    await delay(LOOK_EVERY_MS);
  }
}

/** Sends what keys hold for gas back to the wallet. Returns why that could not be done, one sentence each. */
async function returnGas(deps: ApiDeps, { id: deploymentId }: DeploymentRecord): Promise<string[]> {
  const notes: string[] = [];
  for (const { name, approvals } of deps.venues) {
    if (!approvals.reclaim) continue;
    // oxlint-disable-next-line no-await-in-loop -- one key after the other
    for (const key of await listKeptKeys(deps.db, { venue: name, deploymentId })) {
      // oxlint-disable-next-line no-await-in-loop -- as above
      if (await isUsedElsewhere(deps.db, key)) continue;
      // oxlint-disable-next-line no-await-in-loop -- as above
      const problem = await reclaimFrom(deps, approvals.reclaim, key);
      if (problem !== null) notes.push(problem);
    }
  }
  return notes;
}

/** Returns whether another deployment, which has not ended, signs with the key too. */
async function isUsedElsewhere(db: ApiDeps['db'], { address, deploymentId }: KeptKey): Promise<boolean> {
  const copies = await listKeysOfAddress(db, address);
  return copies.some((copy) => copy.deploymentId !== deploymentId && copy.status !== 'revoked');
}

async function reclaimFrom(
  deps: ApiDeps,
  reclaim: NonNullable<ApprovalClient['reclaim']>,
  key: KeptKey,
): Promise<string | null> {
  try {
    const outcome = await reclaim({ accountId: key.accountId, signer: openSigner(deps, key) });
    if (outcome.kind === 'confirmed') return null;
    return `The key ${key.address} is kept, since it may still hold ETH for gas: ${outcome.text} Leave again.`;
  } catch (error) {
    if (!(error instanceof KeyUnreadableError)) throw error;
    return `The key ${key.address} is kept: it does not open, so that its ETH for gas cannot be sent back.`;
  }
}
