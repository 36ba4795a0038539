import type { VenueName } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import { refusal, type Refusal } from '#domain/reasons.ts';
import type { RoutingOutcome } from '#domain/routing.ts';
import { checkFresh } from '#domain/signal.ts';
import type { DecidingDeployment } from '#prisma/repositories/begin-decision.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { saveDecision } from '#prisma/repositories/routing-decisions.ts';
import { savePlan, type RoomTaken, type SavedPlan } from '#prisma/repositories/trade-plans.ts';
import { getTrade, type TradeRecord } from '#prisma/repositories/trades.ts';
import { KeyUnreadableError } from '#venues/keys/sealed-key.ts';
import { VenueError } from '#venues/venue.ts';
import type { Opened, Planned, Refused, RoutingActivities } from '../contract.ts';
import { venueOf } from '../deps.ts';
import { refuse } from '../ledger/refuse.ts';
import { createApprovalCheck, type CheckApproval } from '../execution/approvals.ts';
import type { ExecutionDeps } from '../execution/context.ts';
import { NoTradingKeyError } from '../execution/desk-account.ts';
import { entryOrders, openPlanned } from '../execution/open-position.ts';
import { standingOf } from '../ledger/standing.ts';
import { createHeadStart, type DecisionInput, type HeadStart } from './early-entries.ts';
import { routeTrade, type Target } from './choose-venue.ts';
import { askAhead, type AskedAhead } from './venue-questions.ts';
import { sizeEntry, type Decision, type SizedDecision } from './size-entry.ts';
import { checkStanding, readSubject, type Subject } from './subject.ts';

/** How often an entry is sized anew because others took the room in the account at the same moment. */
const MAX_ROOM_ATTEMPTS = 10;
/** Deployments remembered; beyond them all are forgotten. */
const MAX_HABITS = 10_000;

interface RoutingDeps extends ExecutionDeps {
  isApproved: CheckApproval;
}

/** Entries that do not wait for the step of their workflow. */
export type EntriesAhead = Pick<HeadStart<Planned | Refused>, 'begin'>;

/** How signals become positions: the steps of their workflows, and what may run ahead of these. */
export interface Routing {
  activities: RoutingActivities;
  ahead: EntriesAhead;
}

export function createRouting(execution: ExecutionDeps): Routing {
  const deps: RoutingDeps = { ...execution, isApproved: createApprovalCheck(execution.now) };
  const habits = createHabits();
  const ahead = createHeadStart({
    read(input) {
      const habit = habits.get(input.deploymentId);
      return readSubject(deps, input, habit ? askAhead(deps, habit, input.symbol) : null);
    },
    async plan(subject: Subject) {
      const plan = await planTrade(deps, subject, true);
      if (!('outcome' in plan))
        habits.set(plan.deployment.id, { venue: plan.venue, accountId: plan.trade.accountId });
      return plan;
    },
    enter: (plan) => enterTrade(deps, plan, true),
  });
  return {
    ahead,
    activities: {
      enterTrade: async (input) => (await ahead.result(input)) ?? planAndEnter(deps, input),
      async skipTrade({ tradeId, code, text: why }) {
        await refuse(deps.db, await getTrade(deps.db, tradeId), { code, text: why });
      },
    },
  };
}

/** Where deployments traded last, and will likely trade next. */
function createHabits() {
  const habits = new Map<string, Pick<AskedAhead, 'venue' | 'accountId'>>();
  return {
    get: (deploymentId: string) => habits.get(deploymentId),
    set(deploymentId: string, habit: Pick<AskedAhead, 'venue' | 'accountId'>): void {
      if (habits.size >= MAX_HABITS) habits.clear();
      habits.set(deploymentId, habit);
    },
  };
}

async function planAndEnter(
  deps: RoutingDeps,
  { mayOpen, ...input }: DecisionInput & { mayOpen: boolean },
): Promise<Planned | Refused> {
  const plan = await planTrade(deps, await readSubject(deps, input), mayOpen);
  return enterTrade(deps, plan, mayOpen);
}

const enterTrade = async (
  deps: RoutingDeps,
  plan: Plan | Refused,
  mayOpen: boolean,
): Promise<Planned | Refused> => {
  if ('outcome' in plan) return plan;
  const standing = standingOf(plan.trade);
  const entry = standing === null && mayOpen ? await openAtOnce(deps, plan) : null;
  const isInDoubt = standing === null && entry === null;
  const isBegun = isInDoubt && (await listOrders(deps.db, plan.trade.id)).length > 0;
  return { ...announce(plan, entry), standing, isBegun };
};

/** The entry's own activity finds out about, and repeats where it may, what could not be done at once. */
async function openAtOnce(
  deps: ExecutionDeps,
  { trade, nonce }: SavedPlan,
): Promise<Opened | Refused | null> {
  try {
    return await openPlanned(deps, trade, nonce);
  } catch (err) {
    deps.logger.warn({ err, tradeId: trade.id }, 'the entry did not conclude at once');
    return null;
  }
}

/** A decision to trade, as it stands in the books. */
interface Plan extends Decision, SavedPlan {
  deployment: DecidingDeployment;
}

/**
 * Decides whether, where and how large, and writes the orders down that are to be sent at once. The first decision
 * stands: asked again, it is read from the books.
 */
