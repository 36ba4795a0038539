import { asId, type AgentId } from '#domain/ids.ts';
import type { Listener } from '#domain/judge-idea.ts';
import type { Reactions } from '#domain/reactions.ts';
import type { SizeModel } from '#domain/sizing.ts';
import { weighedAs, weightOf, type Weights } from '#domain/weights.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { reactionsOf } from './agents.ts';
import { fromJson } from './json.ts';

/** An agent that listens to a source, with what it needs to judge a message. */
export interface Subscription extends Listener, Reactions {
  agentId: AgentId;
}

/** The agents that listen to a source and have not been archived, in the order of their ids. */
export async function listSubscriptions(
  db: DatabaseOrTransaction,
  sourceAccountId: string,
): Promise<Subscription[]> {
  const rows = await db.agentSource.findMany({
    where: { sourceAccountId, agent: { status: { in: ['active', 'paused'] } } },
    orderBy: { agentId: 'asc' },
    include: { agent: true, sourceAccount: { select: { kind: true } } },
  });
  return rows.map(({ weight, agent, sourceAccount }) => ({
    agentId: asId(agent.id),
    agentName: agent.name,
    status: agent.status === 'active' ? 'active' : 'paused',
    weight,
    kindWeight: weightOf(fromJson<Weights>(agent.weights), weighedAs(sourceAccount.kind)),
    minConfidence: agent.minConfidence,
    barriers: agent.barriers,
    sizeModel: fromJson<SizeModel>(agent.sizeModel),
    signalTtlMs: agent.signalTtlMs,
    maxDriftPct: agent.maxDriftPct,
    ...reactionsOf(agent),
  }));
}
