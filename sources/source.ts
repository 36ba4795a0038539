/** The kinds of sources that are read here; an agent cannot listen to another. */
export const READ_KINDS = ['file'] as const satisfies readonly Source['kind'][];

/** A message as a source delivers it. */
export interface IncomingMessage {
  /** The source's own id; the same message always has the same one. */
  externalId: string;
  author: string;
  text: string;
  postedAt: number;
}

/** A message that a source delivered and that cannot be read; it becomes a skip with its reason. */
export interface MalformedMessage {
  externalId: string;
  problem: string;
}

export interface PollResult {
  messages: IncomingMessage[];
  malformed: MalformedMessage[];
  /** Opaque to everybody but the source; stored after the messages are. */
  cursor: unknown;
  /** True when there is more to read at once. */
  more: boolean;
}

/** Where messages come from. `poll` may be repeated with an old cursor: messages then come again, never fewer. */
export interface Source {
  readonly kind: 'file' | 'x' | 'rss' | 'webhook';
  poll(handle: string, cursor: unknown, options: { limit: number; signal: AbortSignal }): Promise<PollResult>;
  /** Calls back soon after something new may be there; returns how to stop. Absent where only polling works. */
  watch?(handle: string, onChange: () => void): () => void;
}
