import { CommandError } from '../errors.ts';

/** A channel that the bot is an administrator of. */
export interface Channel {
  /** Negative, such as -1001234567890. */
  readonly id: number;
  title: string;
  username?: string;
}

/** A post of a channel as the Bot API sends it (Bot API 10.1, `Message`). */
export interface ChannelPost {
  readonly message_id: number;
  readonly sender_chat: ChatFields;
  readonly chat: ChatFields;
  /** Unix seconds. */
  readonly date: number;
  edit_date?: number;
  author_signature?: string;
  media_group_id?: string;
  text?: string;
  caption?: string;
}

export interface ChatFields {
  readonly id: number;
  readonly type: 'channel';
  readonly title: string;
  readonly username?: string;
}

export const UPDATE_KINDS = ['channel_post', 'edited_channel_post', 'message'] as const;
export type UpdateKind = (typeof UPDATE_KINDS)[number];

/** An update waiting for the bot, and when it came about. */
export interface PendingUpdate {
  readonly update_id: number;
  readonly kind: UpdateKind;
  /** In the shape of the Bot API. */
  readonly post: object;
  readonly atMs: number;
}

/** Parts of a post that its author gives. */
export type PostFields = Pick<ChannelPost, 'text' | 'caption' | 'author_signature' | 'media_group_id'>;

/** Telegram keeps updates for at most 24 hours. */
const RETENTION_MS = 24 * 60 * 60 * 1000;

/** One bot: its channels, their posts, and the updates that it has not confirmed. */
export class Bot {
  readonly channels = new Map<number, Channel>();
  readonly #posts = new Map<string, ChannelPost>();
  readonly #waiting = new Set<() => void>();
  #pending: PendingUpdate[] = [];
  #nextUpdateId: number;
  #aheadMs = 0;

  constructor(firstUpdateId: number) {
    this.#nextUpdateId = firstUpdateId;
  }

  now(): number {
    return Date.now() + this.#aheadMs;
  }

  /** Moves the clock ahead, so that updates grow old. */
  pass(ms: number): void {
    this.#aheadMs += ms;
  }

  /** The next update has this number: after a silent week numbers start anywhere. */
  renumber(updateId: number): void {
    this.#nextUpdateId = updateId;
  }

  post(chatId: number, fields: PostFields): ChannelPost {
    const chat = this.#chat(chatId);
    const messageId = 1 + Math.max(0, ...this.#postsOf(chatId).map(({ message_id }) => message_id));
    const post: ChannelPost = {
      message_id: messageId,
      sender_chat: chat,
      chat,
      date: Math.floor(this.now() / 1_000),
      ...fields,
    };
    this.#posts.set(keyOf(chatId, messageId), post);
    this.announce('channel_post', post);
    return post;
  }

  /** Changes a post, or with no fields touches it in a way that a bot cannot see. */
  edit(chatId: number, messageId: number, fields: PostFields = {}): ChannelPost {
    const before = this.#posts.get(keyOf(chatId, messageId));
    if (!before) throw new CommandError(`no post ${messageId} in ${chatId}`);
    const chat = this.#chat(chatId);
    const post = { ...before, chat, sender_chat: chat, ...fields, edit_date: Math.floor(this.now() / 1_000) };
    this.#posts.set(keyOf(chatId, messageId), post);
    this.announce('edited_channel_post', post);
    return post;
  }

  /** Adds an update about a post or a message; called again for one post, the update comes twice. */
  announce(kind: UpdateKind, post: object): void {
    this.#pending.push({ update_id: this.#nextUpdateId++, kind, post, atMs: this.now() });
    for (const wake of this.#waiting) wake();
  }

  /** Returns the updates that are kept, of these kinds, from `offset` on; those before it are forgotten. */
  take(offset: number | undefined, kinds: readonly UpdateKind[], limit: number): PendingUpdate[] {
    const oldest = this.now() - RETENTION_MS;
    this.#pending = this.#pending.filter(
      ({ update_id, kind, atMs }) => atMs > oldest && kinds.includes(kind) && update_id >= fromOf(offset),
    );
    const kept = offset !== undefined && offset < 0 ? this.#pending.slice(offset) : this.#pending;
    if (offset !== undefined && offset < 0) this.#pending = kept;
    return kept.slice(0, limit);
  }

  /** Forgets an update that a webhook has taken. */
  confirm(updateId: number): void {
    this.#pending = this.#pending.filter(({ update_id }) => update_id !== updateId);
  }

  get pending(): readonly PendingUpdate[] {
    return this.#pending;
  }

  /** Calls back at each new update; returns how to stop. */
  onUpdate(wake: () => void): () => void {
    this.#waiting.add(wake);
    return () => void this.#waiting.delete(wake);
  }

  #chat(chatId: number): ChatFields {
    const channel = this.channels.get(chatId);
    if (!channel) throw new CommandError(`no channel ${chatId}`);
    const { id, title, username } = channel;
    return { id, type: 'channel', title, ...(username !== undefined && { username }) };
  }

  #postsOf(chatId: number): ChannelPost[] {
    return [...this.#posts.values()].filter(({ chat }) => chat.id === chatId);
  }
}

const keyOf = (chatId: number, messageId: number): string => `${chatId}/${messageId}`;

/** A negative offset counts from the end and forgets what is before it. */
const fromOf = (offset: number | undefined): number =>
  offset === undefined || offset < 0 ? -Infinity : offset;
