import type { Barriers, ExitReason } from '#domain/barriers.ts';
import type { AccountId, DeploymentId, Side, Symbol, TradeId, VenueName } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { SocialFacts } from '#domain/scoring/social-part.ts';
import type { InstructionRef } from '#domain/reactions.ts';
import type { BarrierPart } from '#domain/parse-barriers.ts';
import type { SourceKind } from '#domain/statuses.ts';
import type { TradeSubject } from '#domain/trade-subject.ts';
import type { StopFit, TradeStanding } from '#domain/trade.ts';

/**
 * Activities that workflows call. Workflows import only these types from `activities/`. Every activity may run again
 * after it has done its work, and then returns what the first run returned.
 */

export interface TradeRef {
  tradeId: TradeId;
}

/** A refusal, which ends a trade before its entry; `text` is for people. */
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
  /** Result of the entry when it was sent at once; null when none was sent, or its end is not known. */
  entry: Opened | Refused | null;
  /** True when orders of an entry with an unknown end are written down: it may fill, whatever a person asks. */
  isBegun?: boolean;
  /** State of the trade when an earlier run of its workflow, which was lost, has concluded the entry. */
  standing?: TradeStanding | null;
}

export interface Opened {
  outcome: 'opened';
  size: DecimalString;
  price: DecimalString;
  stopPrice: DecimalString | null;
  /** True when the stop rests at the venue. */
  protected: boolean;
}

export interface EntryActivities {
  /**
   * Decides whether, where and how large to trade, and writes trade and plan down. With `mayOpen` it sends the entry at
   * once, since every step between costs the signal its price.
   */
  enterTrade(input: { signalId: string; deploymentId: string; mayOpen: boolean }): Promise<Planned | Refused>;
  /** Ends a trade that a person closed before its entry. */
  skipTrade(input: { tradeId: TradeId; code: string; text: string }): Promise<void>;
}

