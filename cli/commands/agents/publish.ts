import { Argument, Command } from 'commander';
import type { Agent } from '#api/schemas/agent.ts';
import { openContext } from '../../context.ts';
import { findAgent } from '../../find-agent.ts';

/** `signalman agents publish <agent> [on|off]`: lists an agent on the leaderboard, or takes it off. */
export const publishCommand = (): Command =>
  new Command('publish')
    .description('list an agent on the leaderboard, or take it off')
    .argument('<agent>', 'name or id')
    .addArgument(new Argument('[on|off]', 'listed or not').choices(['on', 'off']).default('on'))
    .option('--json', 'print JSON')
    .action(run);

async function run(name: string, state: string, { json }: { json?: boolean }): Promise<void> {
  const { api, out } = openContext();
  const { id } = await findAgent(api, name);
  const agent = await api.post<Agent>(`/agents/${id}/publish`, { published: state === 'on' });
  if (json) return out.json(agent);
  out.line(`agent ${agent.name} is ${agent.isPublished ? 'on' : 'not on'} the leaderboard`);
}
