import { NO_BARRIERS_GIVEN } from '#domain/given-barriers.ts';
import { findAgent, type AgentRecord } from '#prisma/repositories/agents.ts';
import type { OfUser } from '#prisma/repositories/visible-rows.ts';
import type { ApiDeps } from '../deps.ts';
import { ProblemError } from '../problem.ts';
import type { SignalInput } from '../schemas/signal.ts';
import { toSizeModel } from '../schemas/trading-rules.ts';
import type { SignalRequest } from './draft-signal.ts';
import { readSymbol } from './read-symbol.ts';

/** Reads a signal that a person asks for. Throws where its agent, of a user or of all, or its instrument cannot be traded. */
export async function readSignalRequest(
  { db }: ApiDeps,
  { agentId, instrument, venue, sizeModel, again, ...given }: SignalInput,
  { ofUser }: OfUser,
): Promise<{ agent: AgentRecord; asked: SignalRequest }> {
  const [agent, symbol] = await Promise.all([findAgent(db, agentId), readSymbol(db, instrument)]);
  if (!agent || (ofUser !== undefined && agent.ownerId !== ofUser))
    throw new ProblemError('agent_not_found', `There is no agent ${agentId}.`);
  if (agent.status !== 'active')
    throw new ProblemError('agent_not_active', `${agent.name} is ${agent.status}.`);
  const asked = {
    symbol,
    side: given.side,
    confidence: given.confidence,
    requestedVenue: venue,
    sizeModel: sizeModel ? toSizeModel(sizeModel) : null,
    barriers: given.barriers ?? NO_BARRIERS_GIVEN,
    leverage: given.leverage ?? null,
    referencePrice: given.referencePrice ?? null,
    maxDriftPct: given.maxDriftPct ?? null,
    ttlMs: given.ttlMs ?? null,
    isAgain: again,
  };
  return { agent, asked };
}
