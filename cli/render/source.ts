import type { Source } from '#api/schemas/source.ts';
import { counted, duration, orDash, utc, type Colors } from '#terminal/output.ts';

/** Returns one source as lines for people: what it is, how its polls go, what it brings and costs. */
export function describeSource(source: Source, colors: Colors, now: number): string[] {
  const rows: [string, string][] = [
    ['kind', source.kind],
    ['handle', source.handle],
    ['title', orDash(source.title)],
    ['state', stateText(source, now)],
    ['options', JSON.stringify(source.options)],
    ['secret', source.hasSecret ? 'stored, sealed' : 'none'],
    ['polled every', source.periodMs === null ? 'it sends by itself' : duration(source.periodMs)],
    [
      'last poll',
      source.polledAt === null ? 'none yet' : `${duration(Math.max(0, now - source.polledAt))} ago`,
    ],
    ['next poll', source.nextPollAt === null ? '-' : utc(source.nextPollAt)],
    ['today', countsText(source.today)],
    ['a day', `${source.messagesPerDay.toFixed(1)} messages, ${source.costPerDayUsd} USD (last 7 days)`],
    ['this month', budgetText(source)],
    ['agents', agentsText(source)],
    ['added', utc(source.createdAt)],
  ];
  return [colors.bold(source.id), ...rows.map(([name, text]) => `${colors.dim(name.padEnd(14))}${text}`)];
}

function stateText({ state, stopCode, lastError, failures, failingSince }: Source, now: number): string {
  const since = failingSince === null ? '' : ` for ${duration(Math.max(0, now - failingSince))}`;
  if (state === 'stopped')
    return `stopped (${stopCode}): ${lastError}; see to it, then: signalman sources resume`;
  if (state === 'failing') return `failing${since}, ${failures} polls in a row: ${lastError}`;
  return state;
}

function agentsText({ agents, agentCount }: Source): string {
  const others = agentCount - agents.length;
  return `${orDash(agents.join(', ') || null)}${others > 0 ? ` and ${others} more` : ''}`;
}

const countsText = ({ messages, edits, deletions, malformed, reads, costUsd }: Source['today']): string =>
  [
    counted(messages, 'message'),
    counted(edits, 'edit'),
    counted(deletions, 'deletion'),
    `${malformed} unreadable`,
    counted(reads, 'read'),
    `${costUsd} USD`,
  ].join(', ');

const budgetText = ({ readsThisMonth, monthlyReads }: Source): string =>
  monthlyReads === null
    ? `${counted(readsThisMonth, 'read')}, no limit`
    : `${readsThisMonth} of ${monthlyReads} reads`;
