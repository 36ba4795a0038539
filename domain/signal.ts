import type { Barriers } from './barriers.ts';
import type { AgentId, Side, SignalId, SourceMessageId, Symbol, VenueName } from './ids.ts';
import { amount, type Amount, type DecimalString } from './money.ts';
import { refusal, type Refusal } from './reasons.ts';
import type { SizeModel } from './sizing.ts';

/** Origins of a signal; `adoption` is a position that was found at the venue. */
export const SIGNAL_ORIGINS = ['message', 'manual', 'webhook', 'adoption'] as const;
export type SignalOrigin = (typeof SIGNAL_ORIGINS)[number];

/** `MULTI` lets routing choose; a venue's name requires that venue. */
export type RequestedVenue = 'MULTI' | VenueName;

/** A structured intent to trade, made by an agent and offered to each of its deployments. */
export interface Signal {
  id: SignalId;
  agentId: AgentId;
  symbol: Symbol;
  side: Side;
  /** 0 to 1. */
  confidence: number;
  sizeModel: SizeModel;
  barriers: Barriers;
  requestedVenue: RequestedVenue;
  createdAt: number;
  /** From this moment on the signal is stale. */
  expiresAt: number;
  /** The price the signal was made at; drift is measured from it. */
  referencePrice: DecimalString | null;
  /** Largest accepted distance from `referencePrice`, in percent of it; either way. */
  maxDriftPct: number | null;
  /** The messages the signal was made from; empty for one made by hand or by webhook. */
  sources: SourceMessageId[];
}

/** One agent makes a call for a symbol and side once in this time, measured from the call before it. */
export const CALL_WINDOW_MS = 6 * 60 * 60 * 1000;

/** Returns whether the signal may still be traded at `now` (epoch ms) and `price`, with the reason when it may not. */
export function checkFresh(
  signal: Pick<Signal, 'expiresAt' | 'referencePrice' | 'maxDriftPct'>,
  now: number,
  price: Amount | DecimalString,
): Refusal<'stale' | 'drifted'> | null {
  if (now >= signal.expiresAt) {
    return refusal('stale', `It was good until ${new Date(signal.expiresAt).toISOString()}.`);
  }
  if (signal.referencePrice === null || signal.maxDriftPct === null) return null;
  const driftPct = amount(price).div(amount(signal.referencePrice)).sub(1).abs().mul(100);
  if (driftPct.lte(signal.maxDriftPct)) return null;
  return refusal(
    'drifted',
    `It moved ${driftPct.toFixed(2)} % from ${signal.referencePrice}; ${signal.maxDriftPct} % is allowed.`,
  );
}
