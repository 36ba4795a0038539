import { z } from 'zod';
import { SIDES } from '#domain/ids.ts';
import { SOURCE_KINDS } from '#domain/statuses.ts';
import { epochMs, id } from './common.ts';
import { heldUntil, signal } from './signal.ts';
import { trade } from './trade.ts';
import { barriers } from './trading-rules.ts';

const idea = z.object({
  symbol: z.string(),
  side: z.enum(SIDES),
  entry: z.string().nullable(),
  barriers,
  leverage: z.number().nullable(),
  confidence: z.number(),
  problem: z.object({ code: z.string(), text: z.string() }).nullable(),
});

const classification = z.object({
  classifier: z.string(),
  label: z.string(),
  kind: z.string().nullable(),
  confidence: z.number(),
  reasons: z.array(z.string()),
  ideas: z.array(idea),
  decidedBy: z.string().nullable(),
  decidedWhy: z.string().nullable(),
  createdAt: epochMs,
});

const message = z.object({
  id,
  source: z.object({ kind: z.enum(SOURCE_KINDS), handle: z.string() }),
  author: z.string(),
  text: z.string().meta({ description: 'as it was first read; not escaped' }),
  url: z.string().nullable(),
  postedAt: epochMs,
  receivedAt: epochMs,
  evaluatedAt: epochMs.nullable(),
  deletedAt: epochMs.nullable(),
  revisions: z.array(z.object({ text: z.string(), at: epochMs })),
  classifications: z.array(classification),
  instructions: z
    .array(
      z.object({
        tradeId: id,
        action: z.string(),
        fraction: z.number().nullable(),
        stopPrice: z.string().nullable(),
        endedAt: epochMs.nullable(),
      }),
    )
    .meta({ description: 'what it told trades that were open' }),
  held: z
    .array(
      z.object({
        symbol: z.string(),
        side: z.enum(SIDES),
        until: heldUntil,
        expiresAt: epochMs,
        endedAt: epochMs.nullable(),
      }),
    )
    .meta({ description: 'calls that wait' }),
  skips: z.array(z.object({ code: z.string(), text: z.string(), createdAt: epochMs })).meta({
    description: 'why it, or a part of it, became no signal',
  }),
});

/** The way from the words of a message to its trades or refusals. */
export const explanation = z
  .object({
    /** What was asked about. */
    subject: z.object({ kind: z.enum(['message', 'signal', 'trade']), id }),
    /** Null for what was made by hand. */
    message: message.nullable(),
    signals: z.array(z.object({ ...signal.shape, agentName: z.string(), trades: z.array(trade) })),
  })
  .meta({ id: 'Explanation' });
export type Explanation = z.output<typeof explanation>;

export const explanationParams = z.object({
  id: z
    .string()
    .regex(/^[0-9a-f-]{6,36}$/i, 'must be an id, or six or more characters of one')
    .meta({ description: 'of a message, a signal or a trade; its last six characters suffice' }),
});
