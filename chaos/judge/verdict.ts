/** What may go wrong, each counted; cents are counted in `unexplainedCents`. */
export const VIOLATIONS = [
  'doubledEntries',
  'oversizedExits',
  'nakedOver500ms',
  'loosenedStops',
  'unexplainedCents',
  'wrongBills',
  'foreignTouched',
] as const;
export type ViolationKind = (typeof VIOLATIONS)[number];

export interface Violation {
  readonly kind: ViolationKind;
  readonly tradeId: string;
  /** How many, or how many cents. */
  readonly count: number;
  /** When it happened, for the log around it; null where it has no moment. */
  readonly at: number | null;
  readonly text: string;
  /** Whether it is none once the time is left out in which the machine had none; absent where time plays no part. */
  readonly isOfBusyMachine?: boolean;
}

export interface Verdict {
  readonly violations: readonly Violation[];
  /** The longest that a position stood without a stop by the rule of `naked.ts`, in milliseconds. */
  readonly longestUnprotectedMs: number;
}
