import type { Agent } from '#api/schemas/agent.ts';
import type { Deployment } from '#api/schemas/deployment.ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiClient } from '#api/client.ts';

/** One agent of a run, with the wallet it trades from and the file it listens to. */
export interface CastMember {
  agentId: string;
  agentName: string;
  deploymentId: string;
  walletAddress: string;
  /** The absolute path where posts for it are written: the handle of its source. */
  postsFile: string;
}

/** The agents of a run. Every author has one to listen to. */
export interface Cast {
  members: readonly CastMember[];
  /** Who listens to an author, and to lines that name none. */
  memberFor(author: string | null): CastMember;
}

interface Part {
  name: string;
  author: string | null;
  weight: number;
  agent: object;
}

export const FUND_USDC = '10000';

/** A trade that goes nowhere ends here, so that a run does. */
const TIME_LIMIT_MS = 45_000;

/** Trades end at the levels of their posts, so that each post shows what it says. */
const NO_TRAIL = { breakEven: null, trailing: null };

/** Three authors the project ships posts of, each traded its own way, and one part for everybody else. */
const PARTS: readonly Part[] = [
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

const EVERYBODY_ELSE: Part = {
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
  const names = [...PARTS, EVERYBODY_ELSE].map(({ name }) => name);
  const numbers = agentNames.map((agentName) => {
    const [name = '', number] = agentName.split(' ');
    return names.includes(name) ? Number(number) : 0;
  });
  return 1 + Math.max(0, ...numbers.filter(Number.isInteger));
}

/** Makes the agents that the authors need, each with a wallet of 10,000 USDC, under names of this run alone. */
export async function engageCast(
  api: ApiClient,
  run: { number: number; folder: string },
  authors: readonly (string | null)[],
): Promise<Cast> {
  const known = PARTS.filter(({ author }) => authors.includes(author));
  const isAnyoneElse = authors.some(
    (author) => author !== null && !PARTS.some((part) => part.author === author),
  );
  const parts = isAnyoneElse ? [...known, EVERYBODY_ELSE] : known;
  const members = await Promise.all(parts.map((part) => engage(api, run, part)));
  return {
    members,
    memberFor(author) {
      const index = parts.findIndex((part) => part.author === author);
      const member = members[index] ?? members.at(-1);
      if (!member) throw new Error(`nobody listens to ${author}`);
      return member;
    },
  };
}

async function engage(
  api: ApiClient,
  { number, folder }: { number: number; folder: string },
  { name, weight, agent: defaults }: Part,
): Promise<CastMember> {
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
