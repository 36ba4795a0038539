import { Argument, Command } from 'commander';
import type { Deployment } from '#api/schemas/deployment.ts';
import { DEFAULT_ROWS, MAX_ROWS, openContext, wholeNumber } from '../context.ts';
import { findAgent } from '../find-agent.ts';
import { describeDeployment, standingOf } from '../render/deployment.ts';
import { leaveCommand } from './deployments/leave.ts';
import { setCommand } from './deployments/set.ts';
import { renderTable, shortId, type Column } from '#terminal/output.ts';

interface CreateOptions {
  wallet?: string;
  maxLeverage?: number;
  maxNotional?: string;
  maxPositions?: number;
  fund?: string;
  bills: boolean;
  json?: boolean;
}

/** `signalman deployments`: list them; `create`, `key`, `key rotate`, `approval`, `set`, `billing`, `pause`, `resume` and `leave` act on them. */
export const deploymentsCommand = (): Command =>
  new Command('deployments')
    .description('list deployments, newest first, or act on one')
    .enablePositionalOptions()
    .option('--agent <name>', 'only of this agent')
    .option('--limit <n>', 'how many', wholeNumber(1, MAX_ROWS), DEFAULT_ROWS)
    .option('--json', 'print JSON')
    .action(list)
    .addCommand(createCommand())
    .addCommand(keyCommand())
    .addCommand(
      actionCommand(
        'approval',
        'ask the venue which trading keys the wallet has approved; one that waits takes over',
      ),
    )
    .addCommand(setCommand())
    .addCommand(billingCommand())
    .addCommand(actionCommand('pause', 'take no new trades'))
    .addCommand(actionCommand('resume', 'take new trades again'))
    .addCommand(leaveCommand());

const createCommand = (): Command =>
  new Command('create')
    .description('deploy an agent for a wallet; at a sandbox, for a new one with play money')
    .argument('<agent>', 'name or id')
    .option('--wallet <address>', 'the wallet that owns the funds')
    .option(
      '--max-leverage <times>',
      'per account: value of everything open in it over its equity, 1 to 50 (default: 1)',
      wholeNumber(1, 50),
    )
    .option('--max-notional <usd>', 'per trade: its largest value in USD (default: 10000)')
    .option(
      '--max-positions <n>',
      'per deployment: positions open at a time (default: 3)',
      wholeNumber(1, 100),
    )
    .option('--fund <usdc>', 'play money of a new wallet at a sandbox, in USDC (default: 10000)')
    .option('--no-bills', 'bill none of its trades (docs/bills.md)')
    .option('--json', 'print JSON')
    .action(create);

const DEPLOYMENT_ID = 'the deployment, or the last 6 or more characters of its id';

const billingCommand = (): Command =>
  new Command('billing')
    .description('bill the trades that end from now on, or do not; bills that were made stay')
    .argument('<id>', DEPLOYMENT_ID)
    .addArgument(new Argument('<state>', 'on or off').choices(['on', 'off']))
    .option('--json', 'print JSON')
    .action(async (id: string, state: string, { json }: { json?: boolean }) => {
      const { api, out } = openContext();
      const path = `/deployments/${encodeURIComponent(id)}/billing`;
      const deployment = await api.post<Deployment>(path, { billed: state === 'on' });
      if (json) return out.json(deployment);
      for (const line of describeDeployment(deployment)) out.line(line);
    });

const keyCommand = (): Command =>
  new Command('key')
    .description('make a trading key for one more venue, for the wallet to approve there')
    .argument('<id>', DEPLOYMENT_ID)
    .argument('<venue>', 'such as ostium')
    .enablePositionalOptions()
    .option('--json', 'print JSON')
    .action(async (id: string, venue: string, { json }: { json?: boolean }) => {
      const { api, out } = openContext();
      const path = `/deployments/${encodeURIComponent(id)}/trading-keys`;
      const deployment = await api.post<Deployment>(path, { venue });
      if (json) return out.json(deployment);
      for (const line of describeDeployment(deployment)) out.line(line);
    })
    .addCommand(rotateCommand());

