import type { z } from 'zod';
import type { ChannelKind } from '#domain/statuses.ts';
import type { Severity, Topic } from '#domain/notifications/topics.ts';

/** One thing that a person is told. */
export interface Notice {
  /** Unique for the event and the channel: each attempt to tell it has the same one. */
  id: string;
  topic: Topic;
  severity: Severity;
  /** The type of the event, such as `settled`. */
  type: string;
  /** One line: what happened to what. */
  title: string;
  text: string;
  /** Time of the event, epoch ms. */
  at: number;
  /** Facts of the event, for programs. Amounts are decimal texts. */
  data: object;
}

/** One message: a notice, or many that are told together. */
export interface Message {
  /** Unique for the message: each attempt to send it has the same one. */
  id: string;
  notices: readonly [Notice, ...Notice[]];
}

export interface SendRequest {
  /** As the schema of the kind returned it. */
  target: unknown;
  message: Message;
  /** Epoch ms. */
  now: number;
  signal: AbortSignal;
}

/** A way to tell people: sends a message to a target, which is an address with what it takes to write there. */
export interface Notifier {
  readonly kind: ChannelKind;
  /** Reads what a person gives; its result is stored sealed. */
  readonly target: z.ZodType<object>;
  /** True where people read, who are told many things in one message; a program is sent lists of events. */
  readonly isForPeople: boolean;
  /** Notices that one message may have. */
  readonly maxNotices: number;
  /** Returns what lists show of a target: enough to tell it from others, and nothing that lets one write there. */
  describe(target: unknown): string;
  /** Sends a message, once. Throws a `ChannelError`. */
  send(request: SendRequest): Promise<void>;
}

export type Notifiers = ReadonlyMap<ChannelKind, Notifier>;
