import { z } from 'zod';
import { VENUES } from '#domain/ids.ts';
import { SIGNAL_OUTCOMES } from '#domain/signal-outcome.ts';
import { SIGNAL_ORIGINS } from '#domain/signal.ts';
import { SOURCE_KINDS } from '#domain/statuses.ts';
import { decimal, epochMs, id, pageOf, pageQuery, positiveDecimal, side } from './common.ts';
import { barriers, givenBarriersInput, sizeModel, sizeModelInput } from './trading-rules.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const requestedVenue = z.enum(['MULTI', ...VENUES]);

const writtenSymbol = z
  .string()
  .min(1)
  .max(40)
  .meta({ description: 'a symbol, however written: BTC, BTC/USD, gold, xyz:TSLA', examples: ['BTC'] });

/** A signal made by hand; what is left out comes from the agent. */
export const signalInput = z.strictObject({
  agentId: id,
  instrument: writtenSymbol,
  side,
  confidence: z.number().min(0).max(1).default(1),
  sizeModel: sizeModelInput.optional(),
  barriers: givenBarriersInput.optional(),
  leverage: z.number().int().min(1).max(50).optional(),
  venue: requestedVenue.default('MULTI'),
  referencePrice: positiveDecimal.optional(),
  maxDriftPct: z.number().min(0).max(100).optional(),
  ttlMs: z.number().int().min(1_000).max(DAY_MS).optional(),
  again: z
    .boolean()
    .default(false)
    .meta({ description: 'make the call although the agent made one like it within six hours; audited' }),
});

export type SignalInput = z.output<typeof signalInput>;

export const signalAccepted = z.object({
  signalId: id,
  /** False for a duplicate: `signalId` is then the signal there was. */
  created: z.boolean(),
  reason: z.object({ code: z.string(), text: z.string() }).nullable(),
  /** False when Temporal did not answer: the signal is stored and its trades start once it does. */
  started: z.boolean(),
});

export const skippedSignal = z
  .object({
    id,
    signalId: id.nullable(),
    messageId: id.nullable(),
    deploymentId: id.nullable(),
    code: z.string(),
    text: z.string(),
    createdAt: epochMs,
  })
  .meta({ id: 'SkippedSignal' });

/** The message that something was made of. */
export const messageWords = z.object({
  id,
  source: z.object({ kind: z.enum(SOURCE_KINDS), handle: z.string() }),
  author: z.string(),
  text: z.string().meta({ description: 'as it was first read; not escaped' }),
  postedAt: epochMs,
  receivedAt: epochMs,
  reasons: z.array(z.string()).meta({ description: 'why it was read as it was' }),
});

export const signal = z
  .object({
    id,
    agentId: id,
    symbol: z.string(),
    side,
    origin: z.enum(SIGNAL_ORIGINS),
    messageId: id.nullable(),
    confidence: z.number(),
    sizeModel,
    barriers,
    requestedVenue,
    leverage: z.number().int().nullable(),
    weightPct: z.number().int().meta({ description: 'part of the size that is traded (docs/scoring.md)' }),
    referencePrice: decimal.nullable(),
    maxDriftPct: z.number(),
    expiresAt: epochMs,
    createdAt: epochMs,
    fannedOutAt: epochMs.nullable(),
    outcome: z.enum(SIGNAL_OUTCOMES).meta({
      description:
        'pending: on its way; executed: a trade was entered; skipped: nobody traded it; expired: its time was over',
    }),
    /** Null for a signal that was made by hand. */
    message: messageWords.nullable(),
    /** Where and why it was not traded; the newest 20. */
    skips: z.array(skippedSignal),
  })
  .meta({ id: 'Signal' });
export type Signal = z.output<typeof signal>;

export type SignalAccepted = z.output<typeof signalAccepted>;
export const signalPage = pageOf(signal);
export const signalQuery = pageQuery.extend({ agentId: id.optional() });
/** What a held call waits for: trades that are to be flat, or a price to be at `price` or beyond it. */
export const heldUntil = z.union([
  z.object({ kind: z.literal('flat'), tradeIds: z.array(id) }),
  z.object({
    kind: z.literal('price'),
    from: z.enum(['above', 'below']),
    price: decimal,
    reachedAt: epochMs.optional(),
  }),
]);

export const heldCall = z
  .object({
    id,
    agentId: id,
    messageId: id,
    symbol: z.string(),
    side,
    until: heldUntil,
    expiresAt: epochMs,
    createdAt: epochMs,
  })
  .meta({ id: 'HeldCall' });
export type HeldCall = z.output<typeof heldCall>;
export const heldCallPage = pageOf(heldCall);

export const skippedSignalPage = pageOf(skippedSignal);
export const skippedSignalQuery = pageQuery.extend({
  signalId: id.optional(),
  deploymentId: id.optional(),
});
