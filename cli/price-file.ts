import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Candle } from '#domain/candles.ts';
import { roundLevel } from '#domain/barriers.ts';
import type { PriceObservation } from '#domain/exit-engine.ts';
import { Amount, type DecimalString } from '#domain/money.ts';
import { epochMs, parseTime } from '#sandbox/feeds/epoch.ts';
import { fileProblem, InputError } from '#terminal/input-error.ts';

/** One row of a price file. */
export type PriceRow = { kind: 'candle'; candle: Candle } | { kind: 'tick'; tick: PriceObservation };

const CANDLE_HEADER = ['timestamp', 'open', 'high', 'low', 'close'];
const TICK_HEADER = ['t', 'price', 'gap'];
const HEADERS = 'timestamp,open,high,low,close[,volume] or t,price,gap';
/** A positive decimal without superfluous zeros. */
const CANONICAL = /^(?:[1-9]\d*|0(?=\.))(?:\.\d*[1-9])?$/u;
const NUMBER = /^\+?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/u;

/**
 * Reads candles (`timestamp,open,high,low,close[,volume]`) or ticks (`t,price,gap`) as a stream, in constant memory.
 * Timestamps are ISO or numbers, `t` is a number; a number counts seconds, ms, microseconds or nanoseconds since 1970,
 * as its size tells. Throws {@link InputError} on the first row it cannot read; times must not run backwards.
 */
export async function* readPriceFile(file: string): AsyncGenerator<PriceRow> {
  let parseRow: ((cells: Cells) => PriceRow) | null = null;
  let line = 0;
  let lastT = -Infinity;
  for await (const text of fileLines(file)) {
    line += 1;
    if (text.trim() === '') continue;
    if (parseRow === null) {
      parseRow = rowParser(file, line, text);
      continue;
    }
    const row = parseRow(new Cells(file, line, text));
    const t = row.kind === 'candle' ? row.candle.t : row.tick.t;
    if (t < lastT) throw new InputError(file, line, timeField(row), 'is earlier than the row before');
    lastT = t;
    yield row;
  }
  if (parseRow === null) throw new InputError(file, 1, 'header', `is missing; expected ${HEADERS}`);
  if (lastT === -Infinity) throw new InputError(file, line, null, 'there are no prices after the header');
}

async function* fileLines(file: string): AsyncGenerator<string> {
  try {
    yield* createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity });
  } catch (error) {
    throw new InputError(file, null, null, fileProblem(error));
  }
}

const timeField = (row: PriceRow): string => (row.kind === 'candle' ? 'timestamp' : 't');

function rowParser(file: string, line: number, text: string): (cells: Cells) => PriceRow {
  const header = text
    .replace(/^\uFEFF/u, '')
    .split(',')
    .map((name) => name.trim().toLowerCase());
  const names = header.join(',');
  if (names === TICK_HEADER.join(',')) return parseTick;
  const columns = CANDLE_HEADER.join(',');
  if (names === columns || names === `${columns},volume`) return (cells) => parseCandle(cells, header.length);
  throw new InputError(file, line, 'header', `is "${text.trim().slice(0, 80)}"; expected ${HEADERS}`);
}

function parseTick(cells: Cells): PriceRow {
  cells.expect(TICK_HEADER.length);
  const gap = cells.text(2, 'gap');
  if (gap !== '0' && gap !== '1') throw cells.problem('gap', `must be 0 or 1, not "${gap}"`);
  return { kind: 'tick', tick: { t: cells.time(0, 't'), price: cells.price(1, 'price'), gap: gap === '1' } };
}

function parseCandle(cells: Cells, columns: number): PriceRow {
  cells.expect(columns);
  const t = cells.time(0, 'timestamp');
  const [open, high, low, close] = [
    cells.price(1, 'open'),
    cells.price(2, 'high'),
    cells.price(3, 'low'),
    cells.price(4, 'close'),
  ];
  const body = [open, close].map(Number);
  if (Number(high) < Math.max(...body, Number(low))) throw cells.problem('high', 'is not the highest price');
  if (Number(low) > Math.min(...body)) throw cells.problem('low', 'is not the lowest price');
  return { kind: 'candle', candle: { t, open, high, low, close } };
}

/** The cells of one row; each error names the file, line and column. */
class Cells {
  readonly #file: string;
  readonly #line: number;
  readonly #cells: string[];

  constructor(file: string, line: number, text: string) {
    this.#file = file;
    this.#line = line;
    this.#cells = text.split(',');
  }

  problem(field: string, problem: string): InputError {
    return new InputError(this.#file, this.#line, field, problem);
  }

  expect(columns: number): void {
    if (this.#cells.length <= columns) return;
    throw this.problem(`column ${columns + 1}`, `is one too many; the header has ${columns}`);
  }

  text(index: number, field: string): string {
    const cell = this.#cells[index]?.trim();
    if (cell === undefined || cell === '') throw this.problem(field, 'is missing');
    return cell;
  }

  price(index: number, field: string): DecimalString {
    const cell = this.text(index, field);
    const price = parsePrice(cell);
    if (price === null) throw this.problem(field, `must be a positive number, not "${cell}"`);
    return price;
  }

  time(index: number, field: string): number {
    const cell = this.text(index, field);
    const t = field === 't' ? epochMs(cell) : parseTime(cell);
    if (t !== null) return t;
    const expected =
      field === 't'
        ? 'a number of seconds, ms or µs since 1970'
        : 'an ISO time or a number of seconds, ms or µs since 1970';
    throw this.problem(field, `must be ${expected}, not "${cell}"`);
  }
}

/** Reads a positive price in plain or exponent notation; null when it is not one. */
export function parsePrice(text: string): DecimalString | null {
  // Most prices are already written as they should be; files have millions of them.
  if (text.length <= 15 && CANONICAL.test(text)) return text;
  if (!NUMBER.test(text)) return null;
  const price = new Amount(text);
  return price.isFinite() && price.gt(0) ? roundLevel(price) : null;
}
