import { createHash, type Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Symbol } from '#domain/ids.ts';
import { fileProblem, InputError } from '#terminal/input-error.ts';
import type { DataFinding, RunInput } from '../result.ts';
import { PriceRows } from './price-rows.ts';
import type { PriceSeries } from './price-series.ts';
import { CsvReader } from './read-csv.ts';
import { listZip, readZipEntry } from './read-zip.ts';

/** Prices of one instrument as a file holds them, and what was found in it. */
export interface ReadPrices {
  series: PriceSeries;
  findings: DataFinding[];
  input: RunInput;
}

const PIECE_BYTES = 1 << 18;

/**
 * Reads a file of candles or prints of one instrument: Parquet, CSV, or CSV in a zip archive, whose files follow each
 * other by name. Rows before `keepFrom` (epoch ms) are checked and not kept. Throws {@link InputError} at the first line
 * that cannot be used.
 */
export async function readPrices(file: string, symbol: Symbol, keepFrom = 0): Promise<ReadPrices> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    throw new InputError(file, null, null, fileProblem(error));
  });
  try {
    const rows = new PriceRows(file, symbol, keepFrom);
    const hash = createHash('sha256');
    const bytes = await READERS[await formatOf(handle)](handle, file, rows, hash);
    const series = rows.series();
    const input: RunInput = {
      kind: 'prices',
      name: basename(file),
      sha256: hash.digest('hex'),
      rows: series.length,
      bytes,
    };
    return { series, findings: rows.findings(), input };
  } catch (error) {
    throw error instanceof InputError ? error : new InputError(file, null, null, fileProblem(error));
  } finally {
    await handle.close();
  }
}

type Format = 'csv' | 'zip' | 'parquet';

/** Each reads a whole file into rows and returns the number of bytes that it hashed. */
const READERS: Readonly<
  Record<Format, (handle: FileHandle, file: string, rows: PriceRows, hash: Hash) => Promise<number>>
> = { csv: readText, zip: readArchive, parquet: readPacked };

/** Returns the format that the first bytes of a file tell. */
async function formatOf(handle: FileHandle): Promise<Format> {
  const start = Buffer.alloc(4);
  await handle.read(start, 0, 4, 0);
  const magic = start.toString('latin1');
  if (magic === 'PAR1') return 'parquet';
  return magic.startsWith('PK') ? 'zip' : 'csv';
}

/** The library for Parquet is loaded only where there is such a file. */
async function readPacked(handle: FileHandle, file: string, rows: PriceRows, hash: Hash): Promise<number> {
  const { readParquet } = await import('./read-parquet.ts');
  await readParquet(handle, file, rows);
  const buffer = Buffer.allocUnsafe(PIECE_BYTES);
  for (let position = 0; ;) {
    const { bytesRead } = await handle.read(buffer, 0, PIECE_BYTES, position);
    if (bytesRead === 0) return position;
    hash.update(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
}

async function readText(handle: FileHandle, file: string, rows: PriceRows, hash: Hash): Promise<number> {
  const reader = new CsvReader(file, rows);
  const buffer = Buffer.allocUnsafe(PIECE_BYTES);
  for (let position = 0; ;) {
    const { bytesRead } = await handle.read(buffer, 0, PIECE_BYTES, position);
    if (bytesRead === 0) {
      reader.end();
      return position;
    }
    const piece = buffer.subarray(0, bytesRead);
    hash.update(piece);
    reader.write(piece);
    position += bytesRead;
  }
}

async function readArchive(handle: FileHandle, file: string, rows: PriceRows, hash: Hash): Promise<number> {
  const entries = (await listZip(handle, file)).filter(({ name }) => /\.(csv|txt)$/iu.test(name));
  if (entries.length === 0) throw new InputError(file, null, null, 'holds no CSV file');
  let bytes = 0;
  for (const entry of entries) {
    const reader = new CsvReader(`${file}/${entry.name}`, rows);
    for await (const piece of readZipEntry(handle, file, entry)) {
      bytes += piece.length;
      hash.update(piece);
      reader.write(piece);
    }
    reader.end();
  }
  return bytes;
}
