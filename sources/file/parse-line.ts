import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { IncomingMessage } from '../source.ts';

/** A line of a posts file. */
const Line = z.object({
  id: z.union([z.string().min(1).max(200), z.number()]).optional(),
  author: z.string().trim().min(1).max(200),
  text: z
    .string()
    .max(20_000)
    .refine((text) => text.trim() !== '', 'is empty'),
  postedAt: z.union([z.string(), z.number()]),
});

/** Before this a number is seconds, not milliseconds: the year 1973. */
const FIRST_MS = 100_000_000_000;
const LAST_MS = Date.UTC(9999, 0);

export type ParsedLine = { ok: true; message: IncomingMessage } | { ok: false; problem: string };

/** Reads one line. `offset` is its first byte in the file; it distinguishes equal posts without an id. */
export function parseLine(text: string, offset: number): ParsedLine {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { ok: false, problem: 'is not JSON' };
  }
  const line = Line.safeParse(json);
  if (!line.success) return { ok: false, problem: describe(line.error) };
  const postedAt = parseTime(line.data.postedAt);
  if (postedAt === null) {
    return { ok: false, problem: 'postedAt must be an ISO 8601 time or epoch milliseconds' };
  }
  const { author, text: words, id } = line.data;
  const externalId = id === undefined ? contentId(text, offset) : String(id);
  return { ok: true, message: { externalId, author, text: words, postedAt } };
}

/** An id for a line that has none of its own. */
export const contentId = (text: string, offset: number): string =>
  `${createHash('sha256').update(text).digest('hex').slice(0, 24)}@${offset}`;

function describe({ issues }: z.ZodError): string {
  const [issue] = issues;
  if (!issue) return 'is not a post';
  const field = issue.path.join('.');
  return field === '' ? 'is not a JSON object' : `${field}: ${issue.message}`;
}

/** Epoch milliseconds; a time without a zone would mean something else on every machine and is refused. */
function parseTime(value: string | number): number | null {
  const isTime =
    typeof value === 'number' || /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})$/u.test(value);
  const ms = isTime ? new Date(value).getTime() : NaN;
  return ms >= FIRST_MS && ms < LAST_MS ? ms : null;
}
