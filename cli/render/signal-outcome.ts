import type { Signal } from '#api/schemas/signal.ts';
import type { Trade } from '#api/schemas/trade.ts';
import { shortId, shortNumbers } from '#terminal/output.ts';

/** How far a call by hand has come. */
export interface SignalOutcome {
  /** Every deployment has its trade or its refusal, and every trade its entry or its refusal. */
  isDecided: boolean;
  /** A trade was opened, or may yet be. */
  isTaken: boolean;
  /** One line per trade and per refusal. */
  lines: string[];
}

/** Reads what became of a signal from its trades and from the reasons why it was not traded. */
export function outcomeOf(
  { skips, fannedOutAt }: Pick<Signal, 'skips' | 'fannedOutAt'>,
  trades: readonly Trade[],
): SignalOutcome {
  const isUnderWay = trades.some(({ phase }) => phase === 'routing' || phase === 'opening');
  const traded = new Set(trades.map(({ deploymentId }) => deploymentId));
  const others = skips.filter(({ code, deploymentId }) =>
    deploymentId === null ? code !== 'duplicate_signal' : !traded.has(deploymentId),
  );
  return {
    isDecided: fannedOutAt !== null && !isUnderWay,
    isTaken: fannedOutAt === null || trades.some(({ phase }) => phase !== 'skipped'),
    lines: [...trades.map(tradeLine), ...others.map(({ code, text }) => `not traded (${code}): ${text}`)],
  };
}

function tradeLine({ id, phase, refusal, venue, ...trade }: Trade): string {
  const name = `trade ${shortId(id)}`;
  if (refusal) return `${name}: not taken (${refusal.code}): ${refusal.text}`;
  if (trade.entryPrice === null) return `${name}: ${phase}`;
  const stop = trade.stopPrice === null ? '' : `, stop ${trade.stopPrice}`;
  return shortNumbers(
    `${name}: ${phase}, ${trade.entrySize} at ${trade.entryPrice} on ${venue}${stop}; see: signalman trade ${shortId(id)}`,
  );
}
