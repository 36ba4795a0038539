import { DEFAULT_STOP_LOSS_PCT, type Barriers } from '#domain/barriers.ts';
import { MAX_SLIPPAGE_PCT, planProtection, worstPrice, type EntryPlan } from '#domain/entry-plan.ts';
import { asId, type AccountId, type VenueName } from '#domain/ids.ts';
import type { Instrument } from '#domain/instrument.ts';
import { amount, type DecimalString } from '#domain/money.ts';
import { entrySide } from '#domain/order.ts';
import { refusal, type Refusal } from '#domain/reasons.ts';
import type { RoutingOutcome } from '#domain/routing.ts';
import { checkFresh } from '#domain/signal.ts';
import { sizePosition, type SizeModel, type Sizing } from '#domain/sizing.ts';
import { fromJson } from '#prisma/repositories/json.ts';
import { saveDecision } from '#prisma/repositories/routing.ts';
import { text } from '#prisma/repositories/rows.ts';
import { readSignal, type SignalRow } from '#prisma/repositories/signals.ts';
import { tell } from '#prisma/repositories/trade-events.ts';
import { announceEntry } from '#prisma/repositories/watches.ts';
import { savePlan } from '#prisma/repositories/position-slots.ts';
import { beginTrade, getTrade, type TradeRecord } from '#prisma/repositories/trades.ts';
import { KeyUnreadableError } from '#venues/keys/sealed-key.ts';
import type { AccountState } from '#venues/venue.ts';
import type { Opened, Planned, Refused, RoutingActivities } from './contract.ts';
import { refuse } from './books/refuse.ts';
import { createApprovalCheck, type CheckApproval } from './execution/approvals.ts';
import type { ExecutionDeps } from './execution/context.ts';
import { NoTradingKeyError } from './execution/desk-account.ts';
import { openPlanned } from './execution/open-position.ts';
import { routeTrade, type Target } from './route-trade.ts';
import { surveyVenues, type Survey } from './venue-survey.ts';

interface RoutingDeps extends ExecutionDeps {
  isApproved: CheckApproval;
}

export function createRoutingActivities(execution: ExecutionDeps): RoutingActivities {
  const deps: RoutingDeps = { ...execution, isApproved: createApprovalCheck(execution.now) };
  return {
    enterTrade: (input) => enterTrade(deps, input),
    async skipTrade({ tradeId, code, text: why }) {
      await refuse(deps.db, await getTrade(deps.db, tradeId), { code, text: why });
    },
  };
}

type Deployment = NonNullable<Awaited<ReturnType<typeof findDeployment>>>;

/** What a decision is about, with what its making reads. */
interface Subject {
  signal: SignalRow;
  deployment: Deployment;
  trade: TradeRecord;
  survey: Survey;
}

async function enterTrade(
  deps: RoutingDeps,
  { mayOpen, ...input }: { signalId: string; deploymentId: string; mayOpen: boolean },
): Promise<Planned | Refused> {
  const plan = await planTrade(deps, input);
  if ('outcome' in plan) return plan;
  const [entry] = await Promise.all([
    mayOpen ? openAtOnce(deps, plan.trade) : null,
    tell(deps.db, plannedLine(plan)),
  ]);
  return announce(plan, entry);
}

/** The entry's own activity finds out about, and repeats where it may, what could not be done at once. */
async function openAtOnce(deps: RoutingDeps, trade: TradeRecord): Promise<Opened | Refused | null> {
  try {
    return await openPlanned(deps, trade);
  } catch (err) {
    deps.logger.warn({ err, tradeId: trade.id }, 'the entry did not conclude at once');
    return null;
  }
}

/** A decision to trade, as it stands in the books. */
interface Plan extends Decision {
  trade: TradeRecord;
  deployment: Deployment;
}

/** Decides whether, where and how large. The first decision stands: asked again, it is read from the books. */
async function planTrade(
  deps: RoutingDeps,
  input: { signalId: string; deploymentId: string },
): Promise<Plan | Refused> {
  const [signal, deployment] = await Promise.all([
    readSignal(deps.db, input.signalId),
    findDeployment(deps, input.deploymentId),
  ]);
  if (!signal) throw new Error(`no signal ${input.signalId} in the books`);
  if (!deployment) throw new Error(`no deployment ${input.deploymentId} in the books`);
  // Side by side: an order waits for all of it, and none of it for the other.
  const [trade, survey] = await Promise.all([
    beginTrade(deps.db, {
      ...input,
      symbol: signal.symbol,
      side: signal.side,
      accountId: asId<AccountId>(deployment.walletAddress),
    }),
    surveyVenues(deps, signal, deployment, {
      askAhead: checkStanding({ signal, deployment }, deps.now()) === null,
    }),
  ]);
  const subject = { signal, deployment, trade, survey };
  if (trade.phase !== 'routing') return recall(subject);
  const { routed, decided } = await decide(deps, subject);
  const saving = routed && saveDecision(deps.db, trade.id, routed);
  if ('code' in decided) {
    const [refused] = await Promise.all([refuse(deps.db, trade, decided), saving]);
    return refused;
  }
  void announceEntry(deps.db, { venue: decided.venue, symbol: trade.symbol });
  const { maxOpenPositions } = deployment;
  const [saved] = await Promise.all([savePlan(deps.db, trade, { ...decided, maxOpenPositions }), saving]);
  if (typeof saved === 'string') return refuse(deps.db, trade, refusal(saved));
  return { ...decided, trade: saved, deployment };
}