const rotateCommand = (): Command =>
  new Command('rotate')
    .description(
      'make keys that replace those that sign, without closing anything, for the wallet to approve',
    )
    .argument('<ids...>', 'the deployments, each by its id or the last 6 or more characters of it')
    .option('--venue <name>', 'only the key of this venue')
    .option('--json', 'print JSON')
    .action(rotate);

const actionCommand = (action: string, description: string): Command =>
  new Command(action)
    .description(description)
    .argument('<id>', DEPLOYMENT_ID)
    .option('--json', 'print JSON')
    .action(async (id: string, { json }: { json?: boolean }) => {
      const { api, out } = openContext();
      const deployment = await api.post<Deployment>(`/deployments/${encodeURIComponent(id)}/${action}`);
      if (json) return out.json(deployment);
      for (const line of describeDeployment(deployment)) out.line(line);
    });

async function list({
  agent,
  limit,
  json,
}: {
  agent?: string;
  limit: number;
  json?: boolean;
}): Promise<void> {
  const { api, out } = openContext();
  const agentId = agent === undefined ? undefined : (await findAgent(api, agent)).id;
  const deployments = await api.list<Deployment>('/deployments', limit, { agentId });
  if (json) return out.json({ deployments });
  if (deployments.length === 0) {
    return out.line('no deployments yet; create one with: signalman deployments create <agent>');
  }
  for (const line of renderTable(COLUMNS, deployments, out.colors)) out.line(line);
}

async function create(agent: string, options: CreateOptions): Promise<void> {
  const { wallet, maxLeverage, maxNotional, maxPositions, fund, bills, json } = options;
  const { api, out } = openContext();
  const { id } = await findAgent(api, agent);
  const deployment = await api.post<Deployment>(`/agents/${id}/deployments`, {
    ...(wallet !== undefined && { walletAddress: wallet }),
    ...(maxLeverage !== undefined && { maxLeverage }),
    ...(maxNotional !== undefined && { maxNotionalUsd: maxNotional }),
    ...(maxPositions !== undefined && { maxOpenPositions: maxPositions }),
    ...(fund !== undefined && { fundUsdc: fund }),
    ...(!bills && { isBilled: false }),
  });
  if (json) return out.json(deployment);
  for (const line of describeDeployment(deployment)) out.line(line);
}

async function rotate(
  ids: readonly string[],
  { venue, json }: { venue?: string; json?: boolean },
): Promise<void> {
  const { api, out } = openContext();
  const deployments: Deployment[] = [];
  for (const id of ids) {
    const path = `/deployments/${encodeURIComponent(id)}`;
    let deployment = await api.get<Deployment>(path);
    const signing = deployment.tradingKeys.filter(({ active }) => active);
    for (const name of venue === undefined ? signing.map((key) => key.venue) : [venue])
      deployment = await api.post<Deployment>(`${path}/trading-keys/rotate`, { venue: name });
    deployments.push(deployment);
  }
  if (json) return out.json({ deployments });
  for (const line of deployments.flatMap(describeDeployment)) out.line(line);
}

const COLUMNS: Column<Deployment>[] = [
  { title: 'ID', cell: ({ id }) => shortId(id) },
  { title: 'AGENT', cell: ({ agentName }) => agentName },
  { title: 'STATUS', cell: standingOf },
  { title: 'WALLET', cell: ({ walletAddress }) => walletAddress },
  { title: 'LEVERAGE', cell: ({ maxLeverage }) => `${maxLeverage}x`, align: 'right' },
  { title: 'MAX USD', cell: ({ maxNotionalUsd }) => maxNotionalUsd, align: 'right' },
  { title: 'POSITIONS', cell: ({ maxOpenPositions }) => String(maxOpenPositions), align: 'right' },
  {
    title: 'TRADING KEYS',
    cell: ({ tradingKeys }) =>
      tradingKeys
        .filter((key) => key.status !== 'revoked')
        .map(
          ({ venue, status, active, warning }) => `${venue} ${active ? (warning ?? status) : 'replacement'}`,
        )
        .join(', '),
  },
];
