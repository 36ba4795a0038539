import { z } from 'zod';
import { METRIC_NAMES, METRIC_SPANS, METRIC_UNITS } from '#domain/metrics/definitions.ts';
import { JUDGED_TRADES } from '#domain/metrics/judge-sources.ts';
import { RANKED_TRADES, UNRANKED, type UnrankedReason } from '#domain/metrics/leaderboard.ts';
import { WINDOW_NAMES } from '#domain/metrics/windows.ts';
import { SUM_GROUPS } from '#prisma/repositories/metric-sums.ts';
import { decimal, epochMs, id, venueName } from './common.ts';

/** The year 2100: beyond it, and before 1970, the database knows no hours of trades. */
const LAST_HOUR = Date.UTC(2100, 0);
const hourGiven = z.coerce.number().int().min(0).max(LAST_HOUR);

const usd = decimal.nullable();
const number = z.number().nullable();

export const windowName = z.enum(WINDOW_NAMES);

export const metricDefinitions = z.object({
  metrics: z.array(
    z.object({
      name: z.enum(METRIC_NAMES),
      title: z.string(),
      unit: z.enum(METRIC_UNITS),
      span: z.enum(METRIC_SPANS),
      formula: z.string(),
      sentence: z.string(),
    }),
  ),
});
export type MetricDefinitions = z.output<typeof metricDefinitions>;

const money = {
  grossUsd: decimal,
  feesUsd: decimal,
  fundingUsd: decimal,
  netUsd: decimal,
  volumeUsd: decimal,
};

const tradeNumbers = {
  trades: z.number().int(),
  winRate: number,
  profitFactor: number,
  expectancyUsd: usd,
  expectancyR: number,
  bestUsd: usd,
  worstUsd: usd,
  averageHoldMs: number,
  slippageToCallBps: number,
  slippageToDecisionBps: number,
  latencyMs: number,
  unprotectedMs: z.number(),
  impactUsd: usd,
};

const returnNumbers = {
  days: z.number().int(),
  aprPct: number,
  sharpe: number,
  sortino: number,
  calmar: number,
  maxDrawdownUsd: decimal,
  maxDrawdownPct: number,
  maxDrawdownDays: z.number().int(),
};

export const performance = z
  .object({ ...money, ...tradeNumbers, ...returnNumbers })
  .meta({ id: 'Performance', description: 'each number is defined in GET /v1/metrics/definitions' });

const pnlGroup = z.object({ key: z.string(), ...money, ...tradeNumbers });
export type PnlGroup = z.output<typeof pnlGroup>;

export const pnlQuery = z.object({
  by: z.enum(SUM_GROUPS).default('day'),
  from: hourGiven.optional().meta({ description: 'first hour, epoch ms' }),
  to: hourGiven.optional().meta({ description: 'first hour that is left out, epoch ms' }),
  agentId: id.optional(),
  deploymentId: id.optional(),
  venue: venueName.optional(),
});

export const pnl = z.object({
  groups: z.array(pnlGroup),
  total: pnlGroup.nullable(),
  /** Changes that are not counted yet. */
  waiting: z.number().int(),
});
export type Pnl = z.output<typeof pnl>;

const impact = {
  trades: z.number().int(),
  wins: z.number().int(),
  netUsd: decimal,
  winRate: number,
  averageUsd: usd,
  impactUsd: usd,
  shrunkImpactUsd: decimal,
};

const sourceImpact = z.object({ sourceAccountId: id, kind: z.string(), handle: z.string(), ...impact });
export const impactQuery = z.object({ window: windowName.default('90d') });
export const impacts = z.object({ window: windowName, sources: z.array(sourceImpact) });
export const pastImpacts = z.object({
  days: z.array(
    z.object({
      day: epochMs,
      trades: z.number().int(),
      wins: z.number().int(),
      netUsd: decimal,
      impactUsd: usd,
      shrunkImpactUsd: decimal,
    }),
  ),
});

const unrankedReasons = z
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of the list
  .enum(Object.keys(UNRANKED) as UnrankedReason[])
  .nullable();

export const leaderboardQuery = z.object({
  window: windowName.default('30d'),
  venue: venueName.optional(),
  minTrades: z.coerce.number().int().min(1).max(10_000).default(RANKED_TRADES),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

export const leaderboard = z.object({
  window: windowName,
  agents: z.array(
    z.object({
      rank: z.number().int().nullable(),
      unranked: unrankedReasons,
      agentId: id,
      name: z.string(),
      computedAt: epochMs,
      numbers: performance,
    }),
  ),
});
export type Leaderboard = z.output<typeof leaderboard>;

export const agentCard = z.object({
  agentId: id,
  name: z.string(),
  isPublished: z.boolean(),
  computedAt: epochMs.nullable(),
  equityUsd: usd,
  openTrades: z.number().int(),
  unrealizedUsd: usd,
  timeInMarket: z.number(),
  exposureUsd: decimal,
  windows: z.object({ '30d': performance, '90d': performance, all: performance }).nullable(),
  venues: z.array(z.object({ venue: venueName, share: z.number(), numbers: performance })),
  exits: z.array(z.object({ reason: z.string(), trades: z.number().int() })),
  sources: z.array(z.object({ kind: z.string(), handle: z.string(), weight: z.number(), ...impact })),
});
export type AgentCardAnswer = z.output<typeof agentCard>;

export const judgement = z.object({
  agentId: id,
  window: windowName,
  minConfidence: z.number(),
  sources: z.array(
    z.object({
      kind: z.string(),
      handle: z.string(),
      weight: z.number(),
      proposed: z.number(),
      why: z
        .enum(['few_trades', 'no_worth', 'by_impact'])
        .meta({ description: `few_trades: fewer than ${JUDGED_TRADES}, the weight stays` }),
      earnedUsd: decimal,
      wouldHaveEarnedUsd: decimal,
      ...impact,
    }),
  ),
});
export type Judgement = z.output<typeof judgement>;

export const overview = z.object({
  agents: z.number().int(),
  published: z.number().int(),
  deployments: z.number().int(),
  wallets: z.number().int(),
  sources: z.number().int(),
  liveTrades: z.number().int(),
  unrealizedUsd: usd,
  waiting: z.number().int(),
  windows: z.record(z.string(), pnlGroup.nullable()),
  routing: z.array(
    z.object({
      day: z.string(),
      venue: z.string().nullable(),
      trades: z.number().int(),
      medianMs: z.number(),
    }),
  ),
});
export type Overview = z.output<typeof overview>;

export const publishInput = z.strictObject({ published: z.boolean() });
