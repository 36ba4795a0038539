import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '#api/client.ts';
import type { Signal } from '#api/schemas/signal.ts';
import type { Trade } from '#api/schemas/trade.ts';
import type { SignalOutcome } from '#domain/signal-outcome.ts';
import { outcomeLines } from './render/signal-outcome.ts';

const LOOK_EVERY_MS = 200;
/** More deployments than this are counted by `signalman trades`. */
const MAX_TRADES = 100;

/** How far a signal has come. */
export interface AwaitedOutcome {
  outcome: SignalOutcome;
  /** One line per trade and per refusal. */
  lines: string[];
}

/**
 * Waits until a signal is no longer pending, and every trade of it has its entry or its refusal, at most `waitMs`.
 * Returns how far it has come.
 */
export async function awaitOutcome(
  api: ApiClient,
  signalId: string,
  waitMs: number,
): Promise<AwaitedOutcome> {
  for (const until = performance.now() + waitMs; ;) {
    // Reads the signal first: once it is sent, all its trades exist.
    const signal = await api.get<Signal>(`/signals/${signalId}`);
    const trades = await api.list<Trade>('/trades', MAX_TRADES, { signalId });
    const isUnderWay = trades.some(({ phase }) => phase === 'routing' || phase === 'opening');
    const isDecided = signal.fannedOutAt !== null && !isUnderWay && signal.outcome !== 'pending';
    if (isDecided || performance.now() + LOOK_EVERY_MS > until)
      return {
        outcome: isDecided ? signal.outcome : 'pending',
        lines: outcomeLines(signal, trades),
      };
    await delay(LOOK_EVERY_MS);
  }
}
