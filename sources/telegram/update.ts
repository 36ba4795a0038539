import { z } from 'zod';
import type { IncomingMessage } from '../source.ts';

/** Kinds of updates that are asked for; all others stay away. */
export const ALLOWED_UPDATES = ['channel_post', 'edited_channel_post'] as const;

const chat = z.object({ id: z.number(), title: z.string().optional(), username: z.string().optional() });

/** A post of a channel. Source: `Message` of core.telegram.org/bots/api 10.1. */
const post = z.object({
  message_id: z.number().int(),
  chat,
  sender_chat: chat.optional(),
  author_signature: z.string().optional(),
  date: z.number(),
  text: z.string().optional(),
  caption: z.string().optional(),
  forward_origin: z.unknown().optional(),
});

const update = z.object({
  update_id: z.number().int(),
  channel_post: post.optional(),
  edited_channel_post: post.optional(),
});
const updateId = z.object({ update_id: z.number().int() });

/** A post of a channel, or a later version of one. */
export interface ChannelUpdate {
  updateId: number;
  chatId: string;
  /** `@name` in small letters; null for a channel without a public name. */
  username: string | null;
  title: string | null;
  isEdit: boolean;
  isForward: boolean;
  /** Null for a post without words. */
  message: IncomingMessage | null;
}

/** Reads an update; one that is no post of a channel, or in an unknown shape, has `post: null`. Null for no update. */
export function readUpdate(raw: unknown): { updateId: number; post: ChannelUpdate | null } | null {
  const numbered = updateId.safeParse(raw);
  if (!numbered.success) return null;
  const { update_id: number } = numbered.data;
  const read = update.safeParse(raw).data;
  const found = read?.channel_post ?? read?.edited_channel_post;
  if (!found) return { updateId: number, post: null };
  return { updateId: number, post: toPost(number, found, read?.channel_post === undefined) };
}

function toPost(number: number, found: z.output<typeof post>, isEdit: boolean): ChannelUpdate {
  const { id, username, title } = found.chat;
  const text = found.text ?? found.caption ?? '';
  return {
    updateId: number,
    chatId: String(id),
    username: username === undefined ? null : `@${username.toLowerCase()}`,
    title: title ?? null,
    isEdit,
    isForward: found.forward_origin !== undefined,
    message: text === '' ? null : toMessage(found, text),
  };
}

function toMessage(
  {
    message_id: id,
    chat: { id: chatId, username, title },
    author_signature: signature,
    date,
  }: z.output<typeof post>,
  text: string,
): IncomingMessage {
  const place = username ?? `c/${String(chatId).replace(/^-100/, '')}`;
  return {
    externalId: String(id),
    author: signature ?? title ?? String(chatId),
    text,
    postedAt: date * 1_000,
    url: `https://t.me/${place}/${id}`,
  };
}
