import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { ALL_SOURCES, listSpendOfToday } from '#prisma/repositories/model-spend.ts';
import type { ApiDeps } from '../deps.ts';
import { problems } from '../schemas/common.ts';
import { modelReport } from '../schemas/model.ts';

const NOTHING = { usd: '0', questions: 0, inputTokens: 0, outputTokens: 0 };

/** The language model: who reads messages, and what was spent today. */
export const modelRoutes =
  ({ db, now, classifier: { by, model, budget } }: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/model', {
      config: { access: { scope: 'read', rows: 'all', role: 'admin' } },
      schema: {
        tags: ['messages'],
        summary: 'Who reads messages, and what the language model has cost today',
        response: { 200: modelReport, ...problems() },
      },
      handler: async () => {
        const rows = await listSpendOfToday(db, now());
        const { source: _, ...today } = rows.find(({ source }) => source === ALL_SOURCES) ?? {
          source: '',
          ...NOTHING,
        };
        return {
          classifier: by,
          model: model?.model ?? null,
          budgetUsd: budget.totalUsd,
          sourceBudgetUsd: budget.sourceUsd,
          today,
          sources: rows
            .filter(({ source }) => source !== ALL_SOURCES)
            .map(({ source, ...spent }) => ({ sourceId: source, ...spent })),
        };
      },
    });
  };
