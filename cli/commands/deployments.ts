import { Command } from 'commander';
import type { Deployment } from '#api/schemas/deployment.ts';
import { DEFAULT_ROWS, MAX_ROWS, openContext, wholeNumber } from '../context.ts';
import { findAgent } from '../find-agent.ts';
import { renderTable, type Column } from '../output.ts';

interface CreateOptions {
  wallet?: string;
  maxLeverage?: number;
  maxNotional?: string;
  maxPositions?: number;
  fund?: string;
  json?: boolean;
}

/** `signalman deployments`: list them; `create`, `key`, `approval`, `pause` and `resume` act on one. */
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
    .addCommand(actionCommand('approval', 'ask the venue whether the wallet has approved the trading key'))
    .addCommand(actionCommand('pause', 'take no new trades'))
    .addCommand(actionCommand('resume', 'take new trades again'));

const createCommand = (): Command =>
  new Command('create')
    .description('deploy an agent for a wallet; at a sandbox, for a new one with play money')
    .argument('<agent>', 'name or id')
    .option('--wallet <address>', 'the wallet that owns the funds')
    .option(
      '--max-leverage <n>',
      'per account: value of everything open in it over its equity',
      wholeNumber(1, 50),
    )
    .option('--max-notional <usd>', 'per trade: its largest value')
    .option('--max-positions <n>', 'per deployment: positions open at a time', wholeNumber(1, 100))
    .option('--fund <usdc>', 'play money of a new wallet')
    .option('--json', 'print JSON')
    .action(create);

const keyCommand = (): Command =>
  new Command('key')
    .description('make a trading key for one more venue, for the wallet to approve there')
    .argument('<id>', 'the deployment')
    .argument('<venue>', 'such as ostium')
    .option('--json', 'print JSON')
    .action(async (id: string, venue: string, { json }: { json?: boolean }) => {
      const { api, out } = openContext();
      const path = `/deployments/${encodeURIComponent(id)}/trading-keys`;
      const deployment = await api.post<Deployment>(path, { venue });
      if (json) return out.json(deployment);
      for (const line of describe(deployment)) out.line(line);
    });

const actionCommand = (action: string, description: string): Command =>
  new Command(action)
    .description(description)
    .argument('<id>', 'the deployment')
    .option('--json', 'print JSON')
    .action(async (id: string, { json }: { json?: boolean }) => {
      const { api, out } = openContext();
      const deployment = await api.post<Deployment>(`/deployments/${encodeURIComponent(id)}/${action}`);
      if (json) return out.json(deployment);
      for (const line of describe(deployment)) out.line(line);
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
  const { wallet, maxLeverage, maxNotional, maxPositions, fund, json } = options;
  const { api, out } = openContext();
  const { id } = await findAgent(api, agent);
  const deployment = await api.post<Deployment>(`/agents/${id}/deployments`, {
    ...(wallet !== undefined && { walletAddress: wallet }),
    ...(maxLeverage !== undefined && { maxLeverage }),
    ...(maxNotional !== undefined && { maxNotionalUsd: maxNotional }),
    ...(maxPositions !== undefined && { maxOpenPositions: maxPositions }),
    ...(fund !== undefined && { fundUsdc: fund }),
  });
  if (json) return out.json(deployment);
  for (const line of describe(deployment)) out.line(line);
}

function describe({ id, agentName, status, walletAddress, tradingKeys }: Deployment): string[] {
  const pending = tradingKeys.filter((key) => key.status === 'pending');
  return [
    `deployment ${id} of ${agentName} for wallet ${walletAddress}: ${status}`,
    ...tradingKeys.map((key) => `trading key ${key.address} at ${key.venue}: ${key.status}`),
    ...pending.map(({ address, venue }) => `approve ${address} with the wallet at ${venue}, then run:`),
    ...(pending.length > 0 ? [`  signalman deployments approval ${id}`] : []),
  ];
}

const COLUMNS: Column<Deployment>[] = [
  { title: 'ID', cell: ({ id }) => id },
  { title: 'AGENT', cell: ({ agentName }) => agentName },
  { title: 'STATUS', cell: ({ status }) => status },
  { title: 'WALLET', cell: ({ walletAddress }) => walletAddress },
  { title: 'LEVERAGE', cell: ({ maxLeverage }) => `${maxLeverage}x`, align: 'right' },
  { title: 'MAX USD', cell: ({ maxNotionalUsd }) => maxNotionalUsd, align: 'right' },
  { title: 'POSITIONS', cell: ({ maxOpenPositions }) => String(maxOpenPositions), align: 'right' },
  {
    title: 'TRADING KEYS',
    cell: ({ tradingKeys }) => tradingKeys.map(({ venue, status }) => `${venue} ${status}`).join(', '),
  },
];
