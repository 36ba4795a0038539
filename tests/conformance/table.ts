import type { VenueName } from '#domain/ids.ts';
import type { ConformanceCase } from './case.ts';

/** The results of the cases at a venue, by id: `pass`, `fail`, or `n/a: reason`. */
export type Results = ReadonlyMap<string, string>;

const BEGIN = '<!-- conformance: begin -->';
const END = '<!-- conformance: end -->';

/** Returns the results that the page shows for a venue; empty when it has no column. */
export function readColumn(page: string, venue: VenueName): Results {
  const [head = [], , ...rows] = rowsOf(page);
  const column = head.indexOf(venue);
  if (column < 0) return new Map();
  return new Map(rows.map((cells) => [unquoted(cells[0] ?? ''), cells[column] ?? '']));
}

/** Returns the page with the venue's column replaced or added; other columns are unchanged. */
export function writeColumn(
  page: string,
  cases: readonly ConformanceCase[],
  venue: VenueName,
  results: Results,
): string {
  const known = (rowsOf(page)[0] ?? []).slice(2).filter((name): name is VenueName => name !== '');
  const venues = [...new Set([...known, venue])].sort();
  const columns = new Map(venues.map((name) => [name, name === venue ? results : readColumn(page, name)]));
  const cellsOf = ({ id, what }: ConformanceCase): string[] => [
    `\`${id}\``,
    what,
    ...venues.map((name) => columns.get(name)?.get(id) ?? 'not run'),
  ];
  const table = aligned([['case', 'what holds', ...venues], ...cases.map(cellsOf)]);
  const [before = '', rest = ''] = page.split(BEGIN);
  const [, after = ''] = rest.split(END);
  return `${before}${BEGIN}\n\n${table}\n\n${END}${after}`;
}

function rowsOf(page: string): string[][] {
  const between = page.split(BEGIN)[1]?.split(END)[0] ?? '';
  return between
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

const unquoted = (cell: string): string => cell.replaceAll('`', '');

/** Returns the table in the formatter's layout, so that formatting the page changes nothing. */
function aligned(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_cell, column) =>
    Math.max(3, ...rows.map((cells) => (cells[column] ?? '').length)),
  );
  const line = (cells: readonly string[], fill = ' '): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [
    line(head),
    line(
      widths.map(() => ''),
      '-',
    ),
    ...body.map((cells) => line(cells)),
  ].join('\n');
}
