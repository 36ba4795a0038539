import { join } from 'node:path';
import type { Agent } from '#api/schemas/agent.ts';
import type { RunScope } from './run-record.ts';
import { archiveFileSources, ensureSourceAccount } from '#prisma/repositories/source-accounts.ts';
import { ingestScheduleId } from '#temporal/schedules.ts';
import { engageCast, nextRunNumber, type Cast } from './cast.ts';
import type { DemoPost } from './posts.ts';
import { DEMO_FOLDER, type DemoSystem } from '#local/demo-system.ts';

/** Agents read to find the number of this run. */
const MAX_AGENTS = 10_000;

/** One run of the demo in a state folder that may have seen others. */
export interface DemoRun {
  number: number;
  cast: Cast;
  scope: RunScope;
}

/** Puts away the sources of earlier runs, and makes agents, wallets and sources for this one. */
export async function prepareRun(system: DemoSystem, posts: readonly DemoPost[]): Promise<DemoRun> {
  const { api, db, state } = system;
  await forgetSources(system);
  const agents = await api.list<Agent>('/agents', MAX_AGENTS);
  const number = nextRunNumber(agents.map(({ name }) => name));
  const folder = state.folder(join(DEMO_FOLDER, `run-${number}`));
  const cast = await engageCast(
    api,
    { number, folder },
    posts.map(({ author }) => author),
  );
  const sources = await Promise.all(
    cast.members.map(({ postsFile }) => ensureSourceAccount(db, { kind: 'file', handle: postsFile })),
  );
  const scope = {
    agentIds: cast.members.map(({ agentId }) => agentId),
    deploymentIds: cast.members.map(({ deploymentId }) => deploymentId),
    sourceAccountIds: sources.map(({ id }) => id),
  };
  return { number, cast, scope };
}

/** What nobody writes to any more need not be read every minute for ever. */
async function forgetSources({ db, temporal }: DemoSystem): Promise<void> {
  const ids = await archiveFileSources(db, `/${DEMO_FOLDER}/run-`);
  // Schedules of a server that was started over are gone already.
  await Promise.allSettled(ids.map((id) => temporal.schedule.getHandle(ingestScheduleId(id)).delete()));
}
