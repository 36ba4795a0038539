/** What an agent does with a post of an author about a trade of that author that is open. */
export const FOLLOW_UP_USES = ['ignore', 'follow'] as const;
/** What an agent does with a call against an open trade of its author: nothing, close it, or close it and open the other. */
export const OPPOSITE_CALL_USES = ['ignore', 'close', 'flip'] as const;

/** What an agent does with a call that waits for a price: nothing, or hold it until the price is there. */
export const CONDITIONAL_CALL_USES = ['skip', 'hold'] as const;

/** What an agent does with posts beyond plain calls. Without a choice of its owner it does nothing. */
export interface Reactions {
  followUps: (typeof FOLLOW_UP_USES)[number];
  oppositeCalls: (typeof OPPOSITE_CALL_USES)[number];
  conditionalCalls: (typeof CONDITIONAL_CALL_USES)[number];
}

export const NO_REACTIONS: Reactions = {
  followUps: 'ignore',
  oppositeCalls: 'ignore',
  conditionalCalls: 'skip',
};

/** How long a post about a trade counts, from its posting: what comes later is about another day. */
export const FOLLOW_UP_LIFE_MS = 24 * 3_600_000;

/** An instruction of a post, on its way to the workflow of its trade. */
export interface InstructionRef {
  instructionId: string;
  signalId: string;
  deploymentId: string;
  /** It closes the trade. */
  closes: boolean;
  /** Who asks, for the story and the audit log. */
  by: string;
}
