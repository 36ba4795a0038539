import { planProtection, type EntryPlan, type Protection } from '#domain/entry-plan.ts';
import { feeUsd } from '#domain/fees.ts';
import type { VenueName } from '#domain/ids.ts';
import { amount, decimalString, type DecimalString } from '#domain/money.ts';
import { refusal, type Refusal } from '#domain/reasons.ts';
import type { RoutingOutcome } from '#domain/routing.ts';
import type { UsedScore } from '#domain/scoring/score-use.ts';
import { TimeoutError } from '#process/with-timeout.ts';
import type { PreviewInput } from '#prisma/repositories/begin-decision.ts';
import { findCallAgainst } from '#prisma/repositories/latest-calls.ts';
import { findPlanHindrance } from '#prisma/repositories/trade-plans.ts';
import { VenueError } from '#venues/venue.ts';
import type { Check, NoteCheck } from './checks.ts';
import { decide, type Accepted, type DecisionDeps, type Declined } from './decide.ts';
import { readPreviewSubject, type Subject } from './subject.ts';
import { messageOf } from './venue-questions.ts';

/** The outcome of a signal in one deployment if it were made now. */
export interface EntryPreview {
  /** Null when it would be traded. */
  refusal: Refusal | null;
  /** Every check that was made, in order. */
  checks: readonly Check[];
  /** Null when no venue was considered. */
  routing: RoutingOutcome | null;
  score: UsedScore;
  order: PreviewedOrder | null;
}

/** The entry as it would be ordered, with its exits; prices as of now. */
export interface PreviewedOrder {
  venue: VenueName;
  plan: EntryPlan;
  notionalUsd: DecimalString;
  protection: Protection;
  /** By the account's rates as last known: of the entry, of closing all of it at the price of now, and flat. */
  fees: { entryUsd: DecimalString; exitUsd: DecimalString; flatUsd: DecimalString };
}

/**
 * Decides about a signal by the code that decides about an entry, and sends and writes nothing. With `isAgain` an earlier
 * call like it does not count. Throws when there is no such deployment.
 */
export async function previewEntry(
  deps: DecisionDeps,
  { isAgain, ...input }: PreviewInput & { isAgain: boolean },
): Promise<EntryPreview> {
  const checks: Check[] = [];
  const noteCheck: NoteCheck = (check) => void checks.push(check);
  const against = isAgain ? null : await findCallAgainst(deps.db, input.draft);
  const repeated = against === null ? null : refusal('duplicate_signal', `It is signal ${against}.`);
  noteCheck({ name: 'call', venue: null, refusal: repeated });
  const subject = await readPreviewSubject(deps, input, noteCheck);
  const decided = await decideInRoom(deps, subject, checks);
  const common = { checks, score: subject.score, routing: decided.routing };
  if ('refused' in decided) return { ...common, refusal: decided.refused, order: null };
  return { ...common, refusal: repeated, order: toOrder(decided) };
}

/** Decides once without what other trades reserve in the account, and again within what they leave. */
async function decideInRoom(
  deps: DecisionDeps,
  subject: Subject,
  checks: Check[],
): Promise<Accepted | Declined> {
  const first = await decideOrExplain(deps, subject, '0');
  if ('refused' in first) return first;
  const { venue, room } = first;
  const { isBusy, reservedUsd } = await findPlanHindrance(deps.db, subject.trade, { venue, ...room });
  if (isBusy) {
    const refused = refusal('instrument_busy');
    checks.push({ name: 'room', venue, refusal: refused });
    return { refused, routing: first.routing };
  }
  if (amount(reservedUsd).lte(room.freeUsd)) {
    checks.push({ name: 'room', venue, refusal: null });
    return first;
  }
  const second = await decideOrExplain(deps, { ...subject, noteCheck: () => undefined }, reservedUsd);
  checks.push({ name: 'room', venue, refusal: 'refused' in second ? second.refused : null });
  return second;
}

/** A venue that cannot be read is an error to an entry, which is tried again; here it is the answer. */
async function decideOrExplain(
  deps: DecisionDeps,
  subject: Subject,
  reservedUsd: DecimalString,
): Promise<Accepted | Declined> {
  try {
    return await decide(deps, subject, reservedUsd);
  } catch (error) {
    if (!(error instanceof VenueError || error instanceof TimeoutError)) throw error;
    return {
      refused: refusal('venue_unhealthy', `${messageOf(error)}. It would be tried again.`),
      routing: null,
    };
  }
}

function toOrder({ venue, plan }: Accepted): PreviewedOrder | null {
  const protection = planProtection(plan, plan.size, plan.referencePrice);
  if (!protection.ok) return null;
  const notional = amount(plan.size).mul(plan.referencePrice);
  const { entryBps, exitBps, flatUsd } = plan.fees ?? { entryBps: 0, exitBps: 0, flatUsd: '0' };
  return {
    venue,
    plan,
    notionalUsd: decimalString(notional),
    protection: protection.value,
    fees: { entryUsd: feeUsd(notional, entryBps), exitUsd: feeUsd(notional, exitBps), flatUsd },
  };
}
