import { constants } from 'node:fs';
import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { SourceBlocked, SourceInputError } from '../errors.ts';
import {
  NOTHING_DELIVERED,
  type IncomingMessage,
  type MalformedMessage,
  type PolledSource,
  type PollResult,
} from '../source.ts';
import { allowedPath, SourcePathError } from './allowed-path.ts';
import { isSameFile, parseCursor, sealCursor, startOf, type FileCursor } from './cursor.ts';
import { contentId, parseLine } from './parse-line.ts';
import { MAX_LINE_BYTES, readLines, type FileLine } from './read-lines.ts';
import { watchFile } from './watch-file.ts';

/**
 * Posts from a file with one JSON object a line: `{"id", "author", "text", "postedAt"}`, `postedAt` as ISO 8601 or
 * epoch milliseconds, `id` optional. The handle is the path, in one of `folders`. The file may be appended to, rotated,
 * truncated or not exist yet. A file outside the folders is blocked; `watch` leaves it alone.
 */
export function createFileSource(folders: readonly string[]): PolledSource {
  return {
    kind: 'file',
    options: z.strictObject({}),
    secret: 'none',
    // A file is watched: the period is the floor where the file system does not tell.
    period: { defaultMs: 60_000, minMs: 1_000 },
    firstPoll: 'delivers',
    parseHandle(handle) {
      readPath(folders, handle, (error) => new SourceInputError('/handle', error.message, { cause: error }));
      return handle;
    },
    async poll({ handle, cursor, limit, signal }) {
      signal.throwIfAborted();
      const stored = parseCursor(cursor);
      const path = readPath(
        folders,
        handle,
        (error) => new SourceBlocked(error.code, error.message, { cause: error }),
      );
      return (await pollRotated(path, stored, limit)) ?? (await pollPath(path, path, stored, limit));
    },
    watch(handle, onChange) {
      const path = tryPath(folders, handle);
      return path === null ? () => undefined : watchFile(path, onChange);
    },
  };
}

/** Returns the path of a file that may be read; throws what `refuse` makes of the refusal of any other. */
function readPath(
  folders: readonly string[],
  handle: string,
  refuse: (error: SourcePathError) => Error,
): string {
  try {
    return allowedPath(folders, handle);
  } catch (error) {
    throw error instanceof SourcePathError ? refuse(error) : error;
  }
}

function tryPath(folders: readonly string[], handle: string): string | null {
  try {
    return allowedPath(folders, handle);
  } catch {
    return null;
  }
}

/**
 * Links on the path have been followed already: a link that replaces the file is refused, and a pipe is not waited
 * for.
 */
const READ_PLAIN_FILE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

const nothing = (cursor: unknown): PollResult => ({ ...NOTHING_DELIVERED, cursor, more: false });

/**
 * Returns the lines appended to a file after the last poll and before it was renamed; null when there are none left.
 */
async function pollRotated(
  path: string,
  cursor: FileCursor | null,
  limit: number,
): Promise<PollResult | null> {
  if (!cursor || (await identify(path)) === cursor.file) return null;
  const old = await findRotated(path, cursor.file);
  if (old === null) return null;
  const page = await pollPath(old, path, cursor, limit);
  return page.messages.length > 0 || page.malformed.length > 0 ? { ...page, more: true } : null;
}

/** The file of that identity among the neighbours that carry the name of the watched one. */
async function findRotated(path: string, file: string): Promise<string | null> {
  const names = await readdir(dirname(path)).catch(() => []);
  for (const name of names.filter((each) => each.startsWith(basename(path)))) {
    const neighbour = join(dirname(path), name);
    if ((await identify(neighbour)) === file) return neighbour;
  }
  return null;
}

const identify = (path: string): Promise<string | null> =>
  stat(path).then(
    ({ dev, ino }) => `${dev}:${ino}`,
    () => null,
  );

async function pollPath(
  path: string,
  name: string,
  cursor: FileCursor | null,
  limit: number,
): Promise<PollResult> {
  const handle = await open(path, READ_PLAIN_FILE).catch(throwUnlessMissing);
  if (!handle) return nothing(cursor);
  try {
    return await pollHandle(handle, name, cursor, limit);
  } finally {
    await handle.close();
  }
}

function throwUnlessMissing(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
  throw error;
}

async function pollHandle(
  handle: FileHandle,
  name: string,
  stored: FileCursor | null,
  limit: number,
): Promise<PollResult> {
  const stats = await handle.stat();
  if (!stats.isFile()) throw new SourceBlocked('source_path_refused', `${name} is no plain file`);
  const file = `${stats.dev}:${stats.ino}`;
  const isKnown = stored !== null && stored.file === file && (await isSameFile(handle, stored));
  const read = await readLines(handle, isKnown ? stored : startOf(file), limit);
  const page: Page = { messages: [], malformed: [] };
  let { cursor, more } = read;
  for (const { line, next } of read.lines) {
    if (takeLine(line, name, page)) cursor = next.offset > cursor.offset ? next : cursor;
    else more = false;
  }
  return { ...NOTHING_DELIVERED, ...page, more, cursor: await sealCursor(handle, cursor) };
}

interface Page {
  messages: IncomingMessage[];
  malformed: MalformedMessage[];
}

/** Adds the line to the page; false for a last line that is still being written. */
function takeLine(line: FileLine, name: string, page: Page): boolean {
  if (line.kind === 'tooLong') {
    page.malformed.push(malformed(name, line, `is longer than ${MAX_LINE_BYTES} bytes`, ''));
    return true;
  }
  const parsed = parseLine(line.text, line.offset);
  // No beginning of a JSON object is one, so a line that can be read is whole, newline or not.
  if (!line.complete && !parsed.ok) return false;
  if (parsed.ok) page.messages.push(parsed.message);
  else page.malformed.push(malformed(name, line, parsed.problem, line.text));
  return true;
}

const malformed = (
  name: string,
  { number, offset }: FileLine,
  problem: string,
  text: string,
): MalformedMessage => ({
  externalId: contentId(text, offset),
  problem: `${basename(name)} line ${number}: ${problem}`,
});
