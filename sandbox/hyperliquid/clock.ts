import type { Exchange } from './exchange/exchange.ts';
import { payFunding } from './matching/funding.ts';
import { runScheduledCancel } from './matching/triggers.ts';

const HOUR_MS = 3_600_000;
const CHECK_MS = 250;

/**
 * Runs scheduled cancels when they are due and pays funding after every full hour of the wall clock. A payment carries
 * the time at which it is made, as at the venue: a position opened between the full hour and then pays too. Returns the
 * timer to clear.
 */
export function startClock(exchange: Exchange): NodeJS.Timeout {
  let hour = Math.floor(Date.now() / HOUR_MS);
  return setInterval(() => {
    const now = Date.now();
    cancelAsScheduled(exchange, now);
    if (Math.floor(now / HOUR_MS) === hour) return;
    hour = Math.floor(now / HOUR_MS);
    payFunding(exchange, now);
  }, CHECK_MS);
}

function cancelAsScheduled(exchange: Exchange, nowMs: number): void {
  for (const { address, scheduledCancelAt } of exchange.accounts.values()) {
    if (scheduledCancelAt === null || scheduledCancelAt > nowMs) continue;
    runScheduledCancel(exchange, address, nowMs);
    exchange.commit();
  }
}
