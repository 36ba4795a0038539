import type { EntryLimits } from '#domain/brakes/entry-limits.ts';
import { judgeResults, lookBack } from '#domain/brakes/judge-results.ts';
import { inTransaction, type DatabaseOrTransaction } from '../client.ts';
import { recordChange } from './audit-log.ts';
import { endBrakes, extendBrake, insertBrake, type BrakeDraft, type BrakeRecord } from './entry-brakes.ts';
import { readSystemLimits } from './entry-limits.ts';
import { fromJson } from './json.ts';
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
  await endBrakes(db, now);
  const raised: BrakeRecord[] = [];
  for (const { deploymentId, limits } of await listLimits(db, deploymentIds))
    raised.push(...(await raise(db, { deploymentId, limits, now })));
  return raised;
}

async function listLimits(
  db: DatabaseOrTransaction,
  deploymentIds: readonly string[],
): Promise<(ResultsOf & { limits: EntryLimits })[]> {
  const [system, deployments] = await Promise.all([
    readSystemLimits(db),
    db.agentDeployment.findMany({
      where: { id: { in: [...deploymentIds] } },
      select: { id: true, entryLimits: true },
    }),
  ]);
  return [
    { deploymentId: null, limits: system },
    ...deployments.map(({ id, entryLimits }) => ({
      deploymentId: id,
      limits: fromJson<EntryLimits>(entryLimits),
    })),
  ];
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
