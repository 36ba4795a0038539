import { setTimeout as delay } from 'node:timers/promises';
import type { SourceKind } from '#domain/statuses.ts';
import {
  leaseDueSources,
  LeaseLostError,
  nextDueAt,
  type LeasedSource,
} from '#prisma/repositories/source-polls.ts';
import { pollSource, type PollDeps } from './poll-source.ts';

/** Sources in polling at once; a slow one holds up its own place and no other. */
export const POLLED_AT_ONCE = 32;
/** Interval at which sources that have become due are looked for. */
const LOOK_MS = 1_000;
/** For clocks that differ by a little. */
const SHORTEST_WAIT_MS = 10;
/** Polls that take longer than the round by so much go on by themselves, and the next round begins without them. */
const STRAGGLERS_MS = 2_000;

export interface PollRound {
  kind: SourceKind;
  /** Epoch ms; no poll begins after it. */
  until: number;
  signal: AbortSignal;
}

export interface PollTotals {
  polls: number;
  failed: number;
  messages: number;
}

/**
 * Polls each source of a kind when it is due, many at once, until the time is over or there is none of the kind.
 * Returns what was done by then. Throws what the database throws; a source whose poll it stopped keeps its lease.
 */
export async function pollDueSources(deps: PollDeps, round: PollRound): Promise<PollTotals> {
  const totals: PollTotals = { polls: 0, failed: 0, messages: 0 };
  const underWay = new Set<Promise<void>>();
  const errors: unknown[] = [];
  const isOver = () => round.signal.aborted || errors.length > 0 || deps.now() >= round.until;
  while (!isOver()) {
    const free = POLLED_AT_ONCE - underWay.size;
    const leased =
      free === 0 ? [] : await leaseDueSources(deps.db, { ...round, now: deps.now(), limit: free });
    for (const source of leased) {
      const poll: Promise<void> = pollInto(deps, source, totals)
        .catch((error: unknown) => void errors.push(error))
        .finally(() => underWay.delete(poll));
      underWay.add(poll);
    }
    if (leased.length > 0) continue;
    const next = await nextDueAt(deps.db, round.kind, deps.now());
    if (next === null && underWay.size === 0) break;
    await waitForWork(next ?? round.until, { deps, round, underWay });
  }
  const late = new AbortController();
  await Promise.race([
    Promise.all(underWay),
    delay(STRAGGLERS_MS, undefined, { signal: late.signal }).catch(() => undefined),
  ]);
  late.abort();
  if (errors.length > 0) throw errors[0];
  return totals;
}

async function pollInto(deps: PollDeps, source: LeasedSource, totals: PollTotals): Promise<void> {
  totals.polls += 1;
  try {
    const { messages, failed } = await pollSource(deps, source);
    totals.messages += messages;
    if (failed) totals.failed += 1;
  } catch (error) {
    // The process that has the source now polls it from the same place.
    if (error instanceof LeaseLostError) return;
    deps.logger.warn({ source: source.handle, err: error }, 'what a source delivered cannot be stored');
    throw error;
  }
}

/** Waits until a place is free or a source may be due, and a second at most: sources are added and resumed. */
async function waitForWork(
  next: number,
  { deps, round, underWay }: { deps: PollDeps; round: PollRound; underWay: ReadonlySet<Promise<void>> },
): Promise<void> {
  const waitMs = Math.max(SHORTEST_WAIT_MS, Math.min(LOOK_MS, next - deps.now(), round.until - deps.now()));
  await Promise.race([
    delay(waitMs, undefined, { signal: round.signal }).catch(() => undefined),
    ...underWay,
  ]);
}
