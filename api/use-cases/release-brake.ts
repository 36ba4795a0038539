import type { Database } from '#prisma/client.ts';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import { findBrake, releaseBrake, type BrakeRecord } from '#prisma/repositories/entry-brakes.ts';
import { concernedBy, reachOf } from '#prisma/repositories/raise-brakes.ts';
import { recordSystemEvent } from '#prisma/repositories/system-events.ts';
import { readOpenProfit } from '#prisma/repositories/trade-results.ts';
import type { Principal } from '../plugins/auth.ts';
import { ProblemError } from '../problem.ts';

/**
 * Ends a brake, audited, and returns it. What was lost until now counts no more for the limit that has set it. Throws
 * `brake_not_found` and `brake_ended`.
 */
export async function endBrake(
  { db, now }: { db: Database; now: () => number },
  { name: by }: Principal,
  id: string,
): Promise<BrakeRecord> {
  const brake = await getBrake(db, id);
  await db.$transaction(async (tx) => {
    const openUsd = await readOpenProfit(tx, brake);
    if (!(await releaseBrake(tx, id, { by, at: now(), openUsd })))
      throw new ProblemError('brake_ended', `The brake ${id} has ended.`);
    const { scope, code, reason } = brake;
    await recordChange(tx, {
      actor: by,
      action: 'brake.release',
      subject: `brake/${id}`,
      before: { scope, code, reason },
    });
    await recordSystemEvent(tx, {
      key: `brake_released/${id}`,
      type: 'brake_released',
      text: `${by} lets entries ${reachOf(brake)} pass again, which were stopped for: ${reason}`,
      data: { brakeId: id, scope, code, reason, by },
      ...concernedBy(brake),
    });
  });
  return getBrake(db, id);
}

/** Returns a brake. Throws `brake_not_found`. */
export async function getBrake(db: Database, id: string): Promise<BrakeRecord> {
  const brake = await findBrake(db, id);
  if (!brake) throw new ProblemError('brake_not_found', `There is no brake ${id}.`);
  return brake;
}
