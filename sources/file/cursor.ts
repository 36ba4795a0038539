import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';

/** Where reading goes on, and by what to recognise that the file is still the same one. */
export interface FileCursor {
  /** Byte offset of the next line. */
  offset: number;
  /** Lines read so far, for naming the next one to a person. */
  line: number;
  /** Device and inode. */
  file: string;
  /** Hash of the first bytes: an inode can be reused, and a file can be rewritten in place. */
  head: string;
  headLength: number;
  /** The line at `offset` is too long and being skipped: what is left of it is no line of its own. */
  skipping: boolean;
}

/** Bytes of a file's beginning that identify it. */
const HEAD_BYTES = 512;

export const startOf = (file: string): FileCursor => ({
  offset: 0,
  line: 0,
  file,
  head: hash(Buffer.alloc(0)),
  headLength: 0,
  skipping: false,
});

/** Reads a stored cursor; anything else (null at first) means the beginning. */
export function parseCursor(stored: unknown): FileCursor | null {
  if (typeof stored !== 'object' || stored === null) return null;
  const { offset, line, file, head, headLength, skipping } = stored as Partial<FileCursor>;
  if (!isCount(offset) || !isCount(line) || !isCount(headLength)) return null;
  if (typeof file !== 'string' || typeof head !== 'string') return null;
  return { offset, line, file, head, headLength, skipping: skipping === true };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/** Returns whether the open file is the one that the cursor was made on: not replaced, truncated or rewritten. */
export async function isSameFile(handle: FileHandle, cursor: FileCursor): Promise<boolean> {
  const { size } = await handle.stat();
  if (size < cursor.offset) return false;
  return (await hashHead(handle, cursor.headLength)) === cursor.head;
}

/** The cursor with the hash of as much of the beginning as has been read. */
export async function sealCursor(handle: FileHandle, cursor: FileCursor): Promise<FileCursor> {
  const headLength = Math.min(cursor.offset, HEAD_BYTES);
  if (headLength === cursor.headLength) return cursor;
  return { ...cursor, headLength, head: await hashHead(handle, headLength) };
}

async function hashHead(handle: FileHandle, length: number): Promise<string> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, 0);
  return hash(buffer.subarray(0, bytesRead));
}

const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex').slice(0, 32);
