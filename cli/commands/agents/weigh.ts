import { Command, InvalidArgumentError, Option } from 'commander';
import type { Agent } from '#api/schemas/agent.ts';
import { SCORE_USES } from '#domain/scoring/score-use.ts';
import { FULL_WEIGHT, isWeighed, WEIGHED, WEIGHED_NAMES, weightOf } from '#domain/weights.ts';
import { renderTable, type Column } from '#terminal/output.ts';
import { openContext } from '../../context.ts';
import { findAgent } from '../../find-agent.ts';
import { addSource, toSourceInputs, type TypedSource } from './source-weight.ts';

interface Options {
  score?: string;
  source: TypedSource[];
  json?: boolean;
}

/** `signalman agents weigh <agent> [name=weight...]`: shows the weights of an agent, or changes them. */
export const weighCommand = (): Command =>
  new Command('weigh')
    .description('show how much an agent lets each kind of source count, or change it')
    .argument('<agent>', 'name or id')
    .argument('[name=weight...]', `0 to ${FULL_WEIGHT} for one of ${WEIGHED_NAMES.join(', ')}`, addWeight, {})
    .addOption(
      new Option('--score <use>', 'what the market score does to its trades').choices([...SCORE_USES]),
    )
    .option(
      '--source <source:weight>',
      'listen to a source, named by id or kind:handle, or trust it so much; may be given again',
      addSource,
      [],
    )
    .option('--json', 'print JSON')
    .addHelpText('after', EXPLANATION)
    .action(run);

const EXPLANATION = `
A weight below 100 takes its share of the confidence and of the size of calls of that kind. indicators and social
weigh the two inputs of the market score against each other. docs/scoring.md has the formulas.`;

function addWeight(text: string, weights: Record<string, number>): Record<string, number> {
  const [, name = '', weight = ''] = /^(\w+)=(\d{1,3})$/.exec(text) ?? [];
  if (!isWeighed(name))
    throw new InvalidArgumentError(`must be name=weight, with a name of ${WEIGHED_NAMES.join(', ')}.`);
  if (Number(weight) > FULL_WEIGHT) throw new InvalidArgumentError(`must be 0 to ${FULL_WEIGHT}.`);
  return { ...weights, [name]: Number(weight) };
}

async function run(name: string, weights: Record<string, number>, options: Options): Promise<void> {
  const { api, out } = openContext();
  const { score, source, json } = options;
  const { id } = await findAgent(api, name);
  const isChange = Object.keys(weights).length > 0 || score !== undefined || source.length > 0;
  const agent = isChange
    ? await api.post<Agent>(`/agents/${id}/weights`, {
        weights,
        ...(score !== undefined && { scoreUse: score }),
        ...(source.length > 0 && { sources: await toSourceInputs(api, source) }),
      })
    : await api.get<Agent>(`/agents/${id}`);
  if (json) return out.json({ weights: agent.weights, scoreUse: agent.scoreUse, sources: agent.sources });
  const rows = WEIGHED_NAMES.map((weighed) => ({ name: weighed, weight: weightOf(agent.weights, weighed) }));
  for (const line of renderTable(COLUMNS, rows, out.colors)) out.line(line);
  out.line();
  out.line(`market score: ${agent.scoreUse}`);
  for (const { kind, handle, weight } of agent.sources) out.line(`source ${kind}:${handle}: ${weight}`);
}

const COLUMNS: Column<{ name: (typeof WEIGHED_NAMES)[number]; weight: number }>[] = [
  { title: 'WEIGHED', cell: ({ name }) => name },
  { title: 'WEIGHT', cell: ({ weight }) => String(weight), align: 'right' },
  { title: 'WHAT', cell: ({ name }) => WEIGHED[name] },
];
