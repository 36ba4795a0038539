import { VenueError } from '../../venue.ts';

export interface Paging<Row> {
  /** Rows from `startTime` on (inclusive), oldest first. */
  page(startTime: number): Promise<Row[]>;
  timeOf(row: Row): number;
  /** Returns a key that differs between rows of one time. */
  keyOf(row: Row): string;
  /** A shorter page is the last one. */
  pageSize: number;
  maxPages: number;
}

/**
 * Reads a list to its end and returns the rows, oldest first. Each page starts at the last time of the page before, since
 * a page can end between two rows of one millisecond; rows that come twice are dropped. Throws `VenueError`
 * `venue_unreadable` when the list is longer than `maxPages`.
 */
export async function readAll<Row>(sinceMs: number, paging: Paging<Row>): Promise<Row[]> {
  const rows = new Map<string, Row>();
  let startTime = sinceMs;
  for (let pages = 0; pages < paging.maxPages; pages++) {
    const page = await paging.page(startTime);
    const known = rows.size;
    for (const row of page) {
      rows.set(`${paging.timeOf(row)} ${paging.keyOf(row)}`, row);
      startTime = Math.max(startTime, paging.timeOf(row));
    }
    if (page.length < paging.pageSize) return inOrder(rows, paging);
    if (rows.size === known) break;
  }
  throw new VenueError('venue_unreadable', `the venue's list since ${sinceMs} has no end`, 'retry');
}

const inOrder = <Row>(rows: Map<string, Row>, paging: Paging<Row>): Row[] =>
  [...rows.values()].sort((a, b) => paging.timeOf(a) - paging.timeOf(b));
