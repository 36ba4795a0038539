import type { Score } from '#api/schemas/score.ts';
import { printable } from '#terminal/printable.ts';
import { duration, renderTable, utc, type Colors, type Column } from '#terminal/output.ts';

type Part = Score['parts'][number];

/** Returns a score as lines of text: both numbers, what each part adds to them, and what each was computed from. */
export function renderScore(score: Score, colors: Colors): string[] {
  const { symbol, long, short, parts } = score;
  return [
    `${colors.bold(symbol)}  long ${painted(long.value, colors)}  short ${painted(short.value, colors)}`,
    ...facts(score).map(([name, value]) => `  ${colors.dim(name.padEnd(9))} ${value}`),
    '',
    ...renderTable(COLUMNS, parts, colors),
    '',
    ...parts.flatMap((part) => [
      `${colors.bold(part.name)}: ${part.formula}`,
      `  ${colors.dim(inputsText(part))}`,
    ]),
  ];
}

/** Returns a score to two decimals with its sign, `0.00` without one, or `unknown`. */
export function scoreText(value: number | null): string {
  if (value === null) return 'unknown';
  const size = Math.abs(value).toFixed(2);
  if (Number(size) === 0) return size;
  return `${value < 0 ? '-' : '+'}${size}`;
}

function painted(value: number | null, colors: Colors): string {
  const text = scoreText(value);
  if (value === null) return colors.yellow(text);
  return value > 0 ? colors.green(text) : colors.red(text);
}

function facts({ long, venue, candleCoverage, notes, ...score }: Score): [string, string][] {
  const { pricedAt, ageMs, isFresh, version, lastKnown } = score;
  const age = `${duration(ageMs)} old${isFresh ? '' : ': too old, so it counts as unknown'}`;
  const known = `${Math.round(long.coverage * 100)} % of the weights, ${Math.round(candleCoverage * 100)} % of the hours`;
  return [
    ['prices', venue === null ? 'no venue has candles' : `until ${utc(pricedAt)} (UTC), ${age}, of ${venue}`],
    ['known', known],
    ...notes.map((note): [string, string] => ['note', printable(note)]),
    ...(lastKnown
      ? [['last', `${scoreText(lastKnown.value)} at ${utc(lastKnown.pricedAt)} (UTC)`] as [string, string]]
      : []),
    ['formula', `version ${version}, docs/scoring.md`],
  ];
}

const COLUMNS: Column<Part>[] = [
  { title: 'PART', cell: ({ name }) => name },
  { title: 'VALUE', cell: ({ value }) => scoreText(value), align: 'right' },
  { title: 'WEIGHT', cell: ({ weight }) => String(weight), align: 'right' },
  { title: 'ADDS TO LONG', cell: ({ addsToLong }) => adds(addsToLong), align: 'right' },
  { title: 'ADDS TO SHORT', cell: ({ addsToShort }) => adds(addsToShort), align: 'right' },
];

const adds = (value: number | null): string => (value === null ? '-' : scoreText(value));

const inputsText = ({ inputs }: Part): string =>
  Object.entries(inputs)
    .map(([name, value]) => `${name} ${value === null ? 'unknown' : plain(value)}`)
    .join(', ');

const PEOPLE_DIGITS = 6;

/** Six figures, never in exponent form. */
const plain = (value: number): string =>
  value.toLocaleString('en-US', { maximumSignificantDigits: PEOPLE_DIGITS, useGrouping: false });
