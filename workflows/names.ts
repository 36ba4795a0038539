import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** Names that workflows, their clients and the Temporal server share. */

/** One queue per role, so that a burst in one never starves another. */
export const TASK_QUEUES = {
  /** Trade lifecycles and everything that sends orders. */
  trading: 'trading',
  /** Price watchers: few, long activities. */
  watch: 'watch',
  /** Messages on their way to signals, and scheduled jobs. */
  pipeline: 'pipeline',
  /** Messages to people. */
  notifications: 'notifications',
} as const;

export type TaskQueue = keyof typeof TASK_QUEUES;

/** Workflow ids. A subject always has one id, so that Temporal runs one workflow for it. */
export const workflowIds = {
  trade: (signalId: string, deploymentId: string) => `trade/${signalId}/${deploymentId}`,
  fanOut: (signalId: string) => `signal/${signalId}`,
  listening: (kind: string) => `listen/${kind}`,
  /** Takes new messages to their signals. */
  evaluation: 'evaluate-messages',
  heldCall: (heldCallId: string) => `held-call/${heldCallId}`,
  notifications: (channelId: string) => `notify/${channelId}`,
  ingest: (sourceAccountId: string) => `ingest/${sourceAccountId}`,
  priceWatch: (venue: string, shard: number) => `price-watch/${venue}/${shard}`,
} as const;

/**
 * Search attributes by which a trade is found in the Temporal Web UI and CLI. They are never encrypted, so they hold no
 * amounts and no keys.
 */
export const SEARCH_ATTRIBUTES = {
  venue: defineSearchAttributeKey('Venue', SearchAttributeType.KEYWORD),
  instrument: defineSearchAttributeKey('Instrument', SearchAttributeType.KEYWORD),
  side: defineSearchAttributeKey('Side', SearchAttributeType.KEYWORD),
  phase: defineSearchAttributeKey('Phase', SearchAttributeType.KEYWORD),
  agent: defineSearchAttributeKey('Agent', SearchAttributeType.KEYWORD),
  deployment: defineSearchAttributeKey('Deployment', SearchAttributeType.KEYWORD),
  exitReason: defineSearchAttributeKey('ExitReason', SearchAttributeType.KEYWORD),
} as const;
