import { refuseByBounds } from '#domain/brakes/entry-bounds.ts';
import type { VenueName } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import { refusal, type Refusal } from '#domain/reasons.ts';
import type { RoutingOutcome } from '#domain/routing.ts';
import { checkFresh } from '#domain/signal.ts';
import { sizeEntry, type SizedDecision, type Target } from '#domain/size-entry.ts';
import { KeyUnreadableError } from '#venues/keys/sealed-key.ts';
import { VenueError } from '#venues/venue.ts';
import { venueOf, type TradingDeps } from '../deps.ts';
import type { CheckApproval } from '../execution/approvals.ts';
import type { ExecutionDeps } from '../execution/context.ts';
import { freeMarginOf } from '../execution/free-margin.ts';
import { NoTradingKeyError, type OpenSession } from '../execution/trading-session.ts';
import { chooseVenue } from './choose-venue.ts';
import { checkStanding, type Subject } from './subject.ts';

/** Dependencies of a decision, which sends nothing. */
export interface DecisionDeps extends TradingDeps {
  openSession: OpenSession;
  isApproved: CheckApproval;
}

export type EntryDeps = ExecutionDeps & DecisionDeps;

/** A decision to trade, and how its venue was chosen. */
export interface Accepted extends SizedDecision {
  routing: RoutingOutcome;
}

/** A decision not to trade. */
export interface Declined {
  refused: Refusal;
  /** Null when it was decided before any venue was considered. */
  routing: RoutingOutcome | null;
}

/**
 * Decides whether, where and how large to trade. `reservedUsd` is the value that other trades have reserved in the
 * account beyond what its venue reports.
 */
export async function decide(
  deps: DecisionDeps,
  subject: Subject,
  reservedUsd: DecimalString,
): Promise<Accepted | Declined> {
  const over = checkStanding(subject, deps.now());
  subject.noteCheck({ name: 'standing', venue: null, refusal: over });
  if (over) return { refused: over, routing: null };
  const braked = refuseByBounds(subject.bounds, null);
  subject.noteCheck({ name: 'brakes', venue: null, refusal: braked });
  if (braked) return { refused: braked, routing: null };
  const { routing, decided } = await chooseVenue(
    subject.survey,
    (target) => decideAt(deps, subject, target, reservedUsd),
    (name, venue, refused) => subject.noteCheck({ name, venue, refusal: refused }),
  );
  return 'code' in decided ? { refused: decided, routing } : { ...decided, routing };
}

/** Decides about the trade at one venue. */
async function decideAt(
  deps: DecisionDeps,
  subject: Subject,
  target: Target,
  reservedUsd: DecimalString,
): Promise<SizedDecision | Refusal> {
  const { venue } = target;
  const braked = refuseByBounds(subject.bounds, venue);
  if (braked) {
    subject.noteCheck({ name: 'brakes', venue, refusal: braked });
    return braked;
  }
  const stale = checkFresh(subject.signal, deps.now(), target.price);
  subject.noteCheck({ name: 'drift', venue, refusal: stale });
  if (stale) return stale;
  const locked = await checkKey(deps, subject, venue);
  subject.noteCheck({ name: 'key', venue, refusal: locked });
  if (locked) return locked;
  const account = await subject.survey.accountAt(venue).catch(refusedMode);
  subject.noteCheck({ name: 'account', venue, refusal: 'code' in account ? account : null });
  if ('code' in account) return account;
  const { capabilities, accounts } = venueOf(deps, venue);
  const { maintenance, separatePositions } = capabilities;
  const fees = accounts.fees(subject.trade.accountId, subject.signal.symbol);
  return sizeEntry(toSized(subject, venue), target, {
    account: { ...account, freeMarginUsd: freeMarginOf(account, target.instrument) },
    reservedUsd,
    fees,
    maintenance,
    separatePositions,
  });
}

/** Returns a refusal for an account mode that only its owner can change, so that another venue is asked; throws others. */
function refusedMode(error: unknown): Refusal {
  if (error instanceof VenueError && error.code === 'account_mode_unsupported')
    return refusal('account_mode_unsupported', `${error.message}.`);
  throw error;
}

/** Returns why the trading key of a venue cannot be used; null when it can. */
async function checkKey(deps: DecisionDeps, { trade }: Subject, venue: VenueName): Promise<Refusal | null> {
  try {
    const session = await deps.openSession({ ...trade, venue });
    return (await deps.isApproved(session)) ? null : refusal('wallet_not_approved');
  } catch (error) {
    if (error instanceof KeyUnreadableError) return refusal('key_unreadable', error.message);
    if (error instanceof NoTradingKeyError) return refusal('no_trading_key');
    throw error;
  }
}

/** Returns what decides about the size of the trade; checks are noted for the venue. */
const toSized = ({ signal, deployment, survey, score, bounds, noteCheck }: Subject, venue: VenueName) => ({
  signal,
  deployment,
  marketScore: score.sizedBy,
  room: bounds.room,
  openPositions: survey.openPositions,
  noteCheck: (name: 'instrument' | 'exits' | 'size', refused: Refusal | null) =>
    noteCheck({ name, venue, refusal: refused }),
});
