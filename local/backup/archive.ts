import { once } from 'node:events';
import { createReadStream, createWriteStream, existsSync, renameSync, rmSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { z } from 'zod';

/** The file is no whole backup, or none that this program reads. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
  readonly code = 'backup_unreadable';
}

const header = z.object({
  signalmanBackup: z.literal(1),
  /** Of the program that made it. */
  version: z.string(),
  /** In epoch milliseconds. */
  takenAt: z.number(),
  /** Names of the migrations of its database, in their order. */
  migrations: z.array(z.string()),
  /** Variables that were set, without secrets. */
  settings: z.record(z.string(), z.string()),
});
const part = z.union([
  z.object({ table: z.string(), columns: z.array(z.string()) }),
  z.object({ temporalServer: z.string() }),
]);
const end = z.object({ end: z.object({ lines: z.int() }) });

/** The first line of a backup. */
export type BackupHeader = z.infer<typeof header>;
/** What the lines that follow are: rows of a table as COPY writes them, or the database of a Temporal server in base64. */
export type BackupPart = z.infer<typeof part>;

/** A backup that is being written. */
export interface ArchiveWriter {
  /** Writes a part; its content is text of whole lines. */
  part(head: BackupPart, content: AsyncIterable<Buffer>): Promise<void>;
}

const END_OF_PART = '\\.';
const NEWLINE = 10;

/**
 * Writes a backup: compressed lines, readable by its user alone. The file appears once it is whole.
 *
 * @throws {ArchiveError} when there is a file of that name.
 */
export async function writeArchive(
  file: string,
  head: Omit<BackupHeader, 'signalmanBackup'>,
  write: (archive: ArchiveWriter) => Promise<void>,
): Promise<void> {
  if (existsSync(file)) throw new ArchiveError(`${file} exists: choose another name`);
  const draft = `${file}.${process.pid}.part`;
  const gzip = createGzip();
  const written = pipeline(gzip, createWriteStream(draft, { flags: 'wx', mode: 0o600 }));
  written.catch(() => undefined);
  try {
    let lines = 0;
    await put(gzip, `${JSON.stringify({ signalmanBackup: 1, ...head })}\n`);
    await write({
      async part(partHead, content) {
        await put(gzip, `${JSON.stringify(partHead)}\n`);
        for await (const chunk of content) {
          lines += linesIn(chunk);
          await put(gzip, chunk);
        }
        await put(gzip, `${END_OF_PART}\n`);
      },
    });
    gzip.end(`${JSON.stringify({ end: { lines } })}\n`);
    await written;
    renameSync(draft, file);
  } catch (error) {
    gzip.destroy();
    await written.catch(() => undefined);
    rmSync(draft, { force: true });
    throw error;
  }
}

/** Waits while more is written than the stream can take. */
async function put(stream: Writable, content: string | Buffer): Promise<void> {
  if (!stream.write(content)) await once(stream, 'drain');
}

function linesIn(chunk: Buffer): number {
  let lines = 0;
  for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
}

/** What is done with a backup that is read. */
export interface ArchiveReader {
  header(head: BackupHeader): Promise<void> | void;
  /** Has to read all lines; each has its line feed. */
  part(head: BackupPart, lines: AsyncIterable<Buffer>): Promise<void>;
}

/** Reads a backup from its first line to its last. @throws {ArchiveError} where it is cut short or damaged. */
export async function readArchive(file: string, reader: ArchiveReader): Promise<void> {
  const unpacked = createGunzip();
  const raw = createReadStream(file);
  raw.on('error', (error) => unpacked.destroy(error));
  const lines = linesOf(raw.pipe(unpacked));
  try {
    await readLines(lines, reader);
  } catch (error) {
    if (!isDamage(error)) throw error;
    throw new ArchiveError(`${file} is no whole backup: ${error.message}`, { cause: error });
  } finally {
    raw.destroy();
    unpacked.destroy();
    await finished(unpacked).catch(() => undefined);
  }
}

async function readLines(lines: AsyncGenerator<Buffer, void>, reader: ArchiveReader): Promise<void> {
  await reader.header(header.parse(await nextLine(lines)));
  let count = 0;
  for (;;) {
    const head = await nextLine(lines);
    const last = end.safeParse(head).data;
    if (last) {
      if (last.end.lines !== count) throw new CutShort('lines are missing');
      // The checksum stands behind the last line.
      if (!(await lines.next()).done) throw new CutShort('it goes on behind its end');
      return;
    }
    await reader.part(part.parse(head), untilEndOfPart());
  }

  async function* untilEndOfPart(): AsyncGenerator<Buffer> {
    for (;;) {
      const { value } = await lines.next();
      if (value === undefined) throw new CutShort('it ends early');
      if (value.length === 3 && value.toString() === `${END_OF_PART}\n`) return;
      count += 1;
      yield value;
    }
  }
}

class CutShort extends Error {}

async function nextLine(lines: AsyncGenerator<Buffer, void>): Promise<unknown> {
  const { value } = await lines.next();
  if (value === undefined) throw new CutShort('it ends early');
  return JSON.parse(value.toString());
}

/** Errors that say something about the file: what gzip, JSON and the shapes above find, and a file that is not there. */
const isDamage = (error: unknown): error is Error =>
  error instanceof CutShort ||
  error instanceof SyntaxError ||
  error instanceof z.ZodError ||
  (error instanceof Error && 'code' in error && /^(Z_|ENOENT|EISDIR|EACCES)/.test(String(error.code)));

/** Lines with their line feed. Only that ends a line: COPY leaves other separators as they are. */
async function* linesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let rest: Buffer[] = [];
  for await (const chunk of stream) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      const line = chunk.subarray(from, at + 1);
      yield rest.length === 0 ? line : Buffer.concat([...rest, line]);
      rest = [];
      from = at + 1;
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
  }
  if (rest.length > 0) throw new CutShort('it ends in the middle of a line');
}

/** Lines in pieces of some size, for a stream that takes bytes. */
export async function* inPieces(lines: AsyncIterable<Buffer>, size = 65_536): AsyncGenerator<Buffer> {
  let piece: Buffer[] = [];
  let length = 0;
  for await (const line of lines) {
    piece.push(line);
    length += line.length;
    if (length < size) continue;
    yield Buffer.concat(piece);
    piece = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(piece);
}
