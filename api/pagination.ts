import { ProblemError } from './problem.ts';

export interface PageQuery {
  limit: number;
  cursor?: string | undefined;
}

export interface PageAnswer<Item> {
  items: Item[];
  /** Where the next page begins; null at the end. */
  nextCursor: string | null;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Ids of tables whose rows are numbered. */
export const COUNTED = /^[1-9]\d{0,17}$/;

/**
 * One page of a list that runs along falling ids. Reads one row more than asked for, which tells whether there
 * is another page without counting.
 */
export async function paginate<Item extends { id: string }>(
  query: PageQuery,
  read: (page: { limit: number; after?: string }) => Promise<Item[]>,
  ids = UUID,
): Promise<PageAnswer<Item>> {
  const rows = await read({
    limit: query.limit + 1,
    ...(query.cursor !== undefined && { after: openCursor(query.cursor, ids) }),
  });
  const items = rows.slice(0, query.limit);
  const last = rows.length > query.limit ? items.at(-1) : undefined;
  return { items, nextCursor: last ? toCursor(last.id) : null };
}

const toCursor = (id: string): string => Buffer.from(id).toString('base64url');

function openCursor(cursor: string, ids: RegExp): string {
  const id = Buffer.from(cursor, 'base64url').toString();
  if (ids.test(id)) return id;
  const detail = 'is not a cursor of this list; give `nextCursor` of the page before';
  throw new ProblemError('validation_failed', `/cursor: ${detail}`, {
    errors: [{ in: 'query', pointer: '/cursor', detail }],
  });
}
