import { amount, sum, ZERO, type Amount } from '#domain/money.ts';
import type { TradePart } from './parts.ts';
import type { BookedTrade, RequestEvent, RunRecord, StopEvent, Stretch } from './record.ts';
import type { Violation } from './verdict.ts';

export const NAKED_LIMIT_MS = 500;
/** A venue that does not tell of an order is asked again by then. */
export const ASK_AGAIN_MS = 300;
/** A position whose stop was refused must have one, or be closed, by then. */
export const REFUSED_LIMIT_MS = 30_000;

export interface Nakedness {
  readonly longestMs: number;
  readonly violations: readonly Violation[];
}

/**
 * Judges how long a trade's part of a position stood without resting stops of at least its size, by the venue's
 * record. Not counted is the time in which
 *  - the trade's steps were in no worker's hands (`RunRecord.absences`): from a worker's death until its successor
 *    was ready, but at least 4 s, after which Temporal takes a dead worker's step away from it; and 1 s more, in which
 *    the step is handed to the successor;
 *  - a request about the trade's orders was with the venue and not answered yet; nor, where that was a question and the
 *    venue did not tell of an order that it has, 300 ms more;
 *  - and, where the venue refused or did not read a request about the trade's orders in the stretch, the rest of it,
 *    if it ended with a stop or without a position within 30 s.
 * What is left of one stretch must not be longer than 500 ms (and the venue's clock's own error).
 */
export function judgeNakedness(trade: BookedTrade, part: TradePart, record: RunRecord): Nakedness {
  const requests = record.events.filter(
    (event): event is RequestEvent => event.kind === 'request' && event.tradeIds.includes(trade.id),
  );
  let longestMs = 0;
  const violations: Violation[] = [];
  for (const stretch of nakedStretches(trade, part, record)) {
    const nakedMs = Math.max(0, countedMs(stretch, requests, record.absences) - trade.clockMs);
    longestMs = Math.max(longestMs, nakedMs);
    if (nakedMs <= NAKED_LIMIT_MS) continue;
    const text = `${Math.round(nakedMs)} ms without a stop (${Math.round(stretch.to - stretch.from)} ms by the clock, in ${overlapMs(stretch, record.stalls)} ms of which the machine had no time)`;
    const idle = [...record.absences, ...record.stalls];
    const isOfBusyMachine = countedMs(stretch, requests, idle) - trade.clockMs <= NAKED_LIMIT_MS;
    violations.push({
      kind: 'nakedOver500ms',
      tradeId: trade.id,
      count: 1,
      at: stretch.from,
      text,
      isOfBusyMachine,
    });
  }
  return { longestMs, violations };
}

/** Returns the stretches in which resting stops were smaller than the part, oldest first. */
function nakedStretches(trade: BookedTrade, { changes }: TradePart, record: RunRecord): Stretch[] {
  const stops = record.events.filter(
    (event): event is StopEvent => event.kind === 'stop' && event.tradeId === trade.id,
  );
  const moments = [...new Set([...changes, ...stops].map(({ at }) => at))].sort((a, b) => a - b);
  const stretches: Stretch[] = [];
  let from: number | null = null;
  for (const at of moments) {
    const size = changes.findLast((change) => change.at <= at)?.size ?? ZERO;
    const isNaked = coverAt(stops, at).lt(size);
    if (isNaked) from ??= at;
    else if (from !== null) {
      stretches.push({ from, to: at });
      from = null;
    }
  }
  if (from !== null) stretches.push({ from, to: record.endedAt });
  return stretches;
}

function coverAt(stops: readonly StopEvent[], at: number): Amount {
  const newest = new Map(stops.filter((stop) => stop.at <= at).map((stop) => [stop.orderId, stop.size]));
  return newest.size === 0 ? ZERO : sum([...newest.values()].map((size) => amount(size)));
}

function countedMs(stretch: Stretch, requests: readonly RequestEvent[], idle: readonly Stretch[]): number {
  const refused = requests.find(
    ({ outcome, at }) =>
      (outcome === 'refused' || outcome === 'unread') && at >= stretch.from && at <= stretch.to,
  );
  const isMended = stretch.to - stretch.from <= REFUSED_LIMIT_MS;
  const counted = refused && isMended ? { from: stretch.from, to: refused.at } : stretch;
  const waiting = requests.map(({ at, answeredAt, outcome }) => ({
    from: at,
    to: answeredAt + (outcome === 'untold' ? ASK_AGAIN_MS : 0),
  }));
  return counted.to - counted.from - overlapMs(counted, [...idle, ...waiting]);
}

/** Returns how much of a stretch the others cover together. */
function overlapMs({ from, to }: Stretch, others: readonly Stretch[]): number {
  let [covered, upTo] = [0, from];
  for (const other of [...others].sort((a, b) => a.from - b.from)) {
    const end = Math.min(other.to, to);
    const start = Math.max(other.from, upTo);
    if (end <= start) continue;
    covered += end - start;
    upTo = end;
  }
  return covered;
}
