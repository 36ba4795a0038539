import { amount } from '#domain/money.ts';
import type { BookedTrade, RunRecord, StopEvent } from './record.ts';
import type { Violation } from './verdict.ts';

/**
 * Judges whether a stop ever came to rest farther from the price than an earlier one of its trade. A person's adjust
 * allows one such step, at any time after it was asked for; from there on the new level counts.
 */
export function judgeLoosened(trade: BookedTrade, record: RunRecord): Violation[] {
  const direction = trade.side === 'long' ? 1 : -1;
  const resting = record.events.filter(
    (event): event is StopEvent =>
      event.kind === 'stop' && event.tradeId === trade.id && !amount(event.size).isZero(),
  );
  const allowed = [...trade.adjustedAt].sort((a, b) => a - b);
  const violations: Violation[] = [];
  let best: StopEvent | null = null;
  for (const stop of resting) {
    const isLooser: boolean = best !== null && amount(stop.level).sub(best.level).mul(direction).lt(0);
    // A chain tells the time in whole seconds, rounded down.
    if (isLooser && allowed[0] !== undefined && allowed[0] - trade.clockMs <= stop.at) allowed.shift();
    else if (isLooser) {
      const text = `the stop went from ${best?.level} to ${stop.level} (${trade.side})`;
      violations.push({ kind: 'loosenedStops', tradeId: trade.id, count: 1, at: stop.at, text });
    }
    best = stop;
  }
  return violations;
}
