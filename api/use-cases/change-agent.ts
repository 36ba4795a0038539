import type { LifeStatus } from '#domain/statuses.ts';
import type { Database } from '#prisma/client.ts';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import { editAgent, type AgentEdit, type AgentRecord } from '#prisma/repositories/agents.ts';
import { listSubscribed } from '#prisma/repositories/deployments.ts';
import type { Principal } from '../plugins/auth.ts';
import { ProblemError } from '../problem.ts';
import { getAgent } from '../routes/agents.ts';

/**
 * Edits an agent, audited, and returns it. Trades that are open keep their exits and size. Throws `agent_not_found`, and
 * `version_changed` when the agent has another version than the edit was made on.
 */
export const changeAgent = (
  db: Database,
  { name: actor }: Principal,
  { id, version, edit }: { id: string; version: number; edit: AgentEdit },
): Promise<AgentRecord> =>
  db.$transaction(async (tx) => {
    const before = await getAgent(tx, id);
    if (!(await editAgent(tx, { id, version }, edit)))
      throw new ProblemError('version_changed', `${before.name} has version ${before.version}.`);
    const after = await getAgent(tx, id);
    const subject = `agent/${id}`;
    await recordChange(tx, {
      actor,
      action: 'agent.edit',
      subject,
      before: changedParts(before, edit),
      after: changedParts(after, edit),
    });
    return after;
  });

const changedParts = (agent: AgentRecord, edit: AgentEdit): Record<string, unknown> =>
  Object.fromEntries(Object.entries(agent).filter(([name]) => name in edit));

export const AGENT_STATUS_CHANGES = ['pause', 'resume', 'archive'] as const;
export type AgentStatusChange = (typeof AGENT_STATUS_CHANGES)[number];
const STATUS_OF: Record<AgentStatusChange, LifeStatus> = {
  pause: 'paused',
  resume: 'active',
  archive: 'archived',
};

/**
 * Pauses, resumes or archives an agent, audited, and returns it. Entries of an agent that is not active are refused; open
 * trades go on. Throws `agent_not_found`, `agent_state` for one that is archived, and `agent_in_use` when one is to be
 * archived that deployments still follow.
 */
export const changeAgentStatus = (
  db: Database,
  { name: actor }: Principal,
  { id, change }: { id: string; change: AgentStatusChange },
): Promise<AgentRecord> =>
  db.$transaction(async (tx) => {
    const before = await getAgent(tx, id);
    const status = STATUS_OF[change];
    if (before.status === status) return before;
    if (before.status === 'archived') throw new ProblemError('agent_state', `${before.name} is archived.`);
    if (change === 'archive') {
      const { length } = await listSubscribed(tx, id);
      if (length > 0)
        throw new ProblemError('agent_in_use', `${length} deployments of ${before.name} have not ended.`);
    }
    if (!(await editAgent(tx, before, { status })))
      throw new ProblemError('version_changed', `${before.name} was changed at this moment.`);
    await recordChange(tx, {
      actor,
      action: `agent.${change}`,
      subject: `agent/${id}`,
      before: { status: before.status },
      after: { status },
    });
    return getAgent(tx, id);
  });
