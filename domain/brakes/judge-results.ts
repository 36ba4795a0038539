import type { ExitReason } from '../barriers.ts';
import { Amount, amount, decimalString, sum, type DecimalString } from '../money.ts';
import type { EntryLimits } from './entry-limits.ts';

/** Limits of results, by the refusal of the entries that each holds back once it is reached. */
export const RESULT_LIMITS = [
  'daily_loss_reached',
  'drawdown_reached',
  'loss_streak',
  'stop_losses_reached',
] as const;
export type ResultLimit = (typeof RESULT_LIMITS)[number];

/** What trades have come to. */
export interface Results {
  /** Trades that ended, the oldest first. */
  ended: readonly EndedTrade[];
  /** Profit of open positions at the last price seen, in USD. */
  openUsd: DecimalString;
  /** Where a person released the brake of a limit: what was lost before counts no more. */
  released: Readonly<Partial<Record<ResultLimit, Released>>>;
}

export interface EndedTrade {
  /** Epoch ms. */
  endedAt: number;
  netPnlUsd: DecimalString;
  exitReason: ExitReason | null;
}

export interface Released {
  /** Epoch ms. */
  at: number;
  /** Profit of open positions at that time, in USD. */
  openUsd: DecimalString;
}

/** A limit that is reached. */
export interface Breach {
  code: ResultLimit;
  /** How it was reached, as one sentence. */
  reason: string;
  /** When it ends by itself, epoch ms; null when only a person ends it. */
  until: number | null;
}

const DAY_MS = 86_400_000;
/** How far back a drawdown is measured. */
export const DRAWDOWN_MS = 30 * DAY_MS;

/** Reasons by which a stop closes a trade. */
const STOPPED: readonly (ExitReason | null)[] = ['stop_loss', 'trailing_stop', 'break_even', 'liquidation'];

/** Returns the limits that are reached at `now` (epoch ms). */
export const judgeResults = (limits: EntryLimits, results: Results, now: number): Breach[] =>
  [judgeDay, judgeDrawdown, judgeStreak, judgeStops].flatMap((judge) => judge(limits, results, now) ?? []);

/** Returns the time, epoch ms, from which on ended trades matter to the limits; null when no limit looks at them. */
export function lookBack(limits: EntryLimits, now: number): number | null {
  const spans = [
    limits.maxDailyLossUsd !== undefined && now - midnight(now),
    limits.maxDrawdownUsd !== undefined && DRAWDOWN_MS,
    limits.lossStreak !== undefined && DRAWDOWN_MS,
    limits.stopGuard && limits.stopGuard.withinMs + limits.stopGuard.pauseMs,
  ].filter((span) => typeof span === 'number');
  return spans.length === 0 ? null : now - Math.max(...spans);
}

function judgeDay({ maxDailyLossUsd }: EntryLimits, results: Results, now: number): Breach | null {
  if (maxDailyLossUsd === undefined) return null;
  const start = midnight(now);
  const { ended, openLoss } = since(results, 'daily_loss_reached', start);
  const result = sum(ended.map(({ netPnlUsd }) => netPnlUsd)).sub(openLoss);
  if (result.neg().lt(maxDailyLossUsd)) return null;
  return {
    code: 'daily_loss_reached',
    reason: `Lost ${usd(result.neg())} USD since midnight (UTC), of ${maxDailyLossUsd}`,
    until: start + DAY_MS,
  };
}

function judgeDrawdown({ maxDrawdownUsd }: EntryLimits, results: Results, now: number): Breach | null {
  if (maxDrawdownUsd === undefined) return null;
  const { ended, openLoss } = since(results, 'drawdown_reached', now - DRAWDOWN_MS);
  let [profit, highest] = [amount(0), amount(0)];
  for (const { netPnlUsd } of ended) {
    profit = profit.add(netPnlUsd);
    highest = Amount.max(highest, profit);
  }
  const fall = highest.sub(profit).add(openLoss);
  if (fall.lt(maxDrawdownUsd)) return null;
  return {
    code: 'drawdown_reached',
    reason: `Fell ${usd(fall)} USD below the highest profit of 30 days, of ${maxDrawdownUsd}`,
    until: null,
  };
}

function judgeStreak({ lossStreak }: EntryLimits, results: Results, now: number): Breach | null {
  if (lossStreak === undefined) return null;
  const { ended } = since(results, 'loss_streak', now - DRAWDOWN_MS);
  const last = ended.slice(-lossStreak.losses);
  if (last.length < lossStreak.losses || !last.every(isLoss)) return null;
  return pauseAfter(last, lossStreak.pauseMs, now, {
    code: 'loss_streak',
    reason: `The last ${last.length} trades have all lost`,
  });
}

function judgeStops({ stopGuard }: EntryLimits, results: Results, now: number): Breach | null {
  if (stopGuard === undefined) return null;
  const { ended } = since(results, 'stop_losses_reached', 0);
  const last = ended
    .filter((trade) => STOPPED.includes(trade.exitReason) && isLoss(trade))
    .slice(-stopGuard.stops);
  const [first, newest] = [last[0], last.at(-1)];
  if (!first || !newest || last.length < stopGuard.stops) return null;
  if (newest.endedAt - first.endedAt > stopGuard.withinMs) return null;
  return pauseAfter(last, stopGuard.pauseMs, now, {
    code: 'stop_losses_reached',
    reason: `${last.length} stops were hit within ${Math.round(stopGuard.withinMs / 60_000)} minutes`,
  });
}

/** Returns a breach that ends some time after the last of the trades; null once that has come. */
function pauseAfter(
  trades: readonly EndedTrade[],
  pauseMs: number,
  now: number,
  breach: Pick<Breach, 'code' | 'reason'>,
): Breach | null {
  const until = (trades.at(-1)?.endedAt ?? 0) + pauseMs;
  return until > now ? { ...breach, until } : null;
}

/** Returns what counts for a limit: trades that ended from `start` on and after its last release, and open losses. */
function since(
  { ended, openUsd, released }: Results,
  limit: ResultLimit,
  start: number,
): { ended: readonly EndedTrade[]; openLoss: Amount } {
  const release = released[limit];
  const isNew = ({ endedAt }: EndedTrade) => endedAt >= start && endedAt > (release?.at ?? -Infinity);
  const lostBefore =
    release && release.at >= start ? Amount.max(amount(release.openUsd).neg(), 0) : amount(0);
  return {
    ended: ended.filter(isNew),
    openLoss: Amount.max(amount(openUsd).neg().sub(lostBefore), 0),
  };
}

const isLoss = ({ netPnlUsd }: EndedTrade): boolean => amount(netPnlUsd).lt(0);

/** Returns the last midnight (UTC) at or before a time, epoch ms. */
const midnight = (now: number): number => now - (now % DAY_MS);

const usd = (value: Amount): DecimalString => decimalString(value.toDecimalPlaces(2));
