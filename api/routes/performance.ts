import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { METRIC_NAMES, METRICS } from '#domain/metrics/definitions.ts';
import { rankAgents } from '#domain/metrics/leaderboard.ts';
import { tradeNumbers } from '#domain/metrics/trade-sums.ts';
import { startOfWindow, WINDOW_NAMES, type WindowName } from '#domain/metrics/windows.ts';
import type { Database } from '#prisma/client.ts';
import { listPublished } from '#prisma/repositories/agent-cards.ts';
import { publishAgent } from '#prisma/repositories/agents.ts';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import { readOpenTrades } from '#prisma/repositories/market-time.ts';
import { sumHours, type GroupSums, type HourFilter } from '#prisma/repositories/metric-sums.ts';
import { countEverything, listRoutedDays } from '#prisma/repositories/overview.ts';
import { impactsOf, listPastImpacts, sumBySource } from '#prisma/repositories/source-impacts.ts';
import { countTradeChanges } from '#prisma/repositories/trade-hours.ts';
import { cacheAnswers } from '../cached.ts';
import type { ApiDeps } from '../deps.ts';
import { ownRows, principalOf } from '../plugins/auth.ts';
import { agent } from '../schemas/agent.ts';
import { idParams, problems } from '../schemas/common.ts';
import {
  agentCard,
  impactQuery,
  impacts,
  judgement,
  leaderboard,
  leaderboardQuery,
  metricDefinitions,
  overview,
  pastImpacts,
  pnl,
  pnlQuery,
  publishInput,
} from '../schemas/performance.ts';
import { describeAgent, judgeAgent } from '../use-cases/describe-agent.ts';
import { given } from '../use-cases/given.ts';
import { getAgent } from './agents.ts';

const PAST_DAYS = 400;

/** Definitions, profit, cards of agents, the leaderboard and what sources are worth. */
export const performanceRoutes =
  (deps: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    await app.register(profitRoutes(deps));
    await app.register(leaderboardRoutes(deps));
    await app.register(cardRoutes(deps));
    await app.register(impactRoutes(deps));
  };

const profitRoutes =
  ({ db, now }: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const cachedOverview = cacheAnswers<Awaited<ReturnType<typeof readOverview>>>(now);

    app.get('/metrics/definitions', {
      config: { access: { scope: 'read', rows: 'shared' } },
      schema: {
        tags: ['metrics'],
        summary: 'What each number is: formula, window, unit and a sentence',
        response: { 200: metricDefinitions, ...problems() },
      },
      handler: async () => ({ metrics: METRIC_NAMES.map((name) => ({ name, ...METRICS[name] })) }),
    });

    app.get('/metrics/pnl', {
      config: { access: { scope: 'read', rows: 'own' } },
      schema: {
        tags: ['metrics'],
        summary: 'Realised profit by day, week, month, agent, venue, source or instrument',
        querystring: pnlQuery,
        response: { 200: pnl, ...problems() },
      },
      handler: async (request) => {
        const { by, agentId, ...rest } = request.query;
        const filter: HourFilter = {
          ...given(rest),
          ...ownRows(request),
          ...(agentId !== undefined && { agentIds: [agentId] }),
        };
        const [groups, [total], waiting] = await Promise.all([
          sumHours(db, filter, by),
          sumHours(db, filter, 'all'),
          countTradeChanges(db),
        ]);
        return { groups: groups.map(toPnlGroup), total: total ? toPnlGroup(total) : null, waiting };
      },
    });

    app.get('/metrics/overview', {
      config: { access: { scope: 'read', rows: 'all', role: 'admin' } },
      schema: {
        tags: ['metrics'],
        summary: 'How much there is of everything, profit by window, and routing by day',
        response: { 200: overview, ...problems() },
      },
      handler: () => cachedOverview('overview', () => readOverview({ db, now })),
    });
  };

const toPnlGroup = ({ key, money, trades }: GroupSums) => ({ key, ...money, ...tradeNumbers(trades) });

async function readOverview({ db, now }: Pick<ApiDeps, 'db' | 'now'>) {
  const at = now();
  const [counts, { unrealizedUsd }, routing, ...sums] = await Promise.all([
    countEverything(db),
    readOpenTrades(db, {}),
    listRoutedDays(db, startOfWindow('30d', at)),
    ...WINDOW_NAMES.map((name) => sumHours(db, { from: startOfWindow(name, at) }, 'all')),
  ]);
  const windows = WINDOW_NAMES.map((name, index) => {
    const total = sums[index]?.[0];
    return [name, total ? toPnlGroup(total) : null] as const;
  });
  return { ...counts, unrealizedUsd, routing, windows: Object.fromEntries(windows) };
}

