import type { FileHandle } from 'node:fs/promises';
import type { FileCursor } from './cursor.ts';

/** A longer line is reported and passed over. */
export const MAX_LINE_BYTES = 64 * 1024;
/** Read at once. */
const CHUNK_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

export type FileLine =
  /** `complete` is false for the last line of a file that does not end in a newline. */
  | { kind: 'line'; text: string; offset: number; number: number; complete: boolean }
  | { kind: 'tooLong'; offset: number; number: number };

export interface LinesRead {
  lines: { line: FileLine; next: FileCursor }[];
  /** Where reading goes on when all lines were used. */
  cursor: FileCursor;
  /** True when the file has more bytes after those that were read. */
  more: boolean;
}

/** The next lines from the cursor on, at most `limit`, from one chunk of the file. */
export async function readLines(handle: FileHandle, cursor: FileCursor, limit: number): Promise<LinesRead> {
  const { size } = await handle.stat();
  const buffer = Buffer.alloc(Math.min(CHUNK_BYTES, Math.max(0, size - cursor.offset)));
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, cursor.offset);
  const bytes = buffer.subarray(0, bytesRead);
  const lines: LinesRead['lines'] = [];
  let at = cursor;
  let from = 0;
  while (lines.length < limit) {
    const end = bytes.indexOf(NEWLINE, from);
    if (end === -1) break;
    const next: FileCursor = {
      ...at,
      offset: at.offset + end + 1 - from,
      line: at.line + 1,
      skipping: false,
    };
    const line = toLine(bytes.subarray(from, end), at, true);
    if (line) lines.push({ line, next });
    at = next;
    from = end + 1;
  }
  if (lines.length < limit) at = readRest(bytes.subarray(from), at, lines, size);
  return { lines, cursor: at, more: at.offset < size && (lines.length > 0 || at.offset > cursor.offset) };
}

function toLine(bytes: Buffer, at: FileCursor, complete: boolean): FileLine | null {
  // The beginning of this line was reported when it grew too long.
  if (at.skipping) return null;
  const place = { offset: at.offset, number: at.line + 1 };
  if (bytes.length > MAX_LINE_BYTES) return { kind: 'tooLong', ...place };
  const text = bytes
    .toString('utf8')
    .replace(/^\uFEFF/u, '')
    .trim();
  return text === '' ? null : { kind: 'line', text, ...place, complete };
}

/** Handles the bytes after the last newline: the line may still be written, or be too long to be read at all. */
function readRest(rest: Buffer, at: FileCursor, lines: LinesRead['lines'], size: number): FileCursor {
  if (rest.length === 0) return at;
  const passed: FileCursor = { ...at, offset: at.offset + rest.length, skipping: true };
  if (at.skipping) return passed;
  if (rest.length > MAX_LINE_BYTES) {
    lines.push({ line: { kind: 'tooLong', offset: at.offset, number: at.line + 1 }, next: passed });
    return passed;
  }
  const reachesEnd = at.offset + rest.length === size;
  const line = reachesEnd ? toLine(rest, at, false) : null;
  if (line) lines.push({ line, next: { ...at, offset: at.offset + rest.length, line: at.line + 1 } });
  return at;
}
