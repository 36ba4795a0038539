import { join } from 'node:path';
import type { Agent } from '#api/schemas/agent.ts';
import type { RunScope } from './run-record.ts';
import { archiveFileSources, ensureSourceAccount } from '#prisma/repositories/source-accounts.ts';
import { makeAgents, nextRunNumber, type DemoAgents } from './agents.ts';
import type { DemoPost } from './posts.ts';
import { DEMO_FOLDER, type DemoSystem } from '#local/demo-system.ts';

/** Agents read to find the number of this run. */
const MAX_AGENTS = 10_000;

/** One run of the demo in a state folder that may have seen others. */
export interface DemoRun {
  number: number;
  agents: DemoAgents;
  scope: RunScope;
}

/** Puts away the sources of earlier runs, and makes agents, wallets and sources for this one. */
export async function prepareRun(system: DemoSystem, posts: readonly DemoPost[]): Promise<DemoRun> {
  const { api, db, state } = system;
  await forgetSources(system);
  const agents = await api.list<Agent>('/agents', MAX_AGENTS);
  const number = nextRunNumber(agents.map(({ name }) => name));
  const folder = state.folder(join(DEMO_FOLDER, `run-${number}`));
  const made = await makeAgents(
    api,
    { number, folder },
    posts.map(({ author }) => author),
  );
  const sources = await Promise.all(
    made.all.map(({ postsFile }) => ensureSourceAccount(db, { kind: 'file', handle: postsFile })),
  );
  const scope = {
    agentIds: made.all.map(({ agentId }) => agentId),
    deploymentIds: made.all.map(({ deploymentId }) => deploymentId),
    sourceAccountIds: sources.map(({ id }) => id),
  };
  return { number, agents: made, scope };
}

/** Archives the sources of earlier runs, so that they are not read every minute for ever. */
const forgetSources = ({ db }: DemoSystem): Promise<number> => archiveFileSources(db, `/${DEMO_FOLDER}/run-`);
