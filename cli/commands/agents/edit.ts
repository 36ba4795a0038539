import { Command, Option } from 'commander';
import type { Agent } from '#api/schemas/agent.ts';
import { PROFIT_RULES, type ProfitRule } from '#domain/billing.ts';
import { VENUES } from '#domain/ids.ts';
import { CliError } from '../../cli-error.ts';
import { anyNumber, openContext, wholeNumber } from '../../context.ts';
import { findAgent } from '../../find-agent.ts';
import { readAgentPolicyFile } from '../../policy-file.ts';

interface Options {
  policy?: string;
  venues?: string;
  minConfidence?: number;
  riskPercent?: number;
  notional?: string;
  signalTtl?: number;
  maxDrift?: number;
  profitShare?: ProfitRule;
  json?: boolean;
}

/** `signalman agents edit`: changes how an agent trades from now on, and shows what was and is. */
export const editCommand = (): Command =>
  new Command('edit')
    .description('change an agent; its next trades go by it, open ones keep their exits')
    .argument('<agent>', 'name or id')
    .option('--policy <file>', 'its exits: barriers as JSON, in place of all it has (docs/barriers.md)')
    .option('--venues <names>', `venues to ask, in order, by commas: ${VENUES.join(',')}; "any" for all`)
    .option('--min-confidence <0..1>', 'skip signals below it', anyNumber)
    .option('--risk-percent <percent>', 'lose this percentage of the equity at the stop', anyNumber)
    .option('--notional <usd>', 'open positions of this value in USD, instead')
    .option('--signal-ttl <seconds>', 'how long a signal may be traded', wholeNumber(1, 86_400))
    .option('--max-drift <percent>', 'how far the price may have run away', anyNumber)
    .addOption(
      new Option('--profit-share <rule>', 'how its profit is shared (docs/bills.md)').choices([
        ...PROFIT_RULES,
      ]),
    )
    .option('--json', 'print JSON')
    .action(edit);

async function edit(name: string, { json, ...options }: Options): Promise<void> {
  const change = await changeOf(options);
  if (Object.keys(change).length === 0) throw new CliError('give something to change', 2);
  const { api, out } = openContext();
  const before = await findAgent(api, name);
  const after = await api.patch<Agent>(`/agents/${before.id}`, change, before.version);
  if (json) return out.json({ before, after });
  const lines = describeEdit(before, after, Object.keys(change));
  out.line(`agent ${after.name}: ${lines.length > 0 ? lines.join('; ') : 'nothing has changed'}`);
}

const changeOf = async ({
  policy,
  venues,
  minConfidence,
  riskPercent,
  notional,
  signalTtl,
  maxDrift,
  profitShare,
}: Omit<Options, 'json'>): Promise<object> => ({
  ...(policy !== undefined && { barriers: (await readAgentPolicyFile(policy)).given }),
  ...(venues !== undefined && { venuePreference: venues === 'any' ? [] : venues.split(',') }),
  ...(minConfidence !== undefined && { minConfidence }),
  ...(riskPercent !== undefined && { sizeModel: { mode: 'riskPercent', percent: riskPercent } }),
  ...(notional !== undefined && { sizeModel: { mode: 'fixedNotional', notionalUsd: notional } }),
  ...(signalTtl !== undefined && { signalTtlMs: signalTtl * 1000 }),
  ...(maxDrift !== undefined && { maxDriftPct: maxDrift }),
  ...(profitShare !== undefined && { profitShare }),
});

function describeEdit(before: Agent, after: Agent, names: readonly string[]): string[] {
  const [was, is]: Record<string, unknown>[] = [{ ...before }, { ...after }];
  return names.flatMap((name) => {
    const [old, now] = [JSON.stringify(was?.[name]), JSON.stringify(is?.[name])];
    return old === now ? [] : [`${name} ${old} -> ${now}`];
  });
}

/** `signalman agents pause`, `resume` and `archive`. */
export const agentStatusCommand = (action: string, description: string): Command =>
  new Command(action)
    .description(description)
    .argument('<agent>', 'name or id')
    .option('--json', 'print JSON')
    .action(async (name: string, { json }: { json?: boolean }) => {
      const { api, out } = openContext();
      const { id } = await findAgent(api, name);
      const agent = await api.post<Agent>(`/agents/${id}/${action}`);
      if (json) return out.json(agent);
      out.line(`agent ${agent.name} is ${agent.status}`);
    });
