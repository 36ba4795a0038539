import type { VenueName } from '#domain/ids.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { ms } from './rows.ts';

export type VenueHealth = 'up' | 'degraded' | 'down';

export interface VenueStatusRow {
  venue: VenueName;
  health: VenueHealth;
  /** What was found, for a person. */
  detail: string;
  /** Round trip; null when there was none. */
  latencyMs: number | null;
  checkedAt: number;
}

/** Notes how a venue does; an older check never replaces a newer one. */
export async function storeVenueStatus(db: DatabaseOrTransaction, status: VenueStatusRow): Promise<void> {
  const row = { ...status, checkedAt: new Date(status.checkedAt) };
  const inserted = await db.venueStatus.createMany({ data: [row], skipDuplicates: true });
  if (inserted.count === 1) return;
  await db.venueStatus.updateMany({
    where: { venue: row.venue, checkedAt: { lte: row.checkedAt } },
    data: row,
  });
}

/** Every venue that has been checked. */
export async function listVenueStatuses(db: DatabaseOrTransaction): Promise<VenueStatusRow[]> {
  const rows = await db.venueStatus.findMany({ orderBy: { venue: 'asc' } });
  return rows.map((row) => ({ ...row, checkedAt: ms(row.checkedAt) }));
}
