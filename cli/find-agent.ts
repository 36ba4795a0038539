import type { Agent } from '#api/schemas/agent.ts';
import type { ApiClient } from '#api/client.ts';
import { CliError } from './cli-error.ts';
import { MAX_ROWS } from './context.ts';

const SHORTEST_ID = 6;

/** Returns the agent with this name, id, or end of an id of six characters or more. */
export async function findAgent(api: ApiClient, nameOrId: string): Promise<Agent> {
  const agents = await api.list<Agent>('/agents', MAX_ROWS);
  const found = agents.find(({ id, name }) => id === nameOrId || name === nameOrId);
  if (found) return found;
  const ending = nameOrId.length < SHORTEST_ID ? [] : agents.filter(({ id }) => id.endsWith(nameOrId));
  const [only, other] = ending;
  if (only && !other) return only;
  if (other) throw new CliError(`several agents match ${nameOrId}: give more of the id, or the name`);
  throw new CliError(`there is no agent ${nameOrId}; list agents with: signalman agents`);
}
