import type { RunRecord, VenueEvent } from './judge/record.ts';
import { VIOLATIONS, type Violation, type ViolationKind } from './judge/verdict.ts';
import type { RunResult } from './run/run.ts';

/** How much of the venue's record is told before and after a violation. */
const AROUND_MS = 20_000;
const MAX_EVENTS = 80;
const MAX_TEXT = 260;

/** Returns a result as `--json` prints it. */
export function summaryOf({ seed, trades, kills, faults, verdict }: RunResult) {
  return {
    seed,
    trades,
    violations: countsOf(verdict.violations),
    longestUnprotectedMs: Math.round(verdict.longestUnprotectedMs),
    kills,
    faults,
  };
}

function countsOf(violations: readonly Violation[]): Record<ViolationKind, number> {
  const counted = VIOLATIONS.map((kind): [ViolationKind, number] => [
    kind,
    violations.filter((each) => each.kind === kind).reduce((total, { count }) => total + count, 0),
  ]);
  return Object.fromEntries(counted) as Record<ViolationKind, number>; // oxlint-disable-line typescript/no-unsafe-type-assertion
}

/** Returns each violated trade once: what is wrong with it, its story, and the venue's record around it. */
export function storiesOf({ seed, record, verdict }: RunResult): string {
  const byTrade = Map.groupBy(verdict.violations, ({ tradeId }) => tradeId);
  return [...byTrade].map(([tradeId, violations]) => storyOf(seed, record, tradeId, violations)).join('\n\n');
}

function storyOf(seed: number, record: RunRecord, tradeId: string, violations: readonly Violation[]): string {
  const trade = record.trades.find(({ id }) => id === tradeId);
  const moments = violations.flatMap(({ at }) => at ?? []);
  const events = record.events.filter((event) => isAbout(event, tradeId, trade?.line ?? null));
  const near = moments.length === 0 ? events : events.filter(({ at }) => isNear(at, moments));
  const absences = record.absences.filter(({ from }) => moments.length === 0 || isNear(from, moments));
  return [
    `seed ${seed}, trade ${tradeId}`,
    ...violations.map(
      ({ kind, count, at, text }) => `  ${kind} ${count}: ${text}${at === null ? '' : ` at ${clock(at)}`}`,
    ),
    '  the story:',
    ...(trade?.story ?? ['not in our books']).map((line) => `    ${line.slice(0, MAX_TEXT)}`),
    '  the venue:',
    ...near.slice(0, MAX_EVENTS).map((event) => `    ${lineOf(event, tradeId)}`),
    ...absences.map(({ from, to }) => `    no worker from ${clock(from)} to ${clock(to)}`),
  ].join('\n');
}

const isNear = (at: number, moments: readonly number[]): boolean =>
  moments.some((moment) => Math.abs(at - moment) <= AROUND_MS);

function isAbout(event: VenueEvent, tradeId: string, line: string | null): boolean {
  if (event.kind === 'request') return event.tradeIds.includes(tradeId);
  return event.kind !== 'price' && event.line === line;
}

function lineOf(event: VenueEvent, tradeId: string): string {
  const at = clock(event.at);
  switch (event.kind) {
    case 'fill': {
      const whose =
        event.tradeId === tradeId ? event.leg : event.tradeId === null ? 'not ours' : 'another trade';
      return `${at} fill ${event.side} ${event.size} at ${event.price}, fee ${event.feeUsd} (${whose}, order ${event.orderId})`;
    }
    case 'stop':
      return `${at} stop ${event.orderId} at ${event.level}: ${event.size === '0' ? 'gone' : event.size}`;
    case 'request':
      return `${at} request, answered ${clock(event.answeredAt)}: ${event.outcome} ${event.text.slice(0, MAX_TEXT)}`;
    case 'foreign':
      return `${at} ${event.text}`;
    case 'funding':
      return `${at} funding of ${event.usd} USD for ${event.size}`;
    default:
      return `${at} price ${event.price}`;
  }
}

const clock = (at: number): string => new Date(at).toISOString().slice(11, 23);