const leaderboardRoutes =
  ({ db, now }: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const ranked = cacheAnswers<Awaited<ReturnType<typeof readRanked>>>(now);

    app.get('/leaderboard', {
      config: { access: { scope: 'read', rows: 'shared' } },
      schema: {
        tags: ['metrics'],
        summary: 'Published agents by APR; those without a rank come last, with the reason',
        description:
          'An answer is at most a minute old. Ties, young agents and lucky trades: docs/metrics.md.',
        querystring: leaderboardQuery,
        response: { 200: leaderboard, ...problems() },
      },
      handler: async ({ query: { window, venue = '', minTrades, limit } }) => {
        const agents = await ranked(`${window}/${venue}/${minTrades}`, () =>
          readRanked(db, { windowName: window, venue }, minTrades),
        );
        return { window, agents: agents.slice(0, limit) };
      },
    });
  };

const readRanked = async (
  db: Database,
  board: { windowName: WindowName; venue: string },
  minTrades: number,
) => rankAgents(await listPublished(db, board), minTrades);

const cardRoutes =
  ({ db, now }: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const cards = cacheAnswers<Awaited<ReturnType<typeof describeAgent>>>(now);

    app.get('/agents/:id/card', {
      config: { access: { scope: 'read', rows: 'published' } },
      schema: {
        tags: ['metrics'],
        summary: 'The numbers of an agent by window, its venues, exits and sources',
        params: idParams,
        response: { 200: agentCard, ...problems('agent_not_found') },
      },
      handler: async (request) => {
        const found = await getAgent(db, request.params.id);
        const card = await cards(`${found.id}/${found.version}/${found.isPublished}`, () =>
          describeAgent(db, found, now()),
        );
        const { ofUser } = ownRows(request);
        return ofUser === undefined || ofUser === found.ownerId
          ? card
          : { ...card, equityUsd: null, sources: [] };
      },
    });

    app.post('/agents/:id/publish', {
      config: { access: { scope: 'trade', rows: 'own', role: 'creator' } },
      schema: {
        tags: ['agents'],
        summary: 'List an agent on the leaderboard, or take it off',
        params: idParams,
        body: publishInput,
        response: { 200: agent, ...problems('agent_not_found') },
      },
      handler: async (request) => {
        const { id } = request.params;
        const { published } = request.body;
        return db.$transaction(async (tx) => {
          const { isPublished } = await getAgent(tx, id);
          if (isPublished === published) return getAgent(tx, id);
          await publishAgent(tx, id, published);
          await recordChange(tx, {
            actor: principalOf(request).name,
            action: 'agent.publish',
            subject: `agent/${id}`,
            before: { published: isPublished },
            after: { published },
          });
          return getAgent(tx, id);
        });
      },
    });
  };

const impactRoutes =
  ({ db, now }: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const known = cacheAnswers<Awaited<ReturnType<typeof sumBySource>>>(now);

    app.get('/metrics/impact', {
      config: { access: { scope: 'read', rows: 'all', role: 'admin' } },
      schema: {
        tags: ['metrics'],
        summary: 'What the word of each source was worth over a window',
        querystring: impactQuery,
        response: { 200: impacts, ...problems() },
      },
      handler: async ({ query: { window } }) => {
        const from = startOfWindow(window, now());
        const sources = await known(window, () => sumBySource(db, { from, to: now() + 1 }));
        return { window, sources: impactsOf(sources) };
      },
    });

    app.get('/metrics/impact/:id', {
      config: { access: { scope: 'read', rows: 'all', role: 'admin' } },
      schema: {
        tags: ['metrics'],
        summary: 'What the word of a source was worth at the end of each day, newest first',
        params: idParams,
        querystring: impactQuery,
        response: { 200: pastImpacts, ...problems() },
      },
      handler: async ({ params, query: { window: windowName } }) => ({
        days: await listPastImpacts(db, { sourceAccountId: params.id, windowName }, PAST_DAYS),
      }),
    });

    app.get('/agents/:id/judgement', {
      config: { access: { scope: 'read', rows: 'own', role: 'creator' } },
      schema: {
        tags: ['metrics'],
        summary: 'Weights for the sources of an agent, proposed by what their calls were worth',
        description: 'Changes nothing; POST /v1/agents/{id}/weights does.',
        params: idParams,
        querystring: impactQuery,
        response: { 200: judgement, ...problems('agent_not_found') },
      },
      handler: async ({ params, query: { window } }) => {
        const found = await getAgent(db, params.id);
        const sources = await judgeAgent(db, found, { window, now: now() });
        return { agentId: found.id, window, minConfidence: found.minConfidence, sources };
      },
    });
  };
