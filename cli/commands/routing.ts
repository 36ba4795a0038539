import { Command, InvalidArgumentError, Option } from 'commander';
import type { RoutingDecision, RoutingRules, RoutingSummary } from '#api/schemas/routing.ts';
import { VENUES, type VenueName } from '#domain/ids.ts';
import { ROUTING_MODES, type RoutingMode } from '#domain/routing.ts';
import { CliError } from '../cli-error.ts';
import { MAX_ROWS, openContext, wholeNumber } from '../context.ts';
import { findAgent } from '../find-agent.ts';
import { orDash, renderTable, shortId, utc, type Column } from '#terminal/output.ts';

const SHOWN_DECISIONS = 20;
const SHOWN_DAYS = 30;

interface ShowOptions {
  agent?: string;
  days: number;
  limit: number;
  json?: boolean;
}

interface SetOptions {
  agent?: string;
  mode?: RoutingMode;
  venues?: VenueName[];
  json?: boolean;
}

/** `signalman routing`: lists the rules and the decisions of routing; `set` and `reset` change the rules. */
export const routingCommand = (): Command =>
  new Command('routing')
    .description('show which venues trades went to and what the others said, or change the rules')
    .enablePositionalOptions()
    .option('--agent <name>', 'only of this agent')
    .option('--days <n>', 'count this many days', wholeNumber(1, 365), SHOWN_DAYS)
    .option('--limit <n>', 'list this many decisions', wholeNumber(1, MAX_ROWS), SHOWN_DECISIONS)
    .option('--json', 'print JSON')
    .action(show)
    .addCommand(setCommand())
    .addCommand(resetCommand());

const setCommand = (): Command =>
  new Command('set')
    .description('set the rules of an agent, or of everybody; what is left out stays as it is')
    .option('--agent <name>', 'of this agent only')
    .addOption(
      new Option(
        '--mode <mode>',
        'first venue that can take the trade, or the one where it costs least',
      ).choices(ROUTING_MODES),
    )
    .option('--venues <names>', 'the venues to ask, in order, with commas', venueList)
    .option('--json', 'print JSON')
    .action(set);

const resetCommand = (): Command =>
  new Command('reset')
    .description('forget the rules of an agent, or of everybody; those next in line are then in force')
    .option('--agent <name>', 'of this agent only')
    .option('--json', 'print JSON')
    .action(({ agent, json }: SetOptions) => change('/routing-rules/reset', { agent, json }, {}));

async function show({ agent, days, limit, json }: ShowOptions): Promise<void> {
  const { api, out } = openContext();
  const query = agent === undefined ? {} : { agentId: (await findAgent(api, agent)).id };
  const [rules, summary, decisions] = await Promise.all([
    api.get<RoutingRules>('/routing-rules', query),
    api.get<RoutingSummary>('/routing-summary', { ...query, days }),
    api.list<RoutingDecision>('/routing-decisions', limit, query),
  ]);
  if (json) return out.json({ rules, summary, decisions });
  out.line(describeRules(rules));
  out.line(describeSummary(summary, days));
  const tables = [
    renderTable(COUNT_COLUMNS, countsOf(summary), out.colors),
    renderTable(DECISION_COLUMNS, decisions, out.colors),
  ];
  if (summary.decisions === 0 && decisions.length === 0) return undefined;
  for (const line of tables.flatMap((table) => ['', ...table])) out.line(line);
}

async function set({ agent, mode, venues, json }: SetOptions): Promise<void> {
  if (mode === undefined && venues === undefined) throw new CliError('give --mode, --venues or both', 2);
  await change('/routing-rules', { agent, json }, { ...(mode && { mode }), ...(venues && { venues }) });
}

async function change(
  path: string,
  { agent, json }: { agent: string | undefined; json: boolean | undefined },
  rules: object,
): Promise<void> {
  const { api, out } = openContext();
  const agentId = agent === undefined ? undefined : (await findAgent(api, agent)).id;
  const answer = await api.post<RoutingRules>(path, { ...(agentId !== undefined && { agentId }), ...rules });
  if (json) return out.json(answer);
  out.line(describeRules(answer));
}

function venueList(text: string): VenueName[] {
  return text.split(',').map((name) => {
    const venue = VENUES.find((each) => each === name.trim());
    if (!venue) throw new InvalidArgumentError(`there are ${VENUES.join(' and ')}.`);
    return venue;
  });
}

const FROM = {
  agent: "the agent's own",
  preference: "the agent's preference",
  everybody: "everybody's",
  'built-in': 'built in',
} as const satisfies Record<RoutingRules['from'], string>;

const describeRules = ({ mode, venues, from }: RoutingRules): string =>
  mode === 'best'
    ? `rules (${FROM[from]}): best, the cheapest of ${venues.join(' and ')}`
    : `rules (${FROM[from]}): priority, ${venues.join(' before ')}`;

function describeSummary({ decisions, durationMs }: RoutingSummary, days: number): string {
  const took = durationMs ? `, p50 ${durationMs.p50.toFixed(1)} ms, p99 ${durationMs.p99.toFixed(1)} ms` : '';
  return `last ${days} days: ${decisions === 1 ? '1 decision' : `${decisions} decisions`}${took}`;
}

interface Count {
  venue: string;
  outcome: string;
  count: number;
}

const countsOf = ({ chosen, refusals }: RoutingSummary): Count[] => [
  ...chosen.map(({ venue, count }) => ({
    venue: orDash(venue),
    outcome: venue ? 'chosen' : 'no venue',
    count,
  })),
  ...refusals.map(({ venue, code, count }) => ({ venue, outcome: code, count })),
];

const COUNT_COLUMNS: Column<Count>[] = [
  { title: 'VENUE', cell: ({ venue }) => venue },
  { title: 'OUTCOME', cell: ({ outcome }) => outcome },
  { title: 'COUNT', cell: ({ count }) => String(count), align: 'right' },
];

const DECISION_COLUMNS: Column<RoutingDecision>[] = [
  { title: 'AT (UTC)', cell: ({ createdAt }) => utc(createdAt) },
  { title: 'TRADE', cell: ({ tradeId }) => shortId(tradeId) },
  { title: 'AGENT', cell: ({ agentName }) => agentName },
  { title: 'INSTRUMENT', cell: ({ symbol }) => symbol },
  { title: 'SIDE', cell: ({ side }) => side },
  { title: 'VENUE', cell: ({ venue }) => orDash(venue) },
  { title: 'MS', cell: ({ durationMs }) => durationMs.toFixed(1), align: 'right' },
  {
    title: 'REFUSED',
    cell: ({ refusals }) => refusals.map(({ venue, code }) => `${venue}: ${code}`).join(', '),
  },
];
