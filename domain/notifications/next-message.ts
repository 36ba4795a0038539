import type { Severity } from './topics.ts';

/** A notification that is due. */
export interface DueNotification {
  id: string;
  severity: Severity;
  /** It waited to be told with others. */
  isHeld: boolean;
}

/** What is to be told next: these notifications in one message, or nothing before a time (epoch ms). */
export type NextMessage = { tell: readonly string[] } | { waitUntil: number };

/** More messages than this within a minute are a flood. */
export const MESSAGES_A_MINUTE = 5;
const MINUTE_MS = 60_000;
/** Alarms in a flood are told together after this time. */
const ALARM_PAUSE_MS = 5_000;

/**
 * Returns the next message of a channel: alarms first, what was held together, and everything at once where it would
 * be more than five messages a minute. `sentAt` are the times of the messages of the last minute, oldest first.
 */
export function nextMessage(
  due: readonly DueNotification[],
  { sentAt, now }: { sentAt: readonly number[]; now: number },
): NextMessage | null {
  const alarms = due.filter(({ severity }) => severity === 'alarm');
  const group = alarms.length > 0 ? alarms : due;
  if (group.length === 0) return null;
  const isFlood = sentAt.length + group.length > MESSAGES_A_MINUTE;
  if (isFlood && sentAt.length >= MESSAGES_A_MINUTE) {
    const free = alarms.length > 0 ? (sentAt.at(-1) ?? 0) + ALARM_PAUSE_MS : (sentAt[0] ?? 0) + MINUTE_MS;
    if (free > now) return { waitUntil: free };
  }
  const held = group.filter(({ isHeld }) => isHeld);
  const together = isFlood ? group : held;
  return { tell: (together.length > 1 ? together : group.slice(0, 1)).map(({ id }) => id) };
}
