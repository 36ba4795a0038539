import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '#api/client.ts';
import type { Signal } from '#api/schemas/signal.ts';
import type { Trade } from '#api/schemas/trade.ts';
import { outcomeOf, type SignalOutcome } from './render/signal-outcome.ts';

const LOOK_EVERY_MS = 200;
/** More deployments than this are counted by `signalman trades`. */
const MAX_TRADES = 100;

/** Waits until each deployment has traded or refused a signal, at most `waitMs`; returns how far it has come. */
export async function awaitOutcome(api: ApiClient, signalId: string, waitMs: number): Promise<SignalOutcome> {
  for (const until = performance.now() + waitMs; ;) {
    // Reads the signal first: once it is sent, all its trades exist.
    const signal = await api.get<Signal>(`/signals/${signalId}`);
    const outcome = outcomeOf(signal, await api.list<Trade>('/trades', MAX_TRADES, { signalId }));
    if (outcome.isDecided || performance.now() + LOOK_EVERY_MS > until) return outcome;
    await delay(LOOK_EVERY_MS);
  }
}
