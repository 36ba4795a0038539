import type { Told } from './topics.ts';

/** Times of a day between which only alarms are told, in minutes since midnight; they may span midnight. */
export interface QuietHours {
  from: number;
  to: number;
}

export const DIGESTS = ['none', 'hourly', 'daily'] as const;
/** How often what is no alarm is told together; `none` tells each event at once. */
export type Digest = (typeof DIGESTS)[number];

/** What a person set about when to be told. */
export interface Pace {
  digest: Digest;
  quiet: QuietHours | null;
  /** IANA name of the zone of quiet hours and of the daily digest. */
  timeZone: string;
}

/** When to tell of an event; `isHeld` where it waits for others, to be told together with them. */
export interface DueTime {
  dueAt: number;
  isHeld: boolean;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MINUTES = 24 * 60;
/** The daily digest, in minutes since midnight. */
const DAILY_AT = 8 * 60;

/**
 * Returns when a person is told of an event: an alarm at once; what is skipped once an hour; everything else by the
 * digest of the channel, and not within quiet hours. Times are epoch ms.
 */
export function dueTimeOf(
  { topic, severity }: Pick<Told, 'topic' | 'severity'>,
  pace: Pace,
  now: number,
): DueTime {
  if (severity === 'alarm') return { dueAt: now, isHeld: false };
  const digest = topic === 'skipped' && pace.digest === 'none' ? 'hourly' : pace.digest;
  const digestAt = digestTime(digest, pace.timeZone, now);
  const dueAt = quietEnd(pace, digestAt);
  return { dueAt, isHeld: digest !== 'none' || dueAt > digestAt };
}

function digestTime(digest: Digest, timeZone: string, now: number): number {
  if (digest === 'none') return now;
  if (digest === 'hourly') return (Math.floor(now / HOUR_MS) + 1) * HOUR_MS;
  return now + minutesUntil(DAILY_AT, minuteOfDay(now, timeZone)) * MINUTE_MS;
}

/** Returns the time itself, or the end of the quiet hours that it falls into. */
function quietEnd({ quiet, timeZone }: Pace, at: number): number {
  if (!quiet || quiet.from === quiet.to) return at;
  const minute = minuteOfDay(at, timeZone);
  const isQuiet =
    quiet.from < quiet.to
      ? minute >= quiet.from && minute < quiet.to
      : minute >= quiet.from || minute < quiet.to;
  return isQuiet ? at + minutesUntil(quiet.to, minute) * MINUTE_MS : at;
}

const minutesUntil = (wanted: number, minute: number): number =>
  (wanted - minute + DAY_MINUTES) % DAY_MINUTES || DAY_MINUTES;

/** Returns the minute of the day at a time in a zone. */
function minuteOfDay(at: number, timeZone: string): number {
  const [hour = 0, minute = 0] = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
    .format(at)
    .split(':')
    .map(Number);
  return hour * 60 + minute;
}

/** Whether a zone is known here. */
export function isTimeZone(name: string): boolean {
  try {
    minuteOfDay(0, name);
    return true;
  } catch {
    return false;
  }
}
