import { InputError } from '#terminal/input-error.ts';
import { csvLayout, type CsvLayout } from './csv-layout.ts';
import type { PriceRows } from './price-rows.ts';
import { readNumber, textOf, TimeReader } from './read-cells.ts';

const [COMMA, NEW_LINE, RETURN, SPACE, TAB, QUOTE, ZERO, ONE] = [
  0x2c, 0x0a, 0x0d, 0x20, 0x09, 0x22, 0x30, 0x31,
] as const;
/** A line longer than this is none of a price file. */
const MAX_LINE_BYTES = 65_536;

/**
 * Reads candles or prints from the bytes of a CSV file as they come, and appends them to rows, which check them. The
 * first line that cannot be read throws {@link InputError} with file, line and column.
 */
export class CsvReader {
  private readonly file: string;
  private readonly rows: PriceRows;
  private readonly time = new TimeReader();
  private layout: CsvLayout | null = null;
  /** Where each cell of a line starts and ends. */
  private starts = new Int32Array(0);
  private ends = new Int32Array(0);
  private rest: Uint8Array = new Uint8Array(0);
  private line = 0;

  constructor(file: string, rows: PriceRows) {
    this.file = file;
    this.rows = rows;
  }

  /** Reads every line that a piece completes. */
  write(piece: Uint8Array): void {
    let from = 0;
    if (this.rest.length > 0) {
      const end = piece.indexOf(NEW_LINE);
      if (end < 0) return this.keep(piece);
      const joined = join(this.rest, piece.subarray(0, end));
      this.rest = new Uint8Array(0);
      this.readLine(joined, 0, joined.length);
      from = end + 1;
    }
    for (let end = piece.indexOf(NEW_LINE, from); end >= 0; end = piece.indexOf(NEW_LINE, from)) {
      this.readLine(piece, from, end);
      from = end + 1;
    }
    if (from < piece.length) this.keep(piece.subarray(from));
  }

  /** Reads a last line without an end. Throws {@link InputError} for a file without prices. */
  end(): void {
    if (this.rest.length > 0) this.readLine(this.rest, 0, this.rest.length);
    this.rest = new Uint8Array(0);
    if (this.layout === null) throw new InputError(this.file, 1, 'header', 'is missing');
    if (this.rows.isEmpty()) throw new InputError(this.file, this.line, null, 'there are no prices');
  }

  private keep(bytes: Uint8Array): void {
    this.rest = join(this.rest, bytes);
    if (this.rest.length > MAX_LINE_BYTES) throw this.problem(null, 'is too long for a line of prices');
  }

  private readLine(bytes: Uint8Array, start: number, lineEnd: number): void {
    this.line += 1;
    let end = lineEnd;
    while (end > start && (bytes[end - 1] === RETURN || bytes[end - 1] === SPACE)) end -= 1;
    if (end === start) return;
    if (this.layout === null) {
      this.layout = csvLayout(this.file, this.line, textOf(bytes, start, end));
      this.starts = new Int32Array(this.layout.columns);
      this.ends = new Int32Array(this.layout.columns);
      this.rows.begin(this.layout.kind);
      if (this.layout.hasHeader) return;
    }
    this.splitCells(bytes, start, end);
    if (this.layout.kind === 'candles') this.readCandle(bytes, this.layout);
    else this.readPrint(bytes, this.layout);
  }

  private splitCells(bytes: Uint8Array, start: number, end: number): void {
    const { starts, ends } = this;
    let cell = 0;
    let from = start;
    for (let at = start; at <= end; at++) {
      if (at < end && bytes[at] !== COMMA) continue;
      if (cell === starts.length)
        throw this.problem(`column ${cell + 1}`, `is one too many; there are ${cell}`);
      let left = from;
      let right = at;
      while (left < right && isPadding(bytes[left]!)) left += 1;
      while (right > left && isPadding(bytes[right - 1]!)) right -= 1;
      starts[cell] = left;
      ends[cell] = right;
      cell += 1;
      from = at + 1;
    }
    for (; cell < starts.length; cell++) starts[cell] = ends[cell] = end;
  }

  private readCandle(bytes: Uint8Array, { time, open, high, low, close, symbol }: CsvLayout): void {
    if (symbol >= 0) this.checkSymbol(bytes, symbol);
    this.rows.append(
      this.line,
      this.readTime(bytes, time),
      this.price(bytes, open, 'open'),
      this.price(bytes, high, 'high'),
      this.price(bytes, low, 'low'),
      this.price(bytes, close, 'close'),
    );
  }

  private readPrint(bytes: Uint8Array, { time, price, ask, gap, symbol }: CsvLayout): void {
    if (symbol >= 0) this.checkSymbol(bytes, symbol);
    const t = this.readTime(bytes, time);
    let print = this.price(bytes, price, ask < 0 ? 'price' : 'bid');
    // Sums of prices have more digits than a price: 15 are kept.
    if (ask >= 0) print = Number(((print + this.price(bytes, ask, 'ask')) / 2).toPrecision(15));
    this.rows.append(this.line, t, print, print, print, print);
    if (gap >= 0) this.rows.markJump(this.readFlag(bytes, gap));
  }

  private readTime(bytes: Uint8Array, column: number): number {
    const t = this.time.read(bytes, this.starts[column]!, this.ends[column]!);
    if (!(t >= 0)) throw this.cellProblem(bytes, column, 'time', 'must be a time since 1970 or an ISO time');
    this.rows.noteUnit(this.time.unit, this.line);
    return t;
  }

  private price(bytes: Uint8Array, column: number, name: string): number {
    const value = readNumber(bytes, this.starts[column]!, this.ends[column]!);
    if (value > 0 && value < Infinity) return value;
    throw this.cellProblem(bytes, column, name, 'must be a positive number');
  }

  private readFlag(bytes: Uint8Array, column: number): boolean {
    const byte = bytes[this.starts[column]!];
    const length = this.ends[column]! - this.starts[column]!;
    if (length === 1 && (byte === ZERO || byte === ONE)) return byte === ONE;
    throw this.cellProblem(bytes, column, 'gap', 'must be 0 or 1');
  }

  private checkSymbol(bytes: Uint8Array, column: number): void {
    const text = textOf(bytes, this.starts[column]!, this.ends[column]!);
    const other = this.rows.refuseSymbol(text);
    if (other !== null) throw this.problem('symbol', other);
  }

  private cellProblem(bytes: Uint8Array, column: number, name: string, must: string): InputError {
    const text = textOf(bytes, this.starts[column]!, Math.min(this.ends[column]!, this.starts[column]! + 40));
    return this.problem(name, text === '' ? 'is missing' : `${must}, not "${text}"`);
  }

  private problem(field: string | null, problem: string): InputError {
    return new InputError(this.file, this.line, field, problem);
  }
}

const isPadding = (byte: number): boolean => byte === SPACE || byte === TAB || byte === QUOTE;

function join(one: Uint8Array, other: Uint8Array): Uint8Array {
  if (one.length === 0) return new Uint8Array(other);
  const joined = new Uint8Array(one.length + other.length);
  joined.set(one);
  joined.set(other, one.length);
  return joined;
}
