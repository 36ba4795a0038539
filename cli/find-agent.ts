import type { Agent } from '#api/schemas/agent.ts';
import type { ApiClient } from '#api/client.ts';
import { CliError } from './cli-error.ts';
import { MAX_ROWS } from './context.ts';

/** The agent with this name or id. */
export async function findAgent(api: ApiClient, nameOrId: string): Promise<Agent> {
  const agents = await api.list<Agent>('/agents', MAX_ROWS);
  const found = agents.find(({ id, name }) => id === nameOrId || name === nameOrId);
  if (found) return found;
  throw new CliError(`there is no agent ${nameOrId}; list agents with: signalman agents`);
}
