import { z } from 'zod';
import { DIGESTS, isTimeZone } from '#domain/notifications/due-time.ts';
import { SEVERITIES, TOPICS } from '#domain/notifications/topics.ts';
import { CHANNEL_KINDS } from '#domain/statuses.ts';
import { epochMs, id, lifeStatus } from './common.ts';

export const channelKind = z.enum(CHANNEL_KINDS);

const clock = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day, such as 22:00')
  .meta({ examples: ['22:00'] });
const quiet = z
  .strictObject({ from: clock, to: clock })
  .nullable()
  .meta({ description: 'only alarms are told between them; null for none' });

const settings = {
  topics: z.array(z.enum(TOPICS)).min(1).max(TOPICS.length),
  minSeverity: z.enum(SEVERITIES).meta({ description: 'what matters less is not told' }),
  quiet,
  timeZone: z
    .string()
    .max(60)
    .refine(isTimeZone, 'must be a time zone, such as Europe/Berlin')
    .meta({ description: 'of the quiet hours and the daily digest', examples: ['Europe/Berlin'] }),
  digest: z.enum(DIGESTS).meta({ description: '`none` tells each event at once; alarms never wait' }),
};

/** What is told unless a person chooses: everything but what changes in the course of a trade. */
const DEFAULT_TOPICS = TOPICS.filter((topic) => topic !== 'changed');

export const channelName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be 1 to 40 small letters, digits and hyphens');

export const channelInput = z.strictObject({
  kind: channelKind,
  name: channelName,
  target: z.record(z.string(), z.unknown()).default({}).meta({
    description:
      '`{"url"}` of Discord, Slack and a webhook, `{"address"}` of e-mail; Telegram has none: its chat shows itself. Stored sealed, and never shown again',
  }),
  topics: settings.topics.default(DEFAULT_TOPICS),
  minSeverity: settings.minSeverity.default('info'),
  quiet: settings.quiet.default(null),
  timeZone: settings.timeZone.default('UTC'),
  digest: settings.digest.default('none'),
});
export type ChannelInput = z.output<typeof channelInput>;

export const channelChange = z
  .strictObject({
    topics: settings.topics.optional(),
    minSeverity: settings.minSeverity.optional(),
    quiet: settings.quiet.optional(),
    timeZone: settings.timeZone.optional(),
    digest: settings.digest.optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'must change something');
export type ChannelChange = z.output<typeof channelChange>;

export const channelParams = z.object({ channel: z.string().min(1).max(60) });

export const channel = z
  .object({
    id,
    kind: channelKind,
    name: z.string(),
    label: z.string().meta({ description: 'enough of its address to tell it from others' }),
    status: lifeStatus,
    state: z.enum(['waiting', 'ok', 'failing', 'stopped', 'paused']).meta({
      description: '`waiting` until its chat has shown itself, `stopped` by a refusal until resumed',
    }),
    ...settings,
    failures: z.number().int().meta({ description: 'messages that failed in a row' }),
    retryAt: epochMs.nullable(),
    lastError: z.string().nullable(),
    stopCode: z.string().nullable(),
    lastSentAt: epochMs.nullable(),
    createdAt: epochMs,
  })
  .meta({ id: 'NotificationChannel' });
export type Channel = z.output<typeof channel>;

export const channelMade = channel
  .extend({
    secret: z
      .string()
      .nullable()
      .meta({ description: 'with which a webhook is signed; the only place where it is shown' }),
    link: z
      .object({ word: z.string(), url: z.string().nullable(), until: epochMs })
      .nullable()
      .meta({ description: 'what the chat is to send to the bot to show itself; `url` sends it' }),
  })
  .meta({ id: 'NotificationChannelMade' });
export type ChannelMade = z.output<typeof channelMade>;

export const channelList = z.object({ items: z.array(channel) });

export const channelTest = z
  .object({
    ok: z.boolean(),
    code: z.string().nullable(),
    error: z.string().nullable(),
    tookMs: z.number().int(),
  })
  .meta({ id: 'NotificationChannelTest' });
export type ChannelTest = z.output<typeof channelTest>;
