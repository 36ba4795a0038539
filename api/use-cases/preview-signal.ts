import { createApprovalCheck } from '#activities/execution/approvals.ts';
import { createTradingSessions } from '#activities/execution/trading-session.ts';
import { CHECKS } from '#activities/entry/checks.ts';
import type { DecisionDeps } from '#activities/entry/decide.ts';
import { previewEntry, type EntryPreview, type PreviewedOrder } from '#activities/entry/preview.ts';
import { FULL_WEIGHT } from '#domain/weights.ts';
import type { AgentRecord } from '#prisma/repositories/agents.ts';
import { listSubscribed } from '#prisma/repositories/deployments.ts';
import type { OfUser } from '#prisma/repositories/visible-rows.ts';
import type { ApiDeps } from '../deps.ts';
import type { PreviewedDeployment, SignalPreview } from '../schemas/preview.ts';
import { draftSignal, type SignalRequest } from './draft-signal.ts';

/** Deployments that are asked for; each asks its venue for its account. */
const MAX_DEPLOYMENTS = 20;
/** Deployments at once: trading shares the venue's request budget. */
const LANES = 4;

/** Says what would become of a signal in each deployment of a user or of all. Trading keys are opened for this request alone. */
export async function previewSignal(
  deps: ApiDeps,
  { agent, ...whose }: { agent: AgentRecord } & OfUser,
  request: SignalRequest,
): Promise<SignalPreview> {
  const decision = decisionDeps(deps);
  const draft = draftSignal(agent, request, deps.now());
  const subscribed = await listSubscribed(deps.db, agent.id, whose);
  const waiting = subscribed.slice(0, MAX_DEPLOYMENTS).map(({ id }, index) => ({ id, index }));
  const deployments: PreviewedDeployment[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const input = { draft, deploymentId: next.id, isAgain: request.isAgain };
      deployments[next.index] = toDeployment(next.id, await previewEntry(decision, input));
    }
  };
  await Promise.all(Array.from({ length: LANES }, work));
  const notAsked = subscribed.length - deployments.length;
  const { symbol, side, confidence, weightPct = FULL_WEIGHT, expiresAt } = draft;
  return { agentId: agent.id, symbol, side, confidence, weightPct, expiresAt, deployments, notAsked };
}

const toDeployment = (
  deploymentId: string,
  { order, checks, routing, ...preview }: EntryPreview,
): PreviewedDeployment => ({
  ...preview,
  deploymentId,
  checks: checks.map((check) => ({ ...check, about: CHECKS[check.name] })),
  routing: routing && { ...routing, refusals: [...routing.refusals] },
  order: order && toOrder(order),
});

function decisionDeps({ db, venues, masterKeys, logger, now }: ApiDeps): DecisionDeps {
  const base = {
    db,
    venues: new Map(venues.map((venue) => [venue.name, venue])),
    masterKeys,
    logger,
    now,
    failpoint: () => undefined,
  };
  return { ...base, openSession: createTradingSessions(base), isApproved: createApprovalCheck(now) };
}

const toOrder = ({ venue, plan, notionalUsd, protection, fees }: PreviewedOrder) => ({
  venue,
  size: plan.size,
  notionalUsd,
  leverage: plan.leverage,
  price: plan.referencePrice,
  worstPrice: plan.worstPrice,
  liquidationPrice: plan.liquidationPrice ?? null,
  levels: protection.levels,
  legs: protection.legs.map(({ leg, legNumber, triggerPrice, size }) => ({
    leg,
    legNumber,
    triggerPrice,
    size,
  })),
  fees,
});
