import { z } from 'zod';

/** What somebody wrote to the bot. */
export interface ChatMessage {
  chatId: string;
  /** A chat of the bot with one person; only from there come commands. */
  isPrivate: boolean;
  /** In small letters, without its slash; null for words that are none. */
  command: string | null;
  argument: string;
  /** Epoch ms. */
  sentAt: number;
}

const update = z.object({
  update_id: z.number().int(),
  message: z
    .object({
      chat: z.object({ id: z.number(), type: z.string() }),
      date: z.number(),
      text: z.string().optional(),
    })
    .optional(),
});

/** Reads an update of the Bot API; null for one without words. Source: core.telegram.org/bots/api, `Message`. */
export function readChatUpdate(raw: unknown): { updateId: number; message: ChatMessage | null } | null {
  const read = update.safeParse(raw).data;
  if (!read) return null;
  const { update_id: updateId, message } = read;
  if (message?.text === undefined) return { updateId, message: null };
  const [, command = null, argument = ''] =
    /^\/(\w{1,32})(?:@\w+)?(?:\s+(.{0,200}))?/s.exec(message.text.trim()) ?? [];
  return {
    updateId,
    message: {
      chatId: String(message.chat.id),
      isPrivate: message.chat.type === 'private',
      command: command?.toLowerCase() ?? null,
      argument: argument.trim(),
      sentAt: message.date * 1_000,
    },
  };
}
