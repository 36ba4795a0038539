import { z } from 'zod';
import { SOURCE_KINDS } from '#domain/statuses.ts';
import { decimal, epochMs, freeText, id, lifeStatus, pageOf, pageQuery } from './common.ts';

export const MAX_HANDLE_LENGTH = 500;
const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_READS = 1_000_000_000;

export const sourceKind = z.enum(SOURCE_KINDS);

const settings = {
  options: z
    .record(z.string(), z.unknown())
    .meta({ description: 'of the kind; one left out takes its default' }),
  secret: freeText(4_000)
    .min(1)
    .meta({ description: 'a token or signing secret; stored sealed, and never shown again' }),
  periodMs: z
    .number()
    .int()
    .min(1_000)
    .max(DAY_MS)
    .nullable()
    .meta({ description: 'time between two polls; null leaves it to the kind' }),
  monthlyReads: z
    .number()
    .int()
    .min(1)
    .max(MAX_READS)
    .nullable()
    .meta({ description: 'reads it may cost in a calendar month (UTC); null sets no limit' }),
};

export const sourceInput = z.strictObject({
  kind: sourceKind,
  handle: freeText(MAX_HANDLE_LENGTH)
    .min(1)
    .meta({ examples: ['https://research.example/feed.xml'] }),
  options: settings.options.default({}),
  secret: settings.secret.optional(),
  periodMs: settings.periodMs.default(null),
  monthlyReads: settings.monthlyReads.default(null),
});
export type SourceInput = z.output<typeof sourceInput>;

export const sourceChange = z
  .strictObject({
    options: settings.options.optional().meta({ description: 'replaces all options' }),
    secret: settings.secret.nullable().optional(),
    periodMs: settings.periodMs.optional(),
    monthlyReads: settings.monthlyReads.optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'must change something');
export type SourceChange = z.output<typeof sourceChange>;

export const sourceQuery = pageQuery.extend({
  kind: sourceKind.optional(),
  status: lifeStatus.optional().meta({ description: 'archived sources are listed only where asked for' }),
  failing: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
});

export const source = z
  .object({
    id,
    kind: sourceKind,
    handle: z.string(),
    title: z.string().nullable().meta({ description: 'what the source calls itself' }),
    status: lifeStatus,
    state: z.enum(['waiting', 'ok', 'failing', 'stopped', 'paused', 'archived']).meta({
      description: '`waiting` before its first poll, `stopped` by a refusal until resumed',
    }),
    options: z.record(z.string(), z.unknown()),
    hasSecret: z.boolean(),
    periodMs: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'as polled; null for a kind that is not polled' }),
    monthlyReads: z.number().int().nullable(),
    readsThisMonth: z.number().int(),
    polledAt: epochMs.nullable(),
    nextPollAt: epochMs.nullable(),
    failures: z.number().int().meta({ description: 'polls that failed in a row' }),
    failingSince: epochMs.nullable(),
    lastError: z.string().nullable(),
    stopCode: z.string().nullable(),
    today: z.object({
      messages: z.number().int(),
      edits: z.number().int(),
      deletions: z.number().int(),
      malformed: z.number().int(),
      reads: z.number().int(),
      costUsd: decimal,
    }),
    messagesPerDay: z.number().meta({ description: 'over the last seven days' }),
    costPerDayUsd: decimal,
    agentCount: z.number().int().meta({ description: 'how many agents listen to it' }),
    agents: z.array(z.string()).meta({ description: 'names of those agents, at most 20' }),
    createdAt: epochMs,
  })
  .meta({ id: 'Source' });
export type Source = z.output<typeof source>;

export const sourcePage = pageOf(source);

export const sourceTest = z
  .object({
    ok: z.boolean(),
    code: z.string().nullable(),
    error: z.string().nullable(),
    tookMs: z.number().int(),
    messages: z.array(
      z.object({ externalId: z.string(), author: z.string(), text: z.string(), postedAt: epochMs }),
    ),
    malformed: z.array(z.string()),
    more: z.boolean().meta({ description: 'there was more than is shown' }),
  })
  .meta({ id: 'SourceTest' });
export type SourceTest = z.output<typeof sourceTest>;

const MAX_TEXT_LENGTH = 20_000;

export const messageInput = z.strictObject({
  text: freeText(MAX_TEXT_LENGTH).refine((text) => text.trim() !== '', 'must say something'),
  id: freeText(200)
    .min(1)
    .optional()
    .meta({ description: 'tells it from others; the same one again is the same message' }),
  author: freeText(200).min(1).optional().meta({ description: 'defaults to who signed in' }),
});

export const messageStored = z.object({
  externalId: z.string(),
  isNew: z.boolean().meta({ description: 'false for one that was there already' }),
});
export type MessageStored = z.output<typeof messageStored>;
