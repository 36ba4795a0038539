/** Numbers and times are read from the bytes of a line: half a million rows take a fraction of a second. */

const [ZERO, NINE, DOT, PLUS, MINUS, COLON, SPACE, LETTER_T, LETTER_Z] = [
  0x30, 0x39, 0x2e, 0x2b, 0x2d, 0x3a, 0x20, 0x54, 0x5a,
] as const;
const POWERS = Array.from({ length: 23 }, (_, power) => 10 ** power);
const MOST_DIGITS = 15;

/**
 * Returns the number between two bytes; NaN where there is none. Up to 15 digits are read without rounding; of more,
 * 15 significant ones are kept.
 */
export function readNumber(bytes: Uint8Array, start: number, end: number): number {
  let at = bytes[start] === PLUS ? start + 1 : start;
  let value = 0;
  let digits = 0;
  let decimals = 0;
  let isAfterDot = false;
  if (at >= end) return NaN;
  for (; at < end; at++) {
    const byte = bytes[at]!;
    if (byte >= ZERO && byte <= NINE) {
      value = value * 10 + (byte - ZERO);
      if (digits > 0 || byte !== ZERO) digits += 1;
      if (isAfterDot) decimals += 1;
    } else if (byte === DOT && !isAfterDot) isAfterDot = true;
    else return readSlowly(bytes, start, end);
  }
  if (digits > MOST_DIGITS || decimals > 22) return readSlowly(bytes, start, end);
  return decimals === 0 ? value : value / POWERS[decimals]!;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/u;

function readSlowly(bytes: Uint8Array, start: number, end: number): number {
  const text = textOf(bytes, start, end);
  return NUMBER.test(text) ? Number(Number(text).toPrecision(MOST_DIGITS)) : NaN;
}

export const textOf = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');

/** The units that times are written in. `clock` is a made-up clock that starts at 0 and counts milliseconds. */
export const TIME_UNITS = ['clock', 's', 'ms', 'µs', 'ns', 'ISO'] as const;
export type TimeUnit = (typeof TIME_UNITS)[number];

/** Reads times of one file, and knows the unit of the last one. */
export class TimeReader {
  unit: TimeUnit = 'ms';
  private day = -1;
  private dayMs = 0;

  /**
   * Returns the epoch ms between two bytes: a number, whose unit its size tells, or an ISO time, which is UTC where it
   * names no offset. NaN where there is neither.
   */
  read(bytes: Uint8Array, start: number, end: number): number {
    let whole = start;
    while (whole < end && bytes[whole]! >= ZERO && bytes[whole]! <= NINE) whole += 1;
    if (whole === end || (bytes[whole] === DOT && whole > start))
      return this.readEpoch(bytes, start, whole, end);
    return this.readIso(bytes, start, end);
  }

  private readEpoch(bytes: Uint8Array, start: number, whole: number, end: number): number {
    let from = start;
    while (from < whole - 1 && bytes[from] === ZERO) from += 1;
    const digits = whole - from;
    if (digits > 20) return NaN;
    if (digits >= 18) return this.as('ns', readNumber(bytes, from, whole - 6));
    if (digits >= 15) return this.as('µs', readNumber(bytes, from, whole - 3));
    if (digits >= 12) return this.as('ms', readNumber(bytes, from, whole));
    const value = readNumber(bytes, from, end);
    return digits >= 9 ? this.as('s', Math.round(value * 1000)) : this.as('clock', Math.floor(value));
  }

  private as(unit: TimeUnit, ms: number): number {
    this.unit = unit;
    return ms;
  }

  /** `2022-01-01`, `2022-01-01 00:01`, `2022-01-01T00:01:02.123456Z`, with an offset such as `+01:00`. */
  private readIso(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < 10 || bytes[start + 4] !== MINUS || bytes[start + 7] !== MINUS) return NaN;
    const dayMs = this.readDay(bytes, start);
    if (end - start === 10) return this.as('ISO', dayMs);
    if (bytes[start + 10] !== SPACE && bytes[start + 10] !== LETTER_T) return NaN;
    const hour = pair(bytes, start + 11, end);
    const minute = pair(bytes, start + 14, end);
    if (bytes[start + 13] !== COLON || !(hour < 24) || !(minute < 60)) return NaN;
    let at = start + 16;
    let ms = dayMs + hour * 3_600_000 + minute * 60_000;
    if (at < end && bytes[at] === COLON) {
      const second = pair(bytes, at + 1, end);
      if (!(second < 61)) return NaN;
      ms += second * 1000;
      at += 3;
      if (at < end && bytes[at] === DOT) {
        const from = at;
        at += 1;
        while (at < end && bytes[at]! >= ZERO && bytes[at]! <= NINE) at += 1;
        ms += Math.floor(readNumber(bytes, from, Math.min(at, from + 10)) * 1000 + 1e-6);
      }
    }
    return this.as('ISO', ms - this.readOffset(bytes, at, end));
  }

  private readDay(bytes: Uint8Array, start: number): number {
    const year = pair(bytes, start, start + 4) * 100 + pair(bytes, start + 2, start + 4);
    const month = pair(bytes, start + 5, start + 7);
    const date = pair(bytes, start + 8, start + 10);
    const day = year * 10_000 + month * 100 + date;
    if (day === this.day) return this.dayMs;
    this.day = day;
    const made = new Date(Date.UTC(year, month - 1, date));
    // A date that there is not, such as February 30, would come out as another one.
    this.dayMs = made.getUTCDate() === date && made.getUTCMonth() === month - 1 ? made.getTime() : NaN;
    return this.dayMs;
  }

  private readOffset(bytes: Uint8Array, start: number, end: number): number {
    const at = bytes[start] === SPACE ? start + 1 : start;
    if (at >= end || (at === end - 1 && bytes[at] === LETTER_Z)) return 0;
    const sign = bytes[at] === PLUS ? 1 : bytes[at] === MINUS ? -1 : NaN;
    const minutesAt = bytes[at + 3] === COLON ? at + 4 : at + 3;
    if (minutesAt + 2 !== end) return NaN;
    return sign * (pair(bytes, at + 1, end) * 60 + pair(bytes, minutesAt, end)) * 60_000;
  }
}

/** Returns the number of two digits; NaN where they are none. */
function pair(bytes: Uint8Array, at: number, end: number): number {
  if (at + 1 >= end) return NaN;
  const tens = bytes[at]! - ZERO;
  const ones = bytes[at + 1]! - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN;
}
