import { Command, Option } from 'commander';
import type { Brake } from '#api/schemas/brake.ts';
import { VENUES } from '#domain/ids.ts';
import { openContext } from '../context.ts';
import { findAgent } from '../find-agent.ts';
import { spanMs } from '../read-span.ts';
import { describeBrake } from '../render/brake.ts';

interface Options {
  venue?: string;
  agent?: string;
  deployment?: string;
  reason: string;
  for?: number;
  json?: boolean;
}

/** `signalman brake`: stops entries everywhere, at a venue, of an agent or of a deployment. */
export const brakeCommand = (): Command =>
  new Command('brake')
    .description('stop entries at once; what is open is protected and closed as before')
    .addOption(
      new Option('--venue <name>', 'only at this venue').choices(VENUES).conflicts(['agent', 'deployment']),
    )
    .addOption(new Option('--agent <name>', 'only of this agent').conflicts('deployment'))
    .option('--deployment <id>', 'only of this deployment, by its id or the last 6 characters of it')
    .requiredOption('--reason <text>', 'why: each entry that is refused says so')
    .option('--for <time>', 'end by itself after 30m, 2h or 1d; without it a person ends it', spanMs)
    .option('--json', 'print JSON')
    .action(run);

async function run({ venue, agent, deployment, reason, for: forMs, json }: Options): Promise<void> {
  const { api, out } = openContext();
  const agentId = agent === undefined ? undefined : (await findAgent(api, agent)).id;
  const brake = await api.post<Brake>('/brakes', {
    ...(venue !== undefined && { venue }),
    ...(agentId !== undefined && { agentId }),
    ...(deployment !== undefined && { deploymentId: deployment }),
    ...(forMs !== undefined && { forMs }),
    reason,
  });
  if (json) return out.json(brake);
  out.line(describeBrake(brake));
}
