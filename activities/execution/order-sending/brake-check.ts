import { brakeAt, refuseBraked } from '#domain/brakes/brake.ts';
import type { Refusal } from '#domain/reasons.ts';
import { findBrakes } from '#prisma/repositories/entry-brakes.ts';
import type { TradingDeps } from '../../deps.ts';
import type { OrderAction } from './action.ts';

/** Looks for brakes when the turn of an entry has come, right before it leaves. */
export interface BrakeCheck {
  /** Returns whether no brake holds the entry back. */
  passes(): Promise<boolean>;
  /** The brake that it has found; null unless `passes` returned false. */
  refusal(): Refusal | null;
}

/** How long brakes count as known, in ms. A brake holds within a second, so that what was read earlier is read again. */
const KNOWN_MS = 500;

/** Returns the check of an entry; null for other orders, which no brake holds back. */
export function createBrakeCheck(
  { db }: Pick<TradingDeps, 'db'>,
  { drafts: [entry], entryTerms }: Pick<OrderAction, 'drafts' | 'entryTerms'>,
): BrakeCheck | null {
  if (!entry || !entryTerms) return null;
  const { brakesReadAt } = entryTerms;
  let refusal: Refusal | null = null;
  return {
    async passes() {
      if (brakesReadAt !== null && performance.now() - brakesReadAt < KNOWN_MS) return true;
      const brake = brakeAt(await findBrakes(db, entry.tradeId), entry.venue);
      refusal = brake && refuseBraked(brake);
      return brake === null;
    },
    refusal: () => refusal,
  };
}
