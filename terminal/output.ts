import picocolors from 'picocolors';
import { amount, decimalString } from '#domain/money.ts';

export type Colors = ReturnType<typeof picocolors.createColors>;

/** Where a command writes. */
export interface Output {
  /** Colours on a terminal, plain text elsewhere and under NO_COLOR. */
  colors: Colors;
  line(text?: string): void;
  /** One JSON document, for programs. */
  json(value: unknown): void;
}

interface TextStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Standard output, for people or for programs. */
export function createOutput(stream: TextStream, env: NodeJS.ProcessEnv): Output {
  const noColor = env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '';
  return {
    colors: picocolors.createColors(stream.isTTY === true && !noColor && env['TERM'] !== 'dumb'),
    line: (text = '') => void stream.write(`${shown(text)}\n`),
    json: (value) => void stream.write(`${escaped(JSON.stringify(value, null, 2))}\n`),
  };
}

/** Control characters, and those that turn the direction of the text behind them around. */
const CONTROLS = /[\p{Cc}\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;
/** The styles that commands use themselves: bold, dim, colours of letters, and their ends. */
const OWN_STYLE = /^\[(?:[12]|22|3[1-9]|9[0-7])m/;

/**
 * Returns a text as it may be shown: what would steer the terminal, or change the order of what a person reads, is
 * written out as `\\u{1b}`. Line ends and the styles of commands stay.
 */
export const shown = (text: string): string =>
  text.replaceAll(CONTROLS, (character, at: number) =>
    character === '\n' || (character === '\u001B' && OWN_STYLE.test(text.slice(at + 1, at + 6)))
      ? character
      : `\\u{${character.charCodeAt(0).toString(16)}}`,
  );

/** Returns JSON in which every character that `shown` writes out is escaped, which changes nothing of its value. */
const escaped = (json: string): string =>
  json.replaceAll(CONTROLS, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

export interface Column<Row> {
  title: string;
  cell(row: Row): string;
  align?: 'left' | 'right';
  /** Applied after the cell has its width, so that colour codes do not count. */
  paint?(text: string, row: Row): string;
}

const GAP = '  ';

/** `1 trade`, `2 trades`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** An aligned table with a header; columns are as wide as their widest cell. */
export function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  colors: Colors,
): string[] {
  const cells = rows.map((row) => columns.map((column) => column.cell(row)));
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...cells.map((row) => (row[index] ?? '').length)),
  );
  const fit = (text: string, index: number): string =>
    columns[index]?.align === 'right' ? text.padStart(widths[index] ?? 0) : text.padEnd(widths[index] ?? 0);
  const header = columns.map(({ title }, index) => fit(title, index)).join(GAP);
  const body = rows.map((row, rowIndex) =>
    columns
      .map((column, index) => {
        const text = fit(cells[rowIndex]?.[index] ?? '', index);
        return column.paint ? column.paint(text, row) : text;
      })
      .join(GAP)
      .trimEnd(),
  );
  return [colors.dim(header.trimEnd()), ...body];
}

/** The short name of a trade: the last 8 characters of its id, which unlike the first differ between trades. */
export const shortId = (id: string): string => id.slice(-8);

export const orDash = (value: string | null): string => value ?? '-';

/** `2026-11-21 03:48:30`, in UTC like everything in the books. */
export const utc = (t: number): string => new Date(t).toISOString().slice(0, 19).replace('T', ' ');

/** `03:48:30.123`, to tell events of one second apart. */
export const utcTime = (t: number): string => new Date(t).toISOString().slice(11, 23);

/** `4d 3h`, `12m 5s`, `0.8s`: how long something took. */
export function duration(durationMs: number): string {
  const seconds = durationMs / 1000;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.floor(seconds)}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${Math.floor(seconds % 60)}s`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours}h ${minutes % 60}m` : `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

const PEOPLE_DIGITS = 9;

/** Numbers in a text with no more digits than a person reads; the books and `--json` keep every one. */
export const shortNumbers = (text: string): string =>
  text.replaceAll(/\d+\.\d{7,}/gu, (number) =>
    decimalString(amount(number).toSignificantDigits(PEOPLE_DIGITS)),
  );

/** USD to the cent with a sign, for people; the books and `--json` keep every digit. */
export function signedUsd(usd: string | null): string {
  if (usd === null) return '-';
  const value = Number(usd);
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(2)}`;
}

/** Green for a gain, red for a loss. */
export const paintPnl = (colors: Colors, text: string, usd: string | null): string => {
  const value = Number(usd ?? 0);
  if (value === 0) return text;
  return value > 0 ? colors.green(text) : colors.red(text);
};
