import { EXPOSED_PHASES, LIVE_PHASES, type TradePhase } from '#domain/trade-phases.ts';
import { Prisma } from '../generated/client.ts';

/** Writes phases as the list of an SQL `IN`. */
const listed = (phases: readonly TradePhase[]): Prisma.Sql =>
  Prisma.raw(`(${phases.map((phase) => `'${phase}'`).join(', ')})`);

/** `EXPOSED_PHASES` of domain/trade-phases.ts, for a statement. */
export const EXPOSED = listed(EXPOSED_PHASES);
/** `LIVE_PHASES` of domain/trade-phases.ts, for a statement. */
export const LIVE = listed(LIVE_PHASES);
