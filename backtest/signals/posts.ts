import type { GivenBarriers } from '#domain/given-barriers.ts';
import type { Side } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { SizeModel } from '#domain/sizing.ts';

/** A line of a file of posts or signals, with where it stands. */
export type CallLine = PostLine | SignalLine;

interface AnyLine {
  id: string;
  line: number;
  author: string | null;
  /** Epoch ms. */
  postedAt: number;
}

/** A post in words. */
export interface PostLine extends AnyLine {
  kind: 'post';
  text: string;
  /** When its author changed it: the text may be from then. Null where it was not, or the file does not say. */
  editedAt: number | null;
  deletedAt: number | null;
}

/** A call in fields. */
export interface SignalLine extends AnyLine {
  kind: 'signal';
  /** As the file writes it. */
  instrument: string;
  side: Side;
  confidence: number;
  entry: DecimalString | null;
  barriers: GivenBarriers;
  leverage: number | null;
  sizeModel: SizeModel | null;
}
