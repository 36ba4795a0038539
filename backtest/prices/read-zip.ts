import type { FileHandle } from 'node:fs/promises';
import { createInflateRaw } from 'node:zlib';
import { InputError } from '#terminal/input-error.ts';

/** An archive's directory is at most this far from its end. Source: PKWARE APPNOTE 4.3.16. */
const MAX_TAIL_BYTES = 65_557;
const [END_OF_DIRECTORY, DIRECTORY_ENTRY, LOCAL_ENTRY] = [0x06054b50, 0x02014b50, 0x04034b50] as const;
const [STORED, DEFLATED] = [0, 8] as const;
const MAX_ENTRIES = 10_000;

/** A file in an archive. */
export interface ZipEntry {
  name: string;
  method: number;
  compressedBytes: number;
  localOffset: number;
}

/** Returns the files of a zip archive by name. Throws {@link InputError} for one that is not whole. */
export async function listZip(handle: FileHandle, file: string): Promise<ZipEntry[]> {
  const { size } = await handle.stat();
  const tail = await readAt(handle, Math.max(0, size - MAX_TAIL_BYTES), Math.min(size, MAX_TAIL_BYTES));
  const at = lastIndexOf(tail, END_OF_DIRECTORY);
  if (at < 0) throw new InputError(file, null, null, 'is not a whole zip file: its directory is missing');
  const [count, bytes, offset] = [
    tail.readUInt16LE(at + 10),
    tail.readUInt32LE(at + 12),
    tail.readUInt32LE(at + 16),
  ];
  if (offset + bytes > size || count > MAX_ENTRIES)
    throw new InputError(file, null, null, 'is not a zip file that can be read (over 4 GB, or damaged)');
  return entriesOf(await readAt(handle, offset, bytes), file);
}

function entriesOf(directory: Buffer, file: string): ZipEntry[] {
  const entries: ZipEntry[] = [];
  for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === DIRECTORY_ENTRY;) {
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) =>
      directory.readUInt16LE(at + field),
    );
    const name = directory.toString('utf8', at + 46, at + 46 + nameBytes!);
    const isEncrypted = (directory.readUInt16LE(at + 8) & 1) === 1;
    if (isEncrypted) throw new InputError(file, null, name, 'is encrypted');
    entries.push({
      name,
      method: directory.readUInt16LE(at + 10),
      compressedBytes: directory.readUInt32LE(at + 20),
      localOffset: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameBytes! + extraBytes! + commentBytes!;
  }
  return entries.filter(({ name }) => !name.endsWith('/')).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Reads a file of an archive piece by piece. Throws {@link InputError} where it ends early or is damaged. */
export async function* readZipEntry(
  handle: FileHandle,
  file: string,
  entry: ZipEntry,
): AsyncGenerator<Buffer> {
  const local = await readAt(handle, entry.localOffset, 30);
  if (local.length < 30 || local.readUInt32LE(0) !== LOCAL_ENTRY) throw damaged(file, entry, 'is damaged');
  const start = entry.localOffset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
  const { size } = await handle.stat();
  if (start + entry.compressedBytes > size) throw damaged(file, entry, 'is cut off');
  if (entry.compressedBytes === 0) return;
  const end = start + entry.compressedBytes - 1;
  const stored = handle.createReadStream({ start, end, autoClose: false, highWaterMark: 1 << 18 });
  if (entry.method === STORED) yield* stored;
  else if (entry.method === DEFLATED) yield* inflate(stored, file, entry);
  else throw damaged(file, entry, `is packed in a way (${entry.method}) that cannot be read`);
}

async function* inflate(
  stored: NodeJS.ReadableStream,
  file: string,
  entry: ZipEntry,
): AsyncGenerator<Buffer> {
  const inflated = createInflateRaw({ chunkSize: 1 << 18 });
  stored.on('error', (error) => inflated.destroy(error));
  stored.pipe(inflated);
  try {
    yield* inflated;
  } catch (error) {
    throw damaged(file, entry, `is damaged: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const damaged = (file: string, { name }: ZipEntry, problem: string): InputError =>
  new InputError(file, null, name, problem);

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function lastIndexOf(bytes: Buffer, signature: number): number {
  for (let at = bytes.length - 22; at >= 0; at--) if (bytes.readUInt32LE(at) === signature) return at;
  return -1;
}
