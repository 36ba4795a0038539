import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** What a trade can be found by in the Temporal Web UI and CLI. Never encrypted: no amounts, no keys. */
export const SEARCH_ATTRIBUTES = {
  venue: defineSearchAttributeKey('Venue', SearchAttributeType.KEYWORD),
  instrument: defineSearchAttributeKey('Instrument', SearchAttributeType.KEYWORD),
  side: defineSearchAttributeKey('Side', SearchAttributeType.KEYWORD),
  phase: defineSearchAttributeKey('Phase', SearchAttributeType.KEYWORD),
  agent: defineSearchAttributeKey('Agent', SearchAttributeType.KEYWORD),
  deployment: defineSearchAttributeKey('Deployment', SearchAttributeType.KEYWORD),
  exitReason: defineSearchAttributeKey('ExitReason', SearchAttributeType.KEYWORD),
} as const;
