import type { Database } from '#prisma/client.ts';
import { findDeployment } from '#prisma/repositories/deployments.ts';
import type { BrakeRecord, BrakeTarget } from '#prisma/repositories/entry-brakes.ts';
import { setBrake } from '#prisma/repositories/raise-brakes.ts';
import type { Principal } from '../plugins/auth.ts';
import { ProblemError } from '../problem.ts';
import { getAgent } from '../routes/agents.ts';

/** Entries to be stopped, why, and for how long; null is until a person releases them. */
export interface WantedBrake extends BrakeTarget {
  reason: string;
  forMs: number | null;
}

/**
 * Stops entries, audited, and returns the brake. Once it is returned no entry is planned any more, and within a second
 * none is sent. Throws `agent_not_found` and `deployment_not_found`.
 */
export async function brakeEntries(
  { db, now }: { db: Database; now: () => number },
  { name: setBy }: Principal,
  { reason, forMs, ...target }: WantedBrake,
): Promise<BrakeRecord> {
  const { agentId, deploymentId, venue } = target;
  if (agentId !== null) await getAgent(db, agentId);
  if (deploymentId !== null && !(await findDeployment(db, deploymentId)))
    throw new ProblemError('deployment_not_found', `There is no deployment ${deploymentId}.`);
  const code = venue === null ? 'entries_braked' : 'venue_braked';
  const until = forMs === null ? null : now() + forMs;
  const brake = await db.$transaction((tx) => setBrake(tx, { ...target, code, reason, setBy, until }));
  if (!brake) throw new Error('the brake of a person is always a new one');
  return brake;
}
