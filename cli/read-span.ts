import { InvalidArgumentError } from 'commander';

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof UNITS;

/** Reads a time such as 90s, 30m, 2h or 1d, in ms; commander reports what is wrong. */
export function spanMs(text: string): number {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text.trim()) ?? [];
  const ms = Number(count) * UNITS[isUnit(unit) ? unit : 's'];
  if (!isUnit(unit) || ms === 0) throw new InvalidArgumentError('must be a time, such as 30m, 2h or 1d.');
  return ms;
}

const isUnit = (text: string | undefined): text is Unit => text !== undefined && Object.hasOwn(UNITS, text);

/** Returns a time in its largest whole unit, as `spanMs` reads it. */
export function spanText(ms: number): string {
  const [unit, size] =
    Object.entries(UNITS)
      .toReversed()
      .find(([, each]) => ms % each === 0) ?? (['s', 1_000] as const);
  return `${ms / size}${unit}`;
}
