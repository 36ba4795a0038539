import type { EntryLimits } from '#domain/brakes/entry-limits.ts';
import { judgeResults, lookBack } from '#domain/brakes/judge-results.ts';
import { inTransaction, type DatabaseOrTransaction } from '../client.ts';
import { recordChange } from './audit-log.ts';
import { endedBrakes, extendBrake, insertBrake, type BrakeDraft, type BrakeRecord } from './entry-brakes.ts';
import { recordSystemEvent } from './system-events.ts';
import { readResults, type ResultsOf } from './trade-results.ts';

/** The name under which limits set brakes. */
const LIMITS_ACTOR = 'limits';

/**
 * Sets a brake for each limit that results have reached, of the deployments given and of all together, audited. Ends
 * brakes whose time has come. Returns the brakes that are new.
 */
export async function raiseBrakes(
  db: DatabaseOrTransaction,
  { deploymentIds, now }: { deploymentIds: readonly string[]; now: number },
): Promise<BrakeRecord[]> {
  const raised: BrakeRecord[] = [];
  for (const { deploymentId, limits } of await endAndListLimits(db, deploymentIds, now))
    raised.push(...(await raise(db, { deploymentId, limits, now })));
  return raised;
}

/** Ends brakes whose time has come, and returns the limits of all deployments together and of those given. */
async function endAndListLimits(
  db: DatabaseOrTransaction,
  deploymentIds: readonly string[],
  now: number,
): Promise<(ResultsOf & { limits: EntryLimits })[]> {
  return db.$queryRaw<(ResultsOf & { limits: EntryLimits })[]>`
    WITH ${endedBrakes(now)}
    SELECT NULL AS "deploymentId", entry_limits AS limits FROM system_limits
    UNION ALL
    SELECT id::text, entry_limits FROM agent_deployment WHERE id = ANY(${[...deploymentIds]}::uuid[])`;
}

async function raise(
  db: DatabaseOrTransaction,
  { deploymentId, limits, now }: ResultsOf & { limits: EntryLimits; now: number },
): Promise<BrakeRecord[]> {
  const from = lookBack(limits, now);
  if (from === null) return [];
  const breaches = judgeResults(limits, await readResults(db, { deploymentId, from }), now);
  const raised: BrakeRecord[] = [];
  for (const breach of breaches) {
    const draft = { ...breach, venue: null, agentId: null, deploymentId, setBy: LIMITS_ACTOR };
    const brake = await inTransaction(db, (tx) => setBrake(tx, draft));
    if (brake) raised.push(brake);
    else await extendBrake(db, draft);
  }
  return raised;
}

/** Sets a brake, audited, and returns it; null when the brake of a limit is in force already. */
export async function setBrake(tx: DatabaseOrTransaction, draft: BrakeDraft): Promise<BrakeRecord | null> {
  const brake = await insertBrake(tx, draft);
  if (!brake) return null;
  const { id, setBy, venue, agentId, deploymentId, code, reason, until } = brake;
  const after = { venue, agentId, deploymentId, code, reason, until };
  await recordChange(tx, { actor: setBy, action: 'brake.set', subject: `brake/${id}`, after });
  const end = until === null ? 'a person releases them' : new Date(until).toISOString();
  await recordSystemEvent(tx, {
    key: `brake_set/${id}`,
    type: 'brake_set',
    text: `${reason}: entries ${reachOf(brake)} are stopped until ${end}.`,
    data: { brakeId: id, ...after, setBy },
    ...concernedBy(brake),
  });
  return brake;
}

/** Returns which entries a brake holds back, in words. */
export function reachOf({ venue, agentName, deploymentId }: BrakeRecord): string {
  if (venue !== null) return `at ${venue}`;
  if (agentName !== null) return `of the agent ${agentName}`;
  return deploymentId === null ? 'of all deployments' : 'of the deployment';
}

/** Returns what an event of a brake names. */
export const concernedBy = ({ venue, agentId, deploymentId }: BrakeRecord) => ({
  ...(venue !== null && { venue }),
  ...(agentId !== null && { agentId }),
  ...(deploymentId !== null && { deploymentId }),
});
