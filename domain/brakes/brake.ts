import type { VenueName } from '../ids.ts';
import { refusal, type Refusal } from '../reasons.ts';
import type { ResultLimit } from './judge-results.ts';

/** The entries that a brake holds back: all, those at a venue, those of an agent, those of a deployment. */
export const BRAKE_SCOPES = ['system', 'venue', 'agent', 'deployment'] as const;
export type BrakeScope = (typeof BRAKE_SCOPES)[number];

/** The refusal of the entries that a brake holds back: one that a person has set, or a limit that was reached. */
export type BrakeCode = 'entries_braked' | 'venue_braked' | ResultLimit;

/** A brake in force. It holds back entries, and never closes, stops or targets. */
export interface Brake {
  id: string;
  scope: BrakeScope;
  /** Given where the scope is `venue`. */
  venue?: VenueName;
  code: BrakeCode;
  reason: string;
  setBy: string;
  /** When it ends by itself, epoch ms; left out when only a person ends it. */
  until?: number;
}

/** Returns the brake that holds back entries at a venue, or with null those at every venue; null when none does. */
export const brakeAt = (brakes: readonly Brake[], venue: VenueName | null): Brake | null =>
  brakes.find((brake) => (brake.venue ?? null) === venue) ?? (venue === null ? null : brakeAt(brakes, null));

/** Returns why an entry is held back, with the brake's reason and its end. */
export const refuseBraked = ({ code, reason, until }: Brake): Refusal =>
  refusal(code, `${reason.replace(/[.\s]+$/, '')}. ${endText(until)}`);

const endText = (until: number | undefined): string =>
  until === undefined
    ? 'It ends when a person releases it.'
    : `It ends at ${new Date(until).toISOString()}, or when a person releases it.`;
