import { InvalidArgumentError } from 'commander';

const DAY = /^\d{4}-\d{2}(-\d{2})?$/;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Reads a day or a month (`2026-11-27`, `2026-11`) as its start in UTC, epoch ms; commander reports what is wrong. */
export function startOf(text: string): number {
  const at = DAY.test(text) ? Date.parse(text.length === 7 ? `${text}-01` : text) : NaN;
  // Date.parse takes 2026-02-30 for March the 2nd in some engines, and for no date in others.
  if (!Number.isFinite(at) || !new Date(at).toISOString().startsWith(text))
    throw new InvalidArgumentError('must be a day or a month (UTC), such as 2026-11-27 or 2026-11.');
  return at;
}

/** Reads a day or a month as the first moment after it in UTC, epoch ms. */
export function endOf(text: string): number {
  const start = startOf(text);
  if (text.length > 7) return start + DAY_MS;
  const month = new Date(start);
  return Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1);
}
