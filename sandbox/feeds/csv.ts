import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseTime } from './epoch.ts';
import { SandboxError } from '../errors.ts';

/** One line of a price file: when it was, and the prices to replay for it in order. */
export interface PriceRow {
  readonly timeMs: number;
  readonly prices: readonly string[];
}

/** A price file that cannot be read. The message names the file, the line and the field. */
export class PriceFileError extends SandboxError {
  override readonly name = 'PriceFileError';
  readonly code = 'PRICE_FILE_INVALID';

  constructor(file: string, line: number, field: string, problem: string) {
    super(`${file}:${line}: ${field}: ${problem}`);
  }
}

type RowReader = (
  field: (name: string) => string,
  fail: (field: string, problem: string) => never,
) => string[];

/** Column sets that a price file may have, the richest first. */
const LAYOUTS: readonly { readonly columns: readonly string[]; readonly read: RowReader }[] = [
  { columns: ['open', 'high', 'low', 'close'], read: readCandle },
  { columns: ['bid', 'ask'], read: (field) => [middle(field('bid'), field('ask'))] },
  { columns: ['price'], read: (field) => [field('price')] },
];

const TIME_COLUMNS = ['timestamp', 'time', 't'];

/**
 * Streams a CSV of candles (`timestamp,open,high,low,close[,volume]`) or ticks (`timestamp,price` or
 * `timestamp,bid,ask`), line by line. Times are ISO-like (UTC unless they say otherwise) or a number of seconds, ms,
 * microseconds or nanoseconds since 1970, each line by its own size. A candle becomes four prices: open, low, high, close when it closes up, open, high, low, close when it closes down.
 * Throws PriceFileError at the first line that cannot be read, and for an empty or missing file.
 */
export async function* readPrices(file: string, skipRows = 0): AsyncGenerator<PriceRow> {
  const lines = createInterface({ input: await openFile(file), crlfDelay: Infinity });
  let parse: ((cells: string[], line: number) => PriceRow) | undefined;
  let line = 0;
  let rows = 0;
  for await (const text of lines) {
    line++;
    if (text.trim() === '') continue;
    const cells = text.split(',').map((cell) => cell.trim());
    if (!parse) parse = rowParser(file, cells);
    else if (rows++ >= skipRows) yield parse(cells, line);
  }
  if (rows === 0) throw new PriceFileError(file, line, 'file', 'holds no prices');
}

/** Reads header and first row. Throws PriceFileError where that fails, so that a wrong file is found at the start. */
export async function checkPrices(file: string): Promise<void> {
  for await (const _ of readPrices(file)) return;
}

async function openFile(file: string): Promise<NodeJS.ReadableStream> {
  const stream = createReadStream(file, 'utf8');
  await new Promise<void>((resolve, reject) => {
    stream.once('ready', resolve);
    stream.once('error', (error) => reject(new PriceFileError(file, 0, 'file', error.message)));
  });
  return stream;
}

function rowParser(file: string, header: string[]): (cells: string[], line: number) => PriceRow {
  const names = header.map((name) => name.toLowerCase());
  const time = TIME_COLUMNS.find((name) => names.includes(name));
  if (time === undefined)
    throw new PriceFileError(file, 1, 'header', `needs a column ${TIME_COLUMNS.join(' or ')}`);
  const layout = LAYOUTS.find(({ columns }) => columns.every((column) => names.includes(column)));
  if (!layout) throw new PriceFileError(file, 1, 'header', 'needs open,high,low,close or price or bid,ask');
  return (cells, line) => {
    const fail = (field: string, problem: string): never => {
      throw new PriceFileError(file, line, field, problem);
    };
    const field = (name: string): string => positive(cells[names.indexOf(name)], name, fail);
    return { timeMs: timeOf(cells[names.indexOf(time)], time, fail), prices: layout.read(field, fail) };
  };
}

function readCandle(
  field: (name: string) => string,
  fail: (field: string, problem: string) => never,
): string[] {
  const [open, high, low, close] = [field('open'), field('high'), field('low'), field('close')];
  const [o, h, l, c] = [Number(open), Number(high), Number(low), Number(close)];
  if (h < Math.max(o, c, l)) fail('high', `${high} is below another price of its candle`);
  if (l > Math.min(o, c)) fail('low', `${low} is above another price of its candle`);
  return c >= o ? [open, low, high, close] : [open, high, low, close];
}

function positive(
  cell: string | undefined,
  name: string,
  fail: (field: string, problem: string) => never,
): string {
  if (cell === undefined || cell === '') return fail(name, 'is missing');
  if (!/^\d+(\.\d+)?$/.test(cell) || Number(cell) <= 0)
    return fail(name, `"${cell}" is not a positive decimal`);
  return cell;
}

function middle(bid: string, ask: string): string {
  const decimals = Math.max(decimalsOf(bid), decimalsOf(ask)) + 1;
  return ((Number(bid) + Number(ask)) / 2).toFixed(decimals);
}

function decimalsOf(text: string): number {
  return text.split('.')[1]?.length ?? 0;
}

function timeOf(
  cell: string | undefined,
  name: string,
  fail: (field: string, problem: string) => never,
): number {
  if (cell === undefined || cell === '') return fail(name, 'is missing');
  return parseTime(cell) ?? fail(name, `"${cell}" is not a time`);
}
