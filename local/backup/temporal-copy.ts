import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { backup, DatabaseSync } from 'node:sqlite';
import type { ArchiveWriter } from './archive.ts';

/** Of a file of 3 bytes for every 4 letters, as much as makes lines of one size. */
const BYTES_A_LINE = 49_152;

/** Writes the database of the embedded Temporal server as it is at one moment; the server goes on meanwhile. */
export async function dumpTemporal(
  database: string,
  serverVersion: string,
  scratch: string,
  archive: ArchiveWriter,
): Promise<void> {
  const folder = mkdtempSync(join(scratch, 'backup-'));
  try {
    const copy = join(folder, 'temporal.db');
    const source = new DatabaseSync(database, { readOnly: true, timeout: 10_000 });
    try {
      await backup(source, copy);
    } finally {
      source.close();
    }
    await archive.part({ temporalServer: serverVersion }, base64Lines(copy));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function* base64Lines(file: string): AsyncGenerator<Buffer> {
  for await (const chunk of createReadStream(file, { highWaterMark: BYTES_A_LINE })) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('a file is read as bytes');
    yield Buffer.from(`${chunk.toString('base64')}\n`);
  }
}

/** Writes such a database to a file that is not there yet. */
export async function loadTemporal(lines: AsyncIterable<Buffer>, file: string): Promise<void> {
  const bytes = async function* (): AsyncGenerator<Buffer> {
    for await (const line of lines) yield Buffer.from(line.toString(), 'base64');
  };
  await pipeline(Readable.from(bytes()), createWriteStream(file, { flags: 'wx', mode: 0o600 }));
}
