import type { Barriers, ExitReason } from '#domain/barriers.ts';
import type { AccountId, DeploymentId, Side, Symbol, TradeId, VenueName } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { TradeSubject } from '#domain/trade-subject.ts';
import type { StopFit, TradeStanding } from '#domain/trade.ts';

/**
 * What workflows may ask of the outside world. Types only: workflows import nothing else from here.
 * Every activity may run again after it has done its work and then answers the same.
 */

export interface TradeRef {
  tradeId: TradeId;
}

/** Refusals end a trade before its entry; `text` is for a person. */
export interface Refused {
  outcome: 'refused';
  tradeId: TradeId | null;
  code: string;
  text: string;
}

export interface Planned {
  outcome: 'planned';
  tradeId: TradeId;
  symbol: Symbol;
  side: Side;
  venue: VenueName;
  agentName: string;
  deploymentId: string;
  /** How the entry ended that was sent at once; null when none was, or its end is not known. */
  entry: Opened | Refused | null;
  /** Whether orders of an entry whose end is not known are in the books: it may fill, whatever is asked meanwhile. */
  isBegun?: boolean;
  /** How the books have the trade when its entry was concluded before: by a run of its workflow that was lost. */
  standing?: TradeStanding | null;
}

export interface Opened {
  outcome: 'opened';
  size: DecimalString;
  price: DecimalString;
  stopPrice: DecimalString | null;
  /** Whether the stop rests at the venue. */
  protected: boolean;
}

export interface EntryActivities {
  /**
   * Decides whether, where and how large: checks, routing, sizing. Writes the trade and its plan and, with
   * `mayOpen`, sends the entry at once: every step between the two would cost the signal its price.
   */
  enterTrade(input: { signalId: string; deploymentId: string; mayOpen: boolean }): Promise<Planned | Refused>;
  /** Ends a trade that a person closed before its entry. */
  skipTrade(input: { tradeId: TradeId; code: string; text: string }): Promise<void>;
}

/** Everything that sends orders. */
export interface ExecutionActivities {
  /** Sends the entry with its protection; after an interruption finds out what became of it. */
  openPosition(input: TradeRef): Promise<Opened | Refused>;
  /** Places the stop of a filled entry that stands without one; null when the venue will not take it. */
  protectPosition(input: TradeRef): Promise<{ stopPrice: DecimalString } | { failed: string }>;
  /** Claims the exit and sends the reduce-only closing order. Does nothing when somebody else holds the exit. */
  closePosition(input: TradeRef & { reason: ExitReason; by: string }): Promise<void>;
  /** Waits until the venue says flat, closing what remains; cancels leftover orders. */
  confirmExit(input: TradeRef): Promise<{ reason: ExitReason }>;
  /** Books what happened to the position and fits stop and targets to what remains. */
  reviewPosition(input: TradeRef): Promise<PositionReview>;
  /** Replaces the exits at a person's word; audited. Throws `InvalidBarriers` when they do not fit the position. */
  adjustBarriers(
    input: TradeRef & { barriers: Barriers; by: string; note?: string },
  ): Promise<PositionReview>;
}

export interface PositionReview {
  remainingSize: DecimalString;
  takeProfitsFilled: number;
  stopPrice: DecimalString | null;
  stop: StopFit;
  closedBy: ExitReason | null;
}

export interface WatchActivities {
  armWatch(input: TradeRef): Promise<void>;
  pauseWatch(input: TradeRef & { by: string }): Promise<void>;
  resumeWatch(input: TradeRef & { by: string }): Promise<void>;
  /** Watches every armed trade of a venue until cancelled; heartbeats. */
  watchVenue(input: { venue: VenueName; shard: number }): Promise<void>;
}

export interface LedgerActivities {
  /** Computes profit, fees and funding from the fills and closes the books of the trade. */
  settleTrade(input: TradeRef): Promise<{ netPnlUsd: DecimalString }>;
}

export interface BillingActivities {
  billTrade(input: TradeRef): Promise<void>;
}

export interface PipelineActivities {
  /** Reads a source from its cursor on; answers how many messages are new. */
  ingestSource(input: { sourceAccountId: string }): Promise<{ messages: number; more: boolean }>;
  /** Every active source. */
  listSources(): Promise<{ sourceAccountId: string; kind: string; handle: string }[]>;
  /** Classifies up to `limit` messages that this classifier has not seen. */
  classifyMessages(input: { limit: number }): Promise<{ classified: number; more: boolean }>;
  /** Turns classified messages into signals, or into skips with their reasons. */
  generateSignals(input: { limit: number }): Promise<{ signalIds: string[]; more: boolean }>;
}

export interface FanOutActivities {
  /** Returns the active deployments of the signal's agent, and the facts that name their trades unless there are none. */
  listDeployments(input: { signalId: string }): Promise<{ deploymentIds: string[]; subject?: TradeSubject }>;
  markFannedOut(input: { signalId: string }): Promise<void>;
  /** Signals whose fan-out never ran to its end, oldest first. */
  listUnsentSignals(input: { limit: number }): Promise<{ signalIds: string[] }>;
}

export interface VenueActivities {
  /** Asks every venue for its health and writes it down. */
  checkVenues(): Promise<{ venue: VenueName; health: string }[]>;
  /** Stores the instruments of every venue. */
  refreshInstruments(): Promise<{ venue: VenueName; instruments: number }[]>;
}

/** An account to compare, and when that was done last. */
export interface AccountToReconcile {
  venue: VenueName;
  accountId: AccountId;
  deploymentId: DeploymentId;
  /** Whether an approved key can look after positions that no trade explains. */
  mayAdopt: boolean;
  checkedAt: number | null;
  fullAt: number | null;
}

export interface ReconcileActivities {
  /** Accounts in the order of their need. */
  listAccountsToReconcile(input: { limit: number; deploymentId?: string }): Promise<AccountToReconcile[]>;
  /** Compares books and venue, and corrects what differs; with `full`, every resting order and fill. */
  reconcileAccount(input: { account: AccountToReconcile; full: boolean }): Promise<{ corrections: number }>;
}

export type TradingActivities = EntryActivities &
  ExecutionActivities &
  Omit<WatchActivities, 'watchVenue'> &
  LedgerActivities &
  BillingActivities &
  ReconcileActivities &
  FanOutActivities;
export type WatcherActivities = Pick<WatchActivities, 'watchVenue'>;
export type PipelineRoleActivities = PipelineActivities &
  VenueActivities &
  Pick<FanOutActivities, 'listUnsentSignals'>;
