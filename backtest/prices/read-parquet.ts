import type { FileHandle } from 'node:fs/promises';
import {
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type AsyncBuffer,
  type FileMetaData,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { InputError } from '#terminal/input-error.ts';
import { csvLayout, type CsvLayout } from './csv-layout.ts';
import type { PriceRows } from './price-rows.ts';
import { TimeReader } from './read-cells.ts';

/** Rows that are read at a time. */
const BATCH_ROWS = 65_536;

/** A Parquet file of prices, and where what stands in it. */
interface ParquetFile {
  file: string;
  buffer: AsyncBuffer;
  metadata: FileMetaData;
  layout: CsvLayout;
  names: readonly string[];
}

/**
 * Reads candles or prints from a Parquet file batch by batch and appends them to rows, which check them. Throws {@link
 * InputError} with the number of the first row that cannot be read; columns have the names of those of CSV files.
 */
export async function readParquet(handle: FileHandle, file: string, rows: PriceRows): Promise<void> {
  const buffer = await bufferOf(handle);
  const metadata = await parquetMetadataAsync(buffer).catch((error: unknown) => {
    throw new InputError(file, null, null, `is not a whole Parquet file: ${textOf(error)}`);
  });
  const names = parquetSchema(metadata).children.map(({ element }) => element.name);
  const layout = csvLayout(file, 1, names.join(','));
  const reader = new ParquetRows({ file, buffer, metadata, layout, names }, rows);
  rows.begin(layout.kind);
  for (let start = 0; start < Number(metadata.num_rows); start += BATCH_ROWS) await reader.read(start);
  if (rows.isEmpty()) throw new InputError(file, null, null, 'there are no prices');
}

class ParquetRows {
  private readonly parquet: ParquetFile;
  private readonly rows: PriceRows;
  private readonly time = new TimeReader();

  constructor(parquet: ParquetFile, rows: PriceRows) {
    this.parquet = parquet;
    this.rows = rows;
  }

  async read(start: number): Promise<void> {
    const { buffer, metadata, file, layout, names } = this.parquet;
    const { time, open, high, low, close, price, ask, symbol } = layout;
    const columns = [time, open, high, low, close, price, ask, symbol].flatMap((index) => names[index] ?? []);
    const range = { rowStart: start, rowEnd: Math.min(start + BATCH_ROWS, Number(metadata.num_rows)) };
    const read = await parquetReadObjects({ file: buffer, metadata, columns, compressors, ...range }).catch(
      (error: unknown) => {
        throw new InputError(file, start + 1, null, `cannot be read: ${textOf(error)}`);
      },
    );
    for (const [index, row] of read.entries()) this.take(start + index + 1, row);
  }

  private take(line: number, row: Readonly<Record<string, unknown>>): void {
    const { layout, names } = this.parquet;
    const cell = (column: number): unknown => row[names[column] ?? ''];
    if (layout.symbol >= 0) {
      const other = this.rows.refuseSymbol(String(cell(layout.symbol)));
      if (other !== null) throw this.problem(line, 'symbol', other);
    }
    const t = this.readTime(line, cell(layout.time));
    const price = (column: number, name: string) => this.readPrice(line, name, cell(column));
    if (layout.kind === 'candles') {
      const [open, high] = [price(layout.open, 'open'), price(layout.high, 'high')];
      this.rows.append(line, t, open, high, price(layout.low, 'low'), price(layout.close, 'close'));
      return;
    }
    let print = price(layout.price, layout.ask < 0 ? 'price' : 'bid');
    if (layout.ask >= 0) print = Number(((print + price(layout.ask, 'ask')) / 2).toPrecision(15));
    this.rows.append(line, t, print, print, print, print);
  }

  private readTime(line: number, value: unknown): number {
    const bytes = Buffer.from(value instanceof Date ? value.toISOString() : String(value));
    const t = this.time.read(bytes, 0, bytes.length);
    if (!(t >= 0))
      throw this.problem(line, 'time', `must be a time since 1970, not "${bytes.toString('utf8', 0, 40)}"`);
    this.rows.noteUnit(this.time.unit, line);
    return t;
  }

  private readPrice(line: number, name: string, value: unknown): number {
    const price = Number(Number(value).toPrecision(15));
    if (value !== null && price > 0 && price < Infinity) return price;
    throw this.problem(line, name, `must be a positive number, not "${String(value).slice(0, 40)}"`);
  }

  private problem(line: number, field: string, problem: string): InputError {
    return new InputError(this.parquet.file, line, field, problem);
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function bufferOf(handle: FileHandle): Promise<AsyncBuffer> {
  const { size } = await handle.stat();
  return {
    byteLength: size,
    async slice(start, end = size) {
      const bytes = new Uint8Array(Math.max(0, end - start));
      await handle.read(bytes, 0, bytes.length, start);
      return bytes.buffer;
    },
  };
}
