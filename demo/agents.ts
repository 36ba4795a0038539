import type { Agent } from '#api/schemas/agent.ts';
import type { Deployment } from '#api/schemas/deployment.ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiClient } from '#api/client.ts';

/** One agent of a run, with the wallet it trades from and the file it listens to. */
export interface DemoAgent {
  agentId: string;
  agentName: string;
  deploymentId: string;
  walletAddress: string;
  /** The absolute path where posts for it are written: the handle of its source. */
  postsFile: string;
}

/** The agents of a run: every author has one. */
export interface DemoAgents {
  all: readonly DemoAgent[];
  /** Returns the agent that listens to an author, or to lines that name none. */
  agentFor(author: string | null): DemoAgent;
}

interface AgentTemplate {
  name: string;
  author: string | null;
  weight: number;
  agent: object;
}

export const FUND_USDC = '10000';

/** Ends trades whose price does not move, so that a run ends. */
const TIME_LIMIT_MS = 45_000;

/** Trades end at the levels of their posts, so that each post shows what it says. */
const NO_TRAIL = { breakEven: null, trailing: null };

/** The authors of the posts that come with the project, each traded in its own way. */
const TEMPLATES: readonly AgentTemplate[] = [
  {
    name: 'macro_mara',
    author: '@macro_mara',
    weight: 90,
    agent: {
      barriers: { ...NO_TRAIL, stopLoss: { pct: 2 }, timeLimitMs: TIME_LIMIT_MS },
      sizeModel: { mode: 'riskPercent', percent: 0.5 },
    },
  },
  {
    name: 'chart_carl',
    author: '@chart_carl',
    weight: 85,
    agent: {
      barriers: { ...NO_TRAIL, stopLoss: { pct: 3 }, timeLimitMs: TIME_LIMIT_MS },
      sizeModel: { mode: 'fixedNotional', notionalUsd: '1500' },
    },
  },
  {
    name: 'desk_notes',
    author: '@desk_notes',
    weight: 100,
    agent: {
      barriers: { ...NO_TRAIL, stopLoss: { pct: 4 }, timeLimitMs: TIME_LIMIT_MS },
      sizeModel: { mode: 'equityPercent', percent: 10 },
    },
  },
];

const OTHER_AUTHORS: AgentTemplate = {
  name: 'everybody_else',
  author: null,
  weight: 100,
  agent: {
    barriers: { stopLoss: { pct: 1 }, takeProfits: [{ pct: 1.5, fraction: 1 }], timeLimitMs: TIME_LIMIT_MS },
    sizeModel: { mode: 'fixedNotional', notionalUsd: '1000' },
  },
};

/** The number of the next run: the names of its agents are new with it. */
export function nextRunNumber(agentNames: readonly string[]): number {
  const names = [...TEMPLATES, OTHER_AUTHORS].map(({ name }) => name);
  const numbers = agentNames.map((agentName) => {
    const [name = '', number] = agentName.split(' ');
    return names.includes(name) ? Number(number) : 0;
  });
  return 1 + Math.max(0, ...numbers.filter(Number.isInteger));
}

/** Makes the agents that the authors need, each with a wallet of 10,000 USDC, under names of this run alone. */
export async function makeAgents(
  api: ApiClient,
  run: { number: number; folder: string },
  authors: readonly (string | null)[],
): Promise<DemoAgents> {
  const known = TEMPLATES.filter(({ author }) => authors.includes(author));
  const hasOtherAuthors = authors.some(
    (author) => author !== null && !TEMPLATES.some((template) => template.author === author),
  );
  const templates = hasOtherAuthors ? [...known, OTHER_AUTHORS] : known;
  const all = await Promise.all(templates.map((template) => makeAgent(api, run, template)));
  return {
    all,
    agentFor(author) {
      const index = templates.findIndex((template) => template.author === author);
      const agent = all[index] ?? all.at(-1);
      if (!agent) throw new Error(`no agent listens to ${author}`);
      return agent;
    },
  };
}

async function makeAgent(
  api: ApiClient,
  { number, folder }: { number: number; folder: string },
  { name, weight, agent: defaults }: AgentTemplate,
): Promise<DemoAgent> {
  const postsFile = join(folder, `${name}.jsonl`);
  writeFileSync(postsFile, '');
  const agent = await api.post<Agent>('/agents', {
    name: `${name} ${number}`,
    venuePreference: ['hyperliquid', 'ostium'],
    minConfidence: 0.5,
    maxDriftPct: 3,
    sources: [{ kind: 'file', handle: postsFile, weight }],
    ...defaults,
  });
  const deployment = await api.post<Deployment>(`/agents/${agent.id}/deployments`, {
    venue: 'hyperliquid',
    maxLeverage: 3,
    maxNotionalUsd: '10000',
    maxOpenPositions: 6,
    fundUsdc: FUND_USDC,
  });
  return {
    agentId: agent.id,
    agentName: agent.name,
    deploymentId: deployment.id,
    walletAddress: deployment.walletAddress,
    postsFile,
  };
}