/** Activities that send orders. */
export interface ExecutionActivities {
  /**
   * Sends the entry with its protection. Run again after an interruption, it finds out what became of the first run.
   */
  openPosition(input: TradeRef): Promise<Opened | Refused>;
  /** Places the stop of a filled entry that has none. Returns `failed` when the venue does not take it. */
  protectPosition(input: TradeRef): Promise<{ stopPrice: DecimalString } | { failed: string }>;
  /** Claims the exit and sends the reduce-only closing order. Does nothing when another name holds the exit. */
  closePosition(input: TradeRef & { reason: ExitReason; by: string }): Promise<void>;
  /** Waits until the venue says flat, closing what remains; cancels leftover orders. Returns the reason of the end. */
  confirmExit(input: TradeRef): Promise<{ reason: ExitReason }>;
  /** Books changes of the position and fits stop and targets to what remains. */
  reviewPosition(input: TradeRef): Promise<PositionReview>;
  /** Does with an open trade what a post of its author says: moves its stop, or closes a part of it. */
  followInstruction(input: TradeRef & { instructionId: string }): Promise<PositionReview>;
  /** Replaces the exits as a person asks; audited. Throws `InvalidBarriers` when they do not fit the position. */
  adjustBarriers(
    input: TradeRef & { barriers: Barriers; none?: readonly BarrierPart[]; by: string; note?: string },
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
  /** Computes profit, fees and funding from the fills, and settles the trade. */
  settleTrade(input: TradeRef): Promise<{ netPnlUsd: DecimalString }>;
}

export interface BillingActivities {
  billTrade(input: TradeRef): Promise<void>;
}

/** Activities that bring messages from their sources into the books. */
export interface IntakeActivities {
  /** Reads a page of a source from its cursor on. Returns the number of new messages. */
  ingestSource(input: { sourceAccountId: string }): Promise<{ messages: number; more: boolean }>;
  /** Polls each source of a kind when it is due, for about a minute; beats. Returns what was done. */
  pollDueSources(input: { kind: SourceKind }): Promise<{ polls: number; failed: number; messages: number }>;
}

/** Activities that own a connection to sources. */
export interface ListeningActivities {
  /** Listens to every source of a kind until cancelled; beats. */
  listenToSources(input: { kind: SourceKind }): Promise<void>;
}

/** Signals, instructions and held calls made of messages. The later two are absent from results of a version that did not know them. */
export interface Generated {
  signalIds: string[];
  /** For the workflows of open trades. */
  instructions?: InstructionRef[];
  /** Calls that wait until trades against them are flat. */
  heldCallIds?: string[];
}

export interface PipelineActivities {
  /** Classifies up to `limit` messages that this classifier has not seen. */
  classifyMessages(input: { limit: number }): Promise<{ classified: number; more: boolean }>;
  /** Turns classified messages into signals, or into skips with their reasons. */
  generateSignals(input: { limit: number }): Promise<Generated & { more: boolean }>;
  /** Makes a held call a signal once what it waits for is there, or a skip once its time is over. */
  tryHeldCall(input: { heldCallId: string }): Promise<{ is: 'waiting' | 'ended'; signalIds: string[] }>;
}

export interface FanOutActivities {
  /** Returns the active deployments of the signal's agent, and the facts that name their trades unless there are none. */
  listDeployments(input: { signalId: string }): Promise<{ deploymentIds: string[]; subject?: TradeSubject }>;
  markFannedOut(input: { signalId: string }): Promise<void>;
  /** Returns signals whose fan-out never ran to its end, and what else is on its way from posts to trades, oldest first. */
  listUnsentSignals(input: { limit: number }): Promise<Generated>;
}

export interface VenueActivities {
  /** Asks every venue for its health and stores it. */
  checkVenues(): Promise<{ venue: VenueName; health: string }[]>;
  /** Stores the instruments of every venue. */
  refreshInstruments(): Promise<{ venue: VenueName; instruments: number }[]>;
}

/** The answers of a social service about markets in one run. */
export interface SocialInput {
  /** By symbol; a market that the service does not know is left out. */
  facts: Readonly<Record<Symbol, SocialFacts>>;
  /** The service's own numbers of the markets. */
  coinIds: Readonly<Record<Symbol, number>>;
  /** Why nothing is known; null when the service was read. */
  problem: string | null;
}

export interface ScoringActivities {
  /**
   * Returns the markets whose score of the present six hours is not known yet, those that were called first, and the
   * start of the six hours in epoch ms. Deletes what is older than anybody looks at.
   */
  planScores(): Promise<{ at: number; symbols: Symbol[] }>;
  /** Asks the social service once for all markets; returns null where none is configured. */
  readSocialFacts(input: { symbols: readonly Symbol[] }): Promise<SocialInput | null>;
  /** Computes and stores the scores of some markets. `failed` of them are unknown because a venue did not answer. */
  storeScores(input: {
    at: number;
    symbols: readonly Symbol[];
    social: SocialInput | null;
  }): Promise<{ known: number; unknown: number; failed: number }>;
}

/** Activities that bill what no trade is the reason for. */
export interface SubscriptionActivities {
  /** Bills months of deployments that have begun and are not billed. */
  billMonths(): Promise<{ bills: number }>;
}

/** Activities that keep metrics up to date. */
export interface MetricsActivities {
  /** Writes the hours of trades that changed anew, up to `limit` changes at once. */
  writeChangedHours(input: { limit: number }): Promise<{ trades: number; more: boolean }>;
  /** Computes the numbers of agents anew whose trades changed, and once a day of all. */
  refreshCards(input: { limit: number }): Promise<{ agents: number; more: boolean }>;
  /** Stores what sources were worth at the end of each day that is not stored yet. */
  recordImpacts(): Promise<{ days: number }>;
}

/** Activities that tell people of events. */
export interface NotificationActivities {
  /** Sends the next message of a channel. Returns whether another may be due, and how long to wait before, in ms. */
  deliverNotification(input: { channelId: string }): Promise<{ more: boolean; waitMs?: number }>;
}

/** An account to compare with its venue, and when that was last done. */
export interface AccountToReconcile {
  venue: VenueName;
  accountId: AccountId;
  deploymentId: DeploymentId;
  /** True when an approved key can hold positions that no trade explains. */
  mayAdopt: boolean;
  checkedAt: number | null;
  fullAt: number | null;
}

export interface ReconcileActivities {
  /** Returns accounts, those that need a comparison most first. */
  listAccountsToReconcile(input: { limit: number; deploymentId?: string }): Promise<AccountToReconcile[]>;
  /** Compares an account with its venue and corrects differences; with `full` also resting orders and fills. */
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
export type PipelineRoleActivities = ScoringActivities &
  MetricsActivities &
  SubscriptionActivities &
  IntakeActivities &
  ListeningActivities &
  PipelineActivities &
  VenueActivities &
  Pick<FanOutActivities, 'listUnsentSignals'>;
