import type { QuietHours } from '#domain/notifications/due-time.ts';
import type { ChannelRecord, ChannelSettings } from '#prisma/repositories/notification-channels.ts';
import type { Channel, ChannelInput } from '../../schemas/channel.ts';

type Given = Pick<ChannelInput, 'topics' | 'minSeverity' | 'quiet' | 'timeZone' | 'digest'>;

/** Returns the settings of a request as they are stored. */
export const toSettings = ({ topics, minSeverity, quiet, timeZone, digest }: Given): ChannelSettings => ({
  topics: [...new Set(topics)],
  minSeverity,
  timeZone,
  digest,
  quiet: quiet && { from: toMinutes(quiet.from), to: toMinutes(quiet.to) },
});

/** Returns stored settings as requests have them. */
export const fromSettings = ({ topics, minSeverity, quiet, timeZone, digest }: ChannelSettings): Given => ({
  topics: [...topics],
  minSeverity,
  timeZone,
  digest,
  quiet: quiet && clockOf(quiet),
});

/** Minutes since midnight of `22:30`. */
function toMinutes(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
}

const clockOf = ({ from, to }: QuietHours) => ({ from: toClock(from), to: toClock(to) });
const toClock = (minutes: number): string =>
  [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');

/** Returns a channel as the API shows it. */
export function toView(record: ChannelRecord): Channel {
  const { id, kind, name, label, status, failures, retryAt, lastError, stopCode, lastSentAt, createdAt } =
    record;
  return {
    id,
    kind,
    name,
    label,
    status,
    failures,
    retryAt,
    lastError,
    stopCode,
    lastSentAt,
    createdAt,
    ...fromSettings(record),
    state: stateOf(record),
  };
}

function stateOf({ status, stopCode, target, failures }: ChannelRecord): Channel['state'] {
  if (status !== 'active') return 'paused';
  if (stopCode !== null) return 'stopped';
  if (target === null) return 'waiting';
  return failures > 0 ? 'failing' : 'ok';
}
