import type { Signal } from '#api/schemas/signal.ts';
import type { Trade } from '#api/schemas/trade.ts';
import { shortId, shortNumbers } from '#terminal/output.ts';

/** Returns what became of a signal in each deployment: a line per trade and per refusal. */
export function outcomeLines({ skips }: Pick<Signal, 'skips'>, trades: readonly Trade[]): string[] {
  const traded = new Set(trades.map(({ deploymentId }) => deploymentId));
  const others = skips.filter(({ code, deploymentId }) =>
    deploymentId === null ? code !== 'duplicate_signal' : !traded.has(deploymentId),
  );
  return [...trades.map(tradeLine), ...others.map(({ code, text }) => `not traded (${code}): ${text}`)];
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
