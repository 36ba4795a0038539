import { amount } from '#domain/money.ts';
import { refusal } from '#domain/reasons.ts';
import type { UsedScore } from '#domain/scoring/score-use.ts';
import type { Decision } from '#domain/size-entry.ts';
import type { DecidingDeployment } from '#prisma/repositories/begin-decision.ts';
import { saveDecision } from '#prisma/repositories/routing-decisions.ts';
import { refuseWithin, savePlan, type RoomTaken, type SavedPlan } from '#prisma/repositories/trade-plans.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import type { Refused } from '../contract.ts';
import { entryOrders } from '../execution/open-position.ts';
import { refuse } from '../ledger/refuse.ts';
import { decide, type Accepted, type Declined, type EntryDeps } from './decide.ts';
import type { Subject } from './subject.ts';

/** How often an entry is sized anew because other trades took the room in the account at that moment. */
const MAX_ROOM_ATTEMPTS = 10;

/** A decision to trade that stands in the database. */
export interface Plan extends Decision, SavedPlan {
  deployment: DecidingDeployment;
  /** When brakes were last read, by the clock of `performance.now()`; null for a plan of an earlier attempt. */
  brakesReadAt: number | null;
}

/**
 * Decides whether, where and how large to trade, and writes the decision down; with `mayOpen`, together with the orders
 * that are then to be sent. The first decision stands: a second call returns it.
 */
export async function planTrade(
  deps: EntryDeps,
  subject: Subject,
  mayOpen: boolean,
): Promise<Plan | Refused> {
  const { trade, deployment } = subject;
  if (trade.phase !== 'routing') return recall(trade, deployment);
  let { bounds } = subject;
  let reservedUsd = '0';
  for (let attempt = 1; ; attempt += 1) {
    const decided = await decide(deps, { ...subject, bounds }, reservedUsd);
    if ('refused' in decided) return decline(deps, trade, decided);
    const saved = await save(deps, subject, decided, mayOpen);
    if (!('reservedUsd' in saved)) return saved;
    // Other trades have taken room, or a brake was set: what is left decides.
    ({ bounds, reservedUsd } = saved);
    if (attempt === MAX_ROOM_ATTEMPTS) {
      const refused = refuseWithin(bounds, decided) ?? refusal('leverage_reached');
      return decline(deps, trade, { ...decided, refused });
    }
  }
}

/** Writes a decision down. Returns what bounds it now when it does not fit that. */
async function save(
  deps: EntryDeps,
  { trade, deployment, score }: Subject,
  decided: Accepted,
  mayOpen: boolean,
): Promise<Plan | Refused | RoomTaken> {
  const { venue, plan, routing } = decided;
  const { maxOpenPositions } = deployment;
  const entry = mayOpen ? await entryOrders(deps, { ...trade, venue, plan }) : null;
  const draft = { ...decided, maxOpenPositions, event: plannedEvent(decided, score), entry };
  const brakesReadAt = performance.now();
  const saved = await savePlan(deps.db, trade, draft);
  if (saved === 'planned_before') return recall(await getTrade(deps.db, trade.id), deployment);
  if (typeof saved === 'string') return decline(deps, trade, { refused: refusal(saved), routing });
  if ('reservedUsd' in saved) return saved;
  return { venue, plan, ...saved, deployment, brakesReadAt };
}

/** Ends the trade with its refusal, and stores the routing decision where there is one. */
async function decline(
  deps: EntryDeps,
  trade: TradeRecord,
  { refused, routing }: Declined,
): Promise<Refused> {
  const [ended] = await Promise.all([
    refuse(deps.db, trade, refused),
    routing && saveDecision(deps.db, trade.id, routing),
  ]);
  return ended;
}

/** Returns the decision that an earlier call made about the trade. Throws when it made none. */
function recall(trade: TradeRecord, deployment: DecidingDeployment): Plan | Refused {
  if (trade.phase === 'skipped' && trade.refusal)
    return { outcome: 'refused', tradeId: trade.id, ...trade.refusal };
  if (!trade.plan || !trade.venue) throw new Error(`trade ${trade.id} is ${trade.phase} without a plan`);
  return { venue: trade.venue, plan: trade.plan, trade, nonce: null, deployment, brakesReadAt: null };
}

const plannedEvent = ({ plan, venue }: Decision, score: UsedScore) => ({
  key: 'planned',
  type: 'planned',
  text: `Planned ${plan.side} ${plan.size} ${plan.instrument.symbol} on ${venue} near ${plan.referencePrice}, no worse than ${plan.worstPrice}${liquidationText(plan)}${feesText(plan)}${scoreText(score)}`,
  data: {
    venue,
    size: plan.size,
    referencePrice: plan.referencePrice,
    barriers: plan.barriers,
    fees: plan.fees,
    ...(score.sizedBy !== null && { marketScore: score.value, sizedByScore: score.sizedBy }),
  },
});

const scoreText = ({ sizedBy, text }: UsedScore): string => (sizedBy === null ? '' : `; ${text}`);

const liquidationText = ({ liquidationPrice }: Decision['plan']): string =>
  liquidationPrice ? `, liquidated near ${liquidationPrice}` : '';

function feesText({ fees }: Decision['plan']): string {
  if (!fees) return '';
  const flat = amount(fees.flatUsd).isZero() ? '' : `, ${fees.flatUsd} USD flat`;
  return `; fees of ${fees.entryBps} bps in and ${fees.exitBps} out${flat}`;
}
