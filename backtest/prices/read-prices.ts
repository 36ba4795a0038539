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
 * Reads a file of candles or prints of one instrument: CSV, or CSV in a zip archive, whose files follow each other by
 * name. Throws {@link InputError} at the first line that cannot be used.
 */
export async function readPrices(file: string, symbol: Symbol): Promise<ReadPrices> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    throw new InputError(file, null, null, fileProblem(error));
  });
  try {
    const rows = new PriceRows(file, symbol);
    const hash = createHash('sha256');
    const bytes = (await isZip(handle))
      ? await readArchive(handle, file, rows, hash)
      : await readText(handle, file, rows, hash);
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

async function isZip(handle: FileHandle): Promise<boolean> {
  const start = Buffer.alloc(4);
  const { bytesRead } = await handle.read(start, 0, 4, 0);
  return bytesRead === 4 && start.toString('latin1', 0, 2) === 'PK';
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
