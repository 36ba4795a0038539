import { POST_ONLY_MODE } from '#domain/exit-refusal.ts';
import type { OrderReport } from '#domain/order.ts';
import { refusal, type Refusal } from '#domain/reasons.ts';
import { resetNonces } from '#prisma/repositories/nonces.ts';
import { forgetAttempt } from '#prisma/repositories/order-attempts.ts';
import { markUnresolved, saveReports } from '#prisma/repositories/order-reports.ts';
import type { OrderDraft } from '#prisma/repositories/order-record.ts';
import { TOO_LATE, type Outcome } from '#venues/venue.ts';
import type { TradingDeps } from '../../deps.ts';
import type { OrderAction } from './action.ts';
import type { BrakeCheck } from './brake-check.ts';
import { PostponedOrderError } from './errors.ts';
import { refusedReport, reported } from './reports.ts';

/** Denials that pass by themselves. */
const PASSING_DENIALS: readonly string[] = [
  'rate_limited',
  'signer_busy',
  'venue_unreachable',
  'venue_unavailable',
  'venue_unreadable',
  'venue_behind',
  'close_pending',
  'trigger_pending',
  'signer_failed',
  'market_closed',
  'no_price',
  TOO_LATE.code,
];

/** Refusals that pass by themselves: an entry is sent again, as long as its signal holds. */
const PASSING_REFUSALS: readonly string[] = [POST_ONLY_MODE, 'venue_paused'];

/**
 * Stores how an attempt ended and returns the reports; null when its end is unknown, or the orders belong to another
 * attempt by now.
 */
export async function concludeAttempt(
  deps: TradingDeps,
  { session, drafts, entryTerms, brakes }: OrderAction & { brakes: BrakeCheck | null },
  outcome: Outcome<OrderReport[]>,
  nonce: number,
): Promise<OrderReport[] | null> {
  const ids = drafts.map(({ clientOrderId }) => clientOrderId);
  if (outcome.kind === 'rejected' && outcome.code === 'nonce_too_high') {
    await resetNonces(deps.db, await session.nonceDraw(), nonce);
    await forgetAttempt(deps.db, ids, nonce, outcome.text);
    return null;
  }
  if (outcome.kind === 'unresolved' || isFencedOff(outcome)) {
    await markUnresolved(deps.db, ids, { nonce, why: outcome.text, isUsed: isFencedOff(outcome) });
    return null;
  }
  if (outcome.kind === 'denied' && outcome.code === TOO_LATE.code && entryTerms)
    return giveUp(deps, drafts, nonce, brakes?.refusal() ?? undefined);
  if (outcome.kind === 'denied' && PASSING_DENIALS.includes(outcome.code)) {
    await markUnresolved(deps.db, ids, { nonce, why: outcome.text });
    throw new PostponedOrderError(outcome.code, outcome.text);
  }
  const passing = entryTerms?.until === undefined ? null : passingRefusal(outcome);
  if (passing) {
    await forgetAttempt(deps.db, ids, nonce, passing.text);
    throw new PostponedOrderError(passing.code, passing.text);
  }
  const reports =
    outcome.kind === 'confirmed' ? outcome.value : drafts.map((draft) => refusedReport(draft, outcome));
  return store(deps, drafts, reports, nonce);
}

/**
 * Returns why the venue refused all orders of an action, where that ends by itself; null otherwise. A venue that names
 * orders it has refused has charged for them, unless it turns them away unread as in its post-only mode.
 */
function passingRefusal(outcome: Outcome<OrderReport[]>): { code: string; text: string } | null {
  if (outcome.kind === 'rejected') return PASSING_REFUSALS.includes(outcome.code) ? outcome : null;
  if (outcome.kind !== 'confirmed') return null;
  const [first] = outcome.value;
  const isAll = outcome.value.every(({ status }) => status === 'rejected');
  if (!first || !isAll || first.code !== POST_ONLY_MODE) return null;
  return { code: POST_ONLY_MODE, text: first.text ?? POST_ONLY_MODE };
}

/** Returns whether the nonce was used already: a successor fenced this attempt off, or this attempt had landed. */
const isFencedOff = (outcome: Outcome<unknown>): outcome is Extract<Outcome<never>, { kind: 'rejected' }> =>
  outcome.kind === 'rejected' && ['nonce_duplicate', 'nonce_too_low'].includes(outcome.code);

/** Ends an entry that was not sent and returns the reports; null when the orders belong to another attempt. */
export const giveUp = (
  deps: TradingDeps,
  drafts: readonly OrderDraft[],
  nonce: number,
  why: Refusal = refusal('stale'),
): Promise<OrderReport[] | null> => {
  const reports = drafts.map((draft) => refusedReport(draft, why));
  return store(deps, drafts, reports, nonce);
};

/** Stores the reports of an attempt and returns them; null when the orders belong to another attempt by now. */
async function store(
  deps: TradingDeps,
  drafts: readonly OrderDraft[],
  reports: OrderReport[],
  nonce: number,
): Promise<OrderReport[] | null> {
  return (await saveReports(deps.db, reported(drafts, reports), nonce)) ? reports : null;
}
