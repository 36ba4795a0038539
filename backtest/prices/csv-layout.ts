import { InputError } from '#terminal/input-error.ts';

/** Which column of a price file holds what; -1 where there is none. */
export interface CsvLayout {
  kind: 'candles' | 'prints';
  columns: number;
  time: number;
  open: number;
  high: number;
  low: number;
  close: number;
  /** The price of a print, or its bid where there is an ask. */
  price: number;
  ask: number;
  gap: number;
  symbol: number;
  hasHeader: boolean;
}

const NONE: CsvLayout = {
  kind: 'candles',
  columns: 0,
  time: -1,
  open: -1,
  high: -1,
  low: -1,
  close: -1,
  price: -1,
  ask: -1,
  gap: -1,
  symbol: -1,
  hasHeader: true,
};

const NAMES = {
  time: ['timestamp', 'time', 't', 'date', 'datetime', 'open_time', 'open time', 'opentime', 'ts'],
  open: ['open', 'o'],
  high: ['high', 'h'],
  low: ['low', 'l'],
  close: ['close', 'c'],
  price: ['price', 'bid', 'px', 'p'],
  ask: ['ask'],
  gap: ['gap'],
  symbol: ['symbol', 'coin', 'instrument', 'ticker', 'pair'],
} as const;

const EXPECTED = 'a time, and open, high, low, close, or price, or bid and ask';
/** Candles of exchange dumps without a header: open time, open, high, low, close, volume, and six more. */
const HEADERLESS = { ...NONE, time: 0, open: 1, high: 2, low: 3, close: 4, hasHeader: false } as const;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/u;

/** Returns the layout that the first line of a file tells. Throws {@link InputError} where it tells none. */
export function csvLayout(file: string, line: number, text: string): CsvLayout {
  const cells = text
    .replace(/^\uFEFF|^ï»¿/u, '')
    .split(',')
    .map((cell) => cell.trim().replaceAll('"', '').toLowerCase());
  const isNumber = cells.map((cell) => NUMBER.test(cell));
  if (isNumber[0] && cells.length >= 5 && isNumber.slice(0, 5).every(Boolean))
    return { ...HEADERLESS, columns: cells.length };
  const layout = namedLayout(cells);
  const hasCandles = [layout.open, layout.high, layout.low, layout.close].every((column) => column >= 0);
  if (layout.time < 0) throw new InputError(file, line, 'header', `names no time; expected ${EXPECTED}`);
  if (hasCandles) return { ...layout, kind: 'candles' };
  if (layout.price >= 0 && layout.open < 0) return { ...layout, kind: 'prints' };
  const missing = (['open', 'high', 'low', 'close'] as const).filter((name) => layout[name] < 0);
  throw new InputError(file, line, 'header', `lacks ${missing.join(', ')}; expected ${EXPECTED}`);
}

function namedLayout(cells: readonly string[]): CsvLayout {
  const find = (names: readonly string[]): number =>
    names.reduce((found, name) => (found >= 0 ? found : cells.indexOf(name)), -1);
  return {
    ...NONE,
    columns: cells.length,
    time: find(NAMES.time),
    open: find(NAMES.open),
    high: find(NAMES.high),
    low: find(NAMES.low),
    close: find(NAMES.close),
    price: find(NAMES.price),
    ask: find(NAMES.ask),
    gap: find(NAMES.gap),
    symbol: find(NAMES.symbol),
  };
}