const findDeployment = (deps: ExecutionDeps, id: string) =>
  deps.db.agentDeployment.findUnique({
    where: { id },
    include: { agent: true, tradingKeys: { select: { venue: true, status: true, validUntil: true } } },
  });

function recall({ trade, deployment }: Pick<Subject, 'trade' | 'deployment'>): Plan | Refused {
  if (trade.phase === 'skipped' && trade.refusal)
    return { outcome: 'refused', tradeId: trade.id, ...trade.refusal };
  if (!trade.plan || !trade.venue) throw new Error(`trade ${trade.id} is ${trade.phase} without a plan`);
  return { venue: trade.venue, plan: trade.plan, trade, deployment };
}

interface Decision {
  venue: VenueName;
  plan: EntryPlan;
}

const plannedLine = ({ trade, plan, venue }: Plan) => ({
  tradeId: trade.id,
  key: 'planned',
  type: 'planned',
  text: `Planned ${plan.side} ${plan.size} ${plan.instrument.symbol} on ${venue} near ${plan.referencePrice}, no worse than ${plan.worstPrice}`,
  data: { venue, size: plan.size, referencePrice: plan.referencePrice, barriers: plan.barriers },
});

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

interface Decided {
  /** How the routing went, once it was come to. */
  routed: RoutingOutcome | null;
  decided: Decision | Refusal;
}

async function decide(deps: RoutingDeps, subject: Subject): Promise<Decided> {
  const standing = checkStanding(subject, deps.now());
  if (standing) return { routed: null, decided: standing };
  const { routing, decided } = await routeTrade(subject.survey, (target) => decideAt(deps, subject, target));
  return { routed: routing, decided };
}

async function decideAt(deps: RoutingDeps, subject: Subject, target: Target): Promise<Decision | Refusal> {
  const stale = checkFresh(subject.signal, deps.now(), target.price);
  if (stale) return stale;
  const locked = await checkKey(deps, subject, target.venue);
  if (locked) return locked;
  const account = await subject.survey.accountAt(target.venue);
  return size(subject, target, account);
}

function checkStanding(
  { signal, deployment }: Pick<Subject, 'signal' | 'deployment'>,
  now: number,
): Refusal | null {
  if (now >= signal.expiresAt) return checkFresh(signal, now, '1');
  if (deployment.agent.status !== 'active') return refusal('agent_paused');
  if (deployment.status === 'paused') return refusal('deployment_paused');
  if (deployment.status === 'archived') return refusal('deployment_ended');
  return null;
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

function size(
  { signal, deployment, survey }: Subject,
  { venue, instrument, price }: Target,
  account: AccountState,
): Decision | Refusal {
  const isBusy = account.positions.some(
    (each) => each.symbol === signal.symbol && !amount(each.size).isZero(),
  );
  if (isBusy) return refusal('instrument_busy');
  const barriers = withStop(signal.barriers);
  const exits = planProtection({ instrument, side: signal.side, barriers }, '1', price);
  if (!exits.ok) return exits.refusal;
  const leverage = leverageOf(signal, deployment, instrument);
  const sized = sizePosition({
    model: deployment.sizeModel === null ? signal.sizeModel : fromJson<SizeModel>(deployment.sizeModel),
    entryPrice: price,
    stopPrice: exits.value.legs.find(({ leg }) => leg === 'stop')?.triggerPrice ?? null,
    marketScore: null,
    instrument,
    account: { ...account, openPositions: survey.openPositions },
    limits: {
      maxLeverage: leverage,
      maxNotionalUsd: text(deployment.maxNotionalUsd),
      maxOpenPositions: deployment.maxOpenPositions,
    },
  });
  if (!sized.ok) return sized.refusal;
  return {
    venue,
    plan: planEntry({ instrument, price, side: signal.side, barriers, leverage }, sized.value),
  };
}

/** No position is opened without a stop, whatever the signal leaves out. */
const withStop = (barriers: Barriers): Barriers =>
  barriers.stopLoss || (barriers.trailing && barriers.trailing.length > 0)
    ? barriers
    : { ...barriers, stopLoss: { pct: DEFAULT_STOP_LOSS_PCT } };

/** Without the author's word the deployment's limit is a ceiling, not a wish: 1x. */
const leverageOf = (signal: SignalRow, deployment: Deployment, instrument: Instrument): number =>
  Math.min(signal.leverage ?? 1, deployment.maxLeverage, instrument.maxLeverage);

function planEntry(
  {
    instrument,
    price,
    side,
    barriers,
    leverage,
  }: { instrument: Instrument; price: DecimalString } & Pick<EntryPlan, 'side' | 'barriers' | 'leverage'>,
  sizing: Sizing,
): EntryPlan {
  return {
    instrument,
    side,
    size: sizing.size,
    referencePrice: price,
    worstPrice: worstPrice(instrument, entrySide(side), price, MAX_SLIPPAGE_PCT),
    leverage,
    barriers,
  };
}
