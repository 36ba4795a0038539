import type { Database } from '#prisma/client.ts';
import { listBrakes } from '#prisma/repositories/entry-brakes.ts';
import { describeBrake } from '../render/brake.ts';
import { soon, type Finding } from './finding.ts';

/** Number of brakes that are named. */
const SHOWN = 5;

/** Returns a finding for brakes in force; none where entries pass. */
export async function checkBrakes(db: Database): Promise<Finding[]> {
  const brakes = await listBrakesInForce(db);
  if (brakes.length === 0) return [];
  return [soon('brakes', brakes.join('; '), 'see signalman brakes; signalman release ends one')];
}

/** Returns the newest brakes in force, a sentence each. */
export const listBrakesInForce = async (db: Database): Promise<string[]> =>
  (await listBrakes(db, { limit: SHOWN, inForceAt: Date.now() })).map(describeBrake);
