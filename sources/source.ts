import type { z } from 'zod';
import type { DecimalString } from '#domain/money.ts';
import type { SourceKind } from '#domain/statuses.ts';

/** A message as a source delivers it. */
export interface IncomingMessage {
  /** The source's own id; the same message always has the same one, also after an edit. */
  externalId: string;
  author: string;
  /** The source's own id of the author, where a name may change. */
  authorId?: string;
  /** As received: nothing is trimmed, folded or escaped. */
  text: string;
  /** Epoch ms. */
  postedAt: number;
  /** Where a person reads it. */
  url?: string;
  /** A call that came in fields instead of words. */
  call?: object;
}

/** A message that its author took back. */
export interface DeletedMessage {
  externalId: string;
  /** Epoch ms. */
  deletedAt: number;
}

/** A message that a source delivered and that cannot be read; it becomes a skip with its reason. */
export interface MalformedMessage {
  externalId: string;
  problem: string;
}

/** What a source delivers at once. It is stored whole or not at all, and may be delivered again. */
export interface Delivery {
  /** A message that is stored already changes nothing; with another text it counts as an edit. */
  messages: readonly IncomingMessage[];
  /** Later texts of messages. One whose first text was never read is stored, and opens no trade. */
  edits: readonly IncomingMessage[];
  /** One that is not stored is passed over. */
  deletions: readonly DeletedMessage[];
  malformed: readonly MalformedMessage[];
}

/** A delivery of nothing, to be spread into one that delivers something. */
export const NOTHING_DELIVERED: Delivery = { messages: [], edits: [], deletions: [], malformed: [] };

export interface PollResult extends Delivery {
  /** Where the next poll goes on; opaque to everybody but the source. Stored in one transaction with the delivery. */
  cursor: unknown;
  /** True when there is more to read at once. */
  more: boolean;
  /** The earliest time at which the source wants to be asked again, in epoch ms; a later due time stands. */
  retryAt?: number;
  /** The account as the source names it now; stored, and given to later polls. */
  identity?: SourceIdentity;
  /** What the poll cost. Added up by day, and counted against the monthly budget. */
  spent?: { reads: number; usd: DecimalString };
}

export interface SourceIdentity {
  /** The source's own id of the account, by which it is found after it was renamed. */
  externalId?: string;
  /** For people: the title of a feed, the name of a channel. */
  title?: string;
}

export interface PollRequest<Options extends object = object> {
  handle: string;
  /** As the source's schema returned them. */
  options: Options;
  /** The opened token; null where none is stored. */
  secret: string | null;
  /** The id of the account that an earlier poll returned. */
  externalId: string | null;
  /** What the last poll returned; null at first, and after it was lost. */
  cursor: unknown;
  /** Messages at most. */
  limit: number;
  /** Reads that are left in the monthly budget; null without a budget, never 0. */
  readsLeft: number | null;
  /** Epoch ms. */
  now: number;
  signal: AbortSignal;
}

/** A kind of source: what it takes to have one. */
export interface Source<Options extends object = object> {
  readonly kind: SourceKind;
  /** A strict schema in which every option has its default. */
  readonly options: z.ZodType<Options>;
  /** Whether a source of the kind has a token or signing secret of its own. */
  readonly secret: 'none' | 'optional' | 'required';
  /** Returns the handle in its one spelling. Throws `SourceInputError` for one that can never be read. */
  parseHandle(handle: string): string;
}

/** A kind of source that is asked for its messages. */
export interface PolledSource<Options extends object = object> extends Source<Options> {
  /** Time between two polls where the operator gives none, and the shortest that the operator may give, in ms. */
  readonly period: { defaultMs: number; minMs: number };
  /** Whether what was there before the first poll is traded, or only remembered. */
  readonly firstPoll: 'delivers' | 'marksSeen';
  /**
   * Reads from the cursor on. It may be repeated with an old cursor, or with none: messages then come again, never
   * fewer. Throws a `SourceError`; any other error counts as `SourceDown`.
   */
  poll(request: PollRequest<Options>): Promise<PollResult>;
  /** Calls back soon after something new may be there; returns how to stop. Absent where only polling works. */
  watch?(handle: string, onChange: () => void): () => void;
}

export const isPolled = (source: Source): source is PolledSource => 'poll' in source;

/** Every kind that this process can read, by name. */
export type Sources = ReadonlyMap<SourceKind, Source>;
