/** Numbers from here on, in the unit of the line, are so many of it since 1970; the dates are of 1973 or later. */
const UNITS = [
  { from: 10n ** 17n, perMs: 1_000_000n },
  { from: 10n ** 14n, perMs: 1_000n },
  { from: 10n ** 11n, perMs: 1n },
] as const;
const SECONDS_FROM = 10 ** 8;
const LONGEST = 20;

/**
 * Returns the epoch milliseconds of a time written as a plain number, its unit told by its size: seconds, milliseconds,
 * microseconds (exchange dumps since 2025) or nanoseconds, fractions of a millisecond cut off. Numbers below 10^8 are
 * milliseconds of a made-up clock that starts at 0. Returns null for anything else.
 */
export function epochMs(text: string): number | null {
  if (text.length > LONGEST || !/^\d+(\.\d+)?$/u.test(text)) return null;
  const whole = BigInt(text.split('.')[0] ?? '');
  const unit = UNITS.find(({ from }) => whole >= from);
  if (unit) return Number(whole / unit.perMs);
  const value = Number(text);
  return value >= SECONDS_FROM ? Math.round(value * 1_000) : Math.floor(value);
}

/** ISO 8601 date and time, `T` or a space between them; without an offset it is UTC. */
const ISO_TIME =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,9}))?\s?(Z|[+-]\d{2}:?\d{2})?)?$/u;

/**
 * Returns the epoch ms of a number of seconds, ms, microseconds or nanoseconds since 1970 or of an ISO time (UTC where
 * no offset is named); null when it is neither.
 */
export function parseTime(text: string): number | null {
  const epoch = epochMs(text);
  if (epoch !== null) return epoch;
  const match = ISO_TIME.exec(text);
  if (!match) return null;
  const [, date, time = '00:00', fraction = '0', zone = 'Z'] = match;
  const ms = Math.floor(Number(`0.${fraction}`) * 1000);
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
  const t = Date.parse(`${date}T${time}${offset}`);
  return Number.isNaN(t) ? null : t + ms;
}
