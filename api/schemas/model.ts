import { z } from 'zod';
import { DECIDERS } from '#classifiers/classifier.ts';
import { decimal } from './common.ts';

const spend = {
  usd: decimal.meta({ description: 'paid, and set aside for questions under way' }),
  questions: z.number().int(),
  inputTokens: z.number().int(),
  outputTokens: z.number().int(),
};

export const modelReport = z
  .object({
    classifier: z.enum(DECIDERS),
    /** Null where no language model is configured. */
    model: z.string().nullable(),
    budgetUsd: z.number().meta({ description: 'the most a day (UTC)' }),
    sourceBudgetUsd: z.number(),
    today: z.object(spend),
    /** The sources that cost most today. */
    sources: z.array(z.object({ sourceId: z.string(), ...spend })),
  })
  .meta({ id: 'ModelReport' });
