import { z } from 'zod';
import { CHECKS } from '#activities/entry/checks.ts';
import { decimal, epochMs, id, side, venueName } from './common.ts';
import { resolvedLevels } from './trading-rules.ts';

const refusal = z.object({ code: z.string(), text: z.string() });

const check = z.object({
  name: z.enum(Object.keys(CHECKS)),
  about: z.string(),
  venue: venueName.nullable(),
  refusal: refusal.nullable().meta({ description: 'null when the check was passed' }),
});

const order = z.object({
  venue: venueName,
  size: decimal,
  notionalUsd: decimal,
  leverage: z.number(),
  price: decimal.meta({ description: 'the trigger price of now, at which the size was decided' }),
  worstPrice: decimal,
  liquidationPrice: decimal.nullable(),
  levels: resolvedLevels,
  legs: z.array(
    z.object({
      leg: z.enum(['stop', 'take_profit']),
      legNumber: z.number().int(),
      triggerPrice: decimal,
      size: decimal,
    }),
  ),
  fees: z.object({ entryUsd: decimal, exitUsd: decimal, flatUsd: decimal }),
});

const previewedDeployment = z.object({
  deploymentId: id,
  refusal: refusal.nullable().meta({ description: 'null when it would be traded' }),
  checks: z.array(check),
  routing: z
    .object({
      venue: venueName.nullable(),
      mode: z.string(),
      refusals: z.array(z.object({ venue: venueName, code: z.string(), text: z.string() })),
    })
    .nullable(),
  score: z.object({ value: z.number().nullable(), sizedBy: z.number().nullable(), text: z.string() }),
  order: order.nullable(),
});
export type PreviewedDeployment = z.output<typeof previewedDeployment>;

/** What would become of a signal, had it been made now. */
export const signalPreview = z
  .object({
    agentId: id,
    symbol: z.string(),
    side,
    confidence: z.number(),
    weightPct: z.number().int(),
    expiresAt: epochMs,
    deployments: z.array(previewedDeployment),
    notAsked: z.number().int().meta({ description: 'deployments beyond the first 20' }),
  })
  .meta({ id: 'SignalPreview' });
export type SignalPreview = z.output<typeof signalPreview>;
