import { Command, Option } from 'commander';
import type { Agent } from '#api/schemas/agent.ts';
import {
  CONDITIONAL_CALL_USES,
  FOLLOW_UP_USES,
  OPPOSITE_CALL_USES,
  type Reactions,
} from '#domain/reactions.ts';
import { openContext } from '../../context.ts';
import { findAgent } from '../../find-agent.ts';

interface Options extends Partial<Reactions> {
  json?: boolean;
}

/** `signalman agents react <agent>`: shows what an agent does with posts beyond plain calls, or changes it. */
export const reactCommand = (): Command =>
  new Command('react')
    .description('show what an agent does with posts about its open trades, or change it')
    .argument('<agent>', 'name or id')
    .addOption(
      new Option('--follow-ups <use>', 'posts that say close, reduce or move the stop').choices([
        ...FOLLOW_UP_USES,
      ]),
    )
    .addOption(
      new Option('--opposite-calls <use>', 'calls against an open trade of their author').choices([
        ...OPPOSITE_CALL_USES,
      ]),
    )
    .addOption(
      new Option('--conditional-calls <use>', 'calls that wait for a price').choices([
        ...CONDITIONAL_CALL_USES,
      ]),
    )
    .option('--json', 'print JSON')
    .addHelpText('after', EXPLANATION)
    .action(run);

const EXPLANATION = `
Only posts of the author whose call a trade was taken on count, from the same source. A stop is never moved away
from the price, and a trade that a person has paused is left alone. docs/follow-ups.md has the rules.`;

async function run(name: string, { json, ...change }: Options): Promise<void> {
  const { api, out } = openContext();
  const { id } = await findAgent(api, name);
  const agent =
    Object.keys(change).length > 0
      ? await api.post<Agent>(`/agents/${id}/reactions`, change)
      : await api.get<Agent>(`/agents/${id}`);
  const { followUps, oppositeCalls, conditionalCalls } = agent;
  if (json) return out.json({ followUps, oppositeCalls, conditionalCalls });
  out.line(`posts about its open trades:      ${followUps}`);
  out.line(`calls against an open trade:      ${oppositeCalls}`);
  out.line(`calls that wait for a price:      ${conditionalCalls}`);
}