async function planTrade(deps: RoutingDeps, subject: Subject, mayOpen: boolean): Promise<Plan | Refused> {
  const { trade, deployment } = subject;
  if (trade.phase !== 'routing') return recall(trade, deployment);
  let reservedUsd = '0';
  for (let attempt = 1; ; attempt += 1) {
    const decided = await decide(deps, subject, reservedUsd);
    if ('refused' in decided) return decline(deps, trade, decided);
    const saved = await save(deps, subject, decided, mayOpen);
    if (!('reservedUsd' in saved)) return saved;
    // Others took the room in the account meanwhile: what is left decides the size.
    if (attempt === MAX_ROOM_ATTEMPTS)
      return decline(deps, trade, { ...decided, refused: refusal('leverage_reached') });
    reservedUsd = saved.reservedUsd;
  }
}

/** Writes a decision down. Returns what others have reserved in the account when that leaves too little room for it. */
async function save(
  deps: RoutingDeps,
  { trade, deployment }: Subject,
  decided: Accepted,
  mayOpen: boolean,
): Promise<Plan | Refused | RoomTaken> {
  const { venue, plan, routing } = decided;
  const { maxOpenPositions } = deployment;
  const entry = mayOpen ? await entryOrders(deps, { ...trade, venue, plan }) : null;
  const draft = { ...decided, maxOpenPositions, event: plannedLine(decided), entry };
  const saved = await savePlan(deps.db, trade, draft);
  if (saved === 'planned_before') return recall(await getTrade(deps.db, trade.id), deployment);
  if (typeof saved === 'string') return decline(deps, trade, { refused: refusal(saved), routing });
  if ('reservedUsd' in saved) return saved;
  return { venue, plan, ...saved, deployment };
}

async function decline(
  deps: RoutingDeps,
  trade: TradeRecord,
  { refused, routing }: Declined,
): Promise<Refused> {
  const [answer] = await Promise.all([
    refuse(deps.db, trade, refused),
    routing && saveDecision(deps.db, trade.id, routing),
  ]);
  return answer;
}

function recall(trade: TradeRecord, deployment: DecidingDeployment): Plan | Refused {
  if (trade.phase === 'skipped' && trade.refusal)
    return { outcome: 'refused', tradeId: trade.id, ...trade.refusal };
  if (!trade.plan || !trade.venue) throw new Error(`trade ${trade.id} is ${trade.phase} without a plan`);
  return { venue: trade.venue, plan: trade.plan, trade, nonce: null, deployment };
}

const plannedLine = ({ plan, venue }: Decision) => ({
  key: 'planned',
  type: 'planned',
  text: `Planned ${plan.side} ${plan.size} ${plan.instrument.symbol} on ${venue} near ${plan.referencePrice}, no worse than ${plan.worstPrice}${liquidationText(plan)}`,
  data: { venue, size: plan.size, referencePrice: plan.referencePrice, barriers: plan.barriers },
});

const liquidationText = ({ liquidationPrice }: Decision['plan']): string =>
  liquidationPrice ? `, liquidated near ${liquidationPrice}` : '';

const announce = ({ trade, deployment, venue, plan }: Plan, entry: Planned['entry']): Planned => ({
  outcome: 'planned',
  tradeId: trade.id,
  symbol: trade.symbol,
  side: trade.side,
  venue,
  agentName: deployment.agent.name,
  deploymentId: deployment.id,
  summary: `${plan.side} ${plan.size} ${plan.instrument.symbol} on ${venue} for ${deployment.agent.name}`,
  entry,
});

interface Accepted extends SizedDecision {
  routing: RoutingOutcome;
}

interface Declined {
  refused: Refusal;
  /** Null where it was not come to. */
  routing: RoutingOutcome | null;
}

async function decide(
  deps: RoutingDeps,
  subject: Subject,
  reservedUsd: DecimalString,
): Promise<Accepted | Declined> {
  const standing = checkStanding(subject, deps.now());
  if (standing) return { refused: standing, routing: null };
  const { routing, decided } = await routeTrade(subject.survey, (target) =>
    decideAt(deps, subject, target, reservedUsd),
  );
  return 'code' in decided ? { refused: decided, routing } : { ...decided, routing };
}

async function decideAt(
  deps: RoutingDeps,
  subject: Subject,
  target: Target,
  reservedUsd: DecimalString,
): Promise<SizedDecision | Refusal> {
  const stale = checkFresh(subject.signal, deps.now(), target.price);
  if (stale) return stale;
  const locked = await checkKey(deps, subject, target.venue);
  if (locked) return locked;
  const account = await subject.survey.accountAt(target.venue).catch(refusedMode);
  if ('code' in account) return account;
  const { capabilities } = venueOf(deps, target.venue);
  return sizeEntry(subject, target, { account, reservedUsd, capabilities });
}

/** A mode that the account is in until its owner changes it is a refusal, and another venue is asked. */
function refusedMode(error: unknown): Refusal {
  if (error instanceof VenueError && error.code === 'account_mode_unsupported')
    return refusal('account_mode_unsupported', `${error.message}.`);
  throw error;
}

/** Whether the key can be used: the books say so, or its venue would not have been asked. */
async function checkKey(deps: RoutingDeps, { trade }: Subject, venue: VenueName): Promise<Refusal | null> {
  try {
    const desk = await deps.openDeskAccount({ ...trade, venue });
    return (await deps.isApproved(desk)) ? null : refusal('wallet_not_approved');
  } catch (error) {
    if (error instanceof KeyUnreadableError) return refusal('key_unreadable', error.message);
    if (error instanceof NoTradingKeyError) return refusal('no_trading_key');
    throw error;
  }
}
