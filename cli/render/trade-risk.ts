import type { TradeDetails } from '#api/schemas/trade.ts';
import { direction } from '#domain/ids.ts';
import { amount } from '#domain/money.ts';
import { utc } from '#terminal/output.ts';

/** Returns the value of the entry in USD and its leverage, such as `5000.00 USD at 2x`. */
export function notionalText({ entrySize, entryPrice, leverage }: TradeDetails): string | null {
  if (entrySize === null || entryPrice === null) return null;
  const usd = amount(entrySize).mul(entryPrice).toFixed(2);
  return `${usd} USD${leverage === null ? '' : ` at ${leverage}x`}`;
}

/** Returns what a fill of the stop at its price would lose or keep of what is open, before fees; null once flat. */
export function riskText({ side, entryPrice, remainingSize, stopPrice, phase }: TradeDetails): string | null {
  if (entryPrice === null || remainingSize === null || stopPrice === null || phase !== 'open') return null;
  const usd = amount(stopPrice).sub(entryPrice).mul(remainingSize).mul(direction(side));
  const pct = amount(stopPrice).div(entryPrice).sub(1).mul(100).abs().toFixed(2);
  return usd.isNegative()
    ? `loses ${usd.abs().toFixed(2)} USD at the stop, ${pct} % from the entry`
    : `keeps ${usd.toFixed(2)} USD at the stop, ${pct} % from the entry`;
}

/** Returns when the time of the trade is over; null without a limit. */
export function timeLimitText({ watch, openedAt, levels }: TradeDetails): string | null {
  const limitMs = levels?.timeLimitMs ?? null;
  const at = watch?.timeLimitAt ?? (openedAt === null || limitMs === null ? null : openedAt + limitMs);
  return at === null ? null : `${utc(at)} (UTC)`;
}

/** Returns after which target the stop moves to break-even, and where to. */
export function breakEvenText({ levels }: TradeDetails): string | null {
  if (!levels?.breakEven || levels.targets.length === 0) return null;
  const { afterTakeProfit, price } = levels.breakEven;
  return `stop to ${price} after target ${afterTakeProfit}`;
}

/** Returns the steps of the trail, each with the price from which it follows. */
export function trailText({ levels }: TradeDetails): string | null {
  if (!levels || levels.trailing.length === 0) return null;
  const steps = levels.trailing.map(
    ({ activatesAt, distancePct }) => `${distancePct} % behind the best price from ${activatesAt}`,
  );
  return steps.join(', then ');
}
