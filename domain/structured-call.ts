import type { Side } from './ids.ts';
import type { Level } from './levels.ts';
import type { DecimalString } from './money.ts';
import type { SizeModel } from './sizing.ts';

/** A call that a program sends in fields instead of words. */
export type StructuredCall = OpenCall | CloseCall;

export interface OpenCall {
  action: 'open';
  /** As the sender writes it: `BTC`, `BTCUSDT`, `xyz:TSLA`. */
  instrument: string;
  side: Side;
  entry: DecimalString | null;
  stop: Level | null;
  /** At most five; each closes an equal part. */
  targets: Level[];
  leverage: number | null;
  /** Null leaves the size to the agent. */
  size: SizeModel | null;
}

/** Closes the open trades that agents have taken on the instrument, where they follow such words. */
export interface CloseCall {
  action: 'close';
  instrument: string;
  /** Null closes either side. */
  side: Side | null;
}
