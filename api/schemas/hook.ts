import { z } from 'zod';
import { POSTED_KINDS } from '#sources/webhook/webhook-source.ts';
import { epochMs, id } from './common.ts';

const kind = z.enum(POSTED_KINDS);

export const hookInput = z.strictObject({
  kind,
  handle: z
    .string()
    .regex(/^[\w][\w.-]{0,59}$/, 'must be 1 to 60 letters, digits, dots, - or _')
    .meta({ description: 'name of the source; made where there is none', examples: ['desk'] }),
  endOldNow: z
    .boolean()
    .default(false)
    .meta({ description: 'what opened the door before opens nothing any more; otherwise for a day' }),
});

/** The only answer that ever holds a token or a secret. */
export const hookMade = z.object({
  sourceId: id,
  kind,
  handle: z.string(),
  path: z
    .string()
    .meta({ description: 'path of the address to post to; for TradingView it holds the token' }),
  secret: z.string().nullable().meta({ description: 'signs deliveries of a webhook; null for TradingView' }),
  oldUntil: epochMs
    .nullable()
    .meta({ description: 'until when what there was before opens too; null for none' }),
});
export type HookMade = z.output<typeof hookMade>;

export const hook = z
  .object({
    sourceId: id,
    kind: z.string(),
    handle: z.string(),
    createdAt: epochMs,
    expiresAt: epochMs.nullable(),
  })
  .meta({ id: 'Hook' });
export type Hook = z.output<typeof hook>;

export const hookList = z.object({ items: z.array(hook) });

export const delivered = z.object({
  messageId: id.nullable(),
  duplicate: z.boolean().meta({ description: 'the message was stored before; nothing happens again' }),
});
export type Delivered = z.output<typeof delivered>;
