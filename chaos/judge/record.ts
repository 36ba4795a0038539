import type { VenueName } from '#domain/ids.ts';

/** Everything that is judged: what the venues recorded, what our books say, and when no worker could act. */
export interface RunRecord {
  /** In the order of time; events of one moment happened together. */
  readonly events: readonly VenueEvent[];
  readonly trades: readonly BookedTrade[];
  /** Stretches in which no worker had the steps of a dead one, in epoch milliseconds. */
  readonly absences: readonly Stretch[];
  /** Stretches in which the machine had no time: a question to the database that costs nothing waited for its answer. */
  readonly stalls: readonly Stretch[];
  /** When the record ends. */
  readonly endedAt: number;
}

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export type VenueEvent = FillEvent | StopEvent | RequestEvent | ForeignEvent | PriceEvent | FundingEvent;

interface AtVenue {
  /** Epoch milliseconds by the venue's clock. */
  readonly at: number;
  /**
   * The position that the event is about: an account's in one instrument where positions are netted, one of its own
   * for each trade where they are not.
   */
  readonly line: string;
}

/** An execution, as the venue wrote it down. */
export interface FillEvent extends AtVenue {
  readonly kind: 'fill';
  /** Trade whose order was executed; null for an order that is none of ours. */
  readonly tradeId: string | null;
  readonly leg: 'entry' | 'exit' | null;
  readonly orderId: string;
  readonly side: 'buy' | 'sell';
  readonly size: string;
  readonly price: string;
  readonly feeUsd: string;
  /** The venue took from the position: a liquidation, or a profit that a losing account could not pay. */
  readonly isByVenue?: boolean;
}

/** A resting stop of ours as it stood after a change; size 0 where it no longer rests. */
export interface StopEvent extends AtVenue {
  readonly kind: 'stop';
  readonly tradeId: string;
  readonly orderId: string;
  readonly level: string;
  readonly size: string;
}

/** A request that placed, changed, fenced or asked about orders of trades, until it was answered or cut. */
export interface RequestEvent {
  readonly kind: 'request';
  readonly at: number;
  readonly answeredAt: number;
  readonly tradeIds: readonly string[];
  /**
   * `refused`: at least one order was; `unread`: an error of the line or the server took its place; `untold`: a
   * question about an order that the venue has was not answered, or with a word that it has none.
   */
  readonly outcome: 'done' | 'refused' | 'unread' | 'lost' | 'untold';
  readonly text: string;
}

/** Our key changed an order or a position of the owner's. */
export interface ForeignEvent extends AtVenue {
  readonly kind: 'foreign';
  readonly text: string;
}

/** A payment for a whole position, negative when the account paid. */
export interface FundingEvent extends AtVenue {
  readonly kind: 'funding';
  readonly usd: string;
  /** The position it was paid for, negative when short. */
  readonly size: string;
}

/** A price that was set; shown beside a violation and not judged. */
export interface PriceEvent extends AtVenue {
  readonly kind: 'price';
  readonly price: string;
}

/** A bill; what corrects an earlier one has a subject of its own, and may be a credit. */
export interface BookedBill {
  readonly kind: string;
  readonly subject: string;
  readonly amountUsd: string;
}

/** A trade as our books have it, and what persons asked of it. */
export interface BookedTrade {
  readonly id: string;
  readonly venue: VenueName | null;
  readonly line: string | null;
  readonly side: 'long' | 'short';
  /** A position that was found at the venue and taken over, opened by no order of ours. */
  readonly isAdopted: boolean;
  readonly phase: string;
  /** Size that the entry was to have; null where none was planned. */
  readonly plannedSize: string | null;
  readonly netPnlUsd: string | null;
  readonly bills: readonly BookedBill[];
  /** When a person asked for other exits. */
  readonly adjustedAt: readonly number[];
  /** The venue's clock may be wrong by this much, in milliseconds. */
  readonly clockMs: number;
  /** What the trade's story says, line by line. */
  readonly story: readonly string[];
}
