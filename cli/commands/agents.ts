import { Command, Option } from 'commander';
import type { Agent } from '#api/schemas/agent.ts';
import { PROFIT_RULES, type ProfitRule } from '#domain/billing.ts';
import { DEFAULT_ROWS, MAX_ROWS, anyNumber, openContext, wholeNumber } from '../context.ts';
import { orDash, renderTable, shortId, utc, type Column } from '#terminal/output.ts';
import { readAgentPolicyFile } from '../policy-file.ts';
import { agentStatusCommand, editCommand } from './agents/edit.ts';
import { reactCommand } from './agents/react.ts';
import { publishCommand } from './agents/publish.ts';
import { showCommand } from './agents/show.ts';
import { weighCommand } from './agents/weigh.ts';
import { addSource, toSourceInputs, type TypedSource } from './agents/source-weight.ts';

interface CreateOptions {
  policy?: string;
  source: TypedSource[];
  minConfidence?: number;
  riskPercent?: number;
  notional?: string;
  profitShare?: ProfitRule;
  json?: boolean;
}

/** `signalman agents`: lists agents; its subcommands create, edit, show, publish, weigh, pause and archive one, and say how it reacts. */
export const agentsCommand = (): Command =>
  new Command('agents')
    .description(
      'list agents, newest first, create one, weigh what one listens to, or say what it does with other posts',
    )
    .enablePositionalOptions()
    .option('--limit <n>', 'how many', wholeNumber(1, MAX_ROWS), DEFAULT_ROWS)
    .option('--json', 'print JSON')
    .action(list)
    .addCommand(createCommand())
    .addCommand(editCommand())
    .addCommand(weighCommand())
    .addCommand(reactCommand())
    .addCommand(showCommand())
    .addCommand(publishCommand())
    .addCommand(agentStatusCommand('pause', 'refuse its calls; open trades go on'))
    .addCommand(agentStatusCommand('resume', 'take its calls again'))
    .addCommand(agentStatusCommand('archive', 'end it for good, once no deployment follows it any more'));

const createCommand = (): Command =>
  new Command('create')
    .description('create an agent')
    .argument('<name>', 'a name of its own')
    .option(
      '--policy <file>',
      'its exits: barriers as JSON; a part left out is the default, null is none (docs/barriers.md)',
    )
    .option(
      '--source <source:weight>',
      'listen to a source, named by id or kind:handle, such as file:posts.jsonl:80, trusted 0 to 100 percent; may be given again',
      addSource,
      [],
    )
    .option('--min-confidence <0..1>', 'skip signals below it (default: 0.5)', anyNumber)
    .option(
      '--risk-percent <percent>',
      'lose this percentage of the equity at the stop (default: 2)',
      anyNumber,
    )
    .option('--notional <usd>', 'open positions of this value in USD, instead')
    .addOption(
      new Option(
        '--profit-share <rule>',
        'how its profit is shared (docs/bills.md; default: high_water)',
      ).choices([...PROFIT_RULES]),
    )
    .option('--json', 'print JSON')
    .action(create);

async function list({ limit, json }: { limit: number; json?: boolean }): Promise<void> {
  const { api, out } = openContext();
  const agents = await api.list<Agent>('/agents', limit);
  if (json) return out.json({ agents });
  if (agents.length === 0) return out.line('no agents yet; create one with: signalman agents create <name>');
  for (const line of renderTable(COLUMNS, agents, out.colors)) out.line(line);
}

async function create(name: string, options: CreateOptions): Promise<void> {
  const { policy, source, minConfidence, profitShare, json } = options;
  const { api, out } = openContext();
  const sizeModel = sizeModelOf(options);
  const agent = await api.post<Agent>('/agents', {
    name,
    sources: await toSourceInputs(api, source),
    ...(policy !== undefined && { barriers: (await readAgentPolicyFile(policy)).given }),
    ...(minConfidence !== undefined && { minConfidence }),
    ...(sizeModel && { sizeModel }),
    ...(profitShare !== undefined && { profitShare }),
  });
  if (json) return out.json(agent);
  out.line(`agent ${agent.name} created (${shortId(agent.id)})`);
  out.line(`deploy it with: signalman deployments create ${agent.name}`);
}

function sizeModelOf({ notional, riskPercent }: CreateOptions): object | null {
  if (notional !== undefined) return { mode: 'fixedNotional', notionalUsd: notional };
  return riskPercent === undefined ? null : { mode: 'riskPercent', percent: riskPercent };
}

const COLUMNS: Column<Agent>[] = [
  { title: 'ID', cell: ({ id }) => shortId(id) },
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'STATUS', cell: ({ status }) => status },
  { title: 'VENUES', cell: ({ venuePreference }) => orDash(venuePreference.join(' > ') || null) },
  { title: 'SIZE', cell: ({ sizeModel }) => sizeModel.mode },
  { title: 'SOURCES', cell: ({ sources }) => String(sources.length), align: 'right' },
  { title: 'MADE (UTC)', cell: ({ createdAt }) => utc(createdAt) },
];
