import type { VenueName } from '#domain/ids.ts';
import type { VenueHealth } from '#domain/statuses.ts';
import { inTransaction, type DatabaseOrTransaction } from '../client.ts';
import { ms, msOrNull } from './rows.ts';
import { recordSystemEvent } from './system-events.ts';

export interface VenueStatusRow {
  venue: VenueName;
  health: VenueHealth;
  /** Explanation of the check's result, for people. */
  detail: string;
  /** Round trip; null when there was none. */
  latencyMs: number | null;
  /** Markets that could be traded then; null when there were no prices. */
  openMarkets: number | null;
  /** Time of the newest price there was. */
  pricedAt: number | null;
  checkedAt: number;
}

/** Notes how a venue does, and when it goes down or comes back; an older check never replaces a newer one. */
export async function storeVenueStatus(db: DatabaseOrTransaction, status: VenueStatusRow): Promise<void> {
  const row = {
    ...status,
    pricedAt: status.pricedAt === null ? null : new Date(status.pricedAt),
    checkedAt: new Date(status.checkedAt),
  };
  await inTransaction(db, async (tx) => {
    const inserted = await tx.venueStatus.createMany({ data: [row], skipDuplicates: true });
    if (inserted.count === 1) return recordHealth(tx, status, 'up');
    const before = await tx.venueStatus.findUniqueOrThrow({
      where: { venue: row.venue },
      select: { health: true },
    });
    const { count } = await tx.venueStatus.updateMany({
      where: { venue: row.venue, checkedAt: { lte: row.checkedAt }, health: before.health },
      data: row,
    });
    if (count === 1) await recordHealth(tx, status, before.health);
  });
}

async function recordHealth(
  tx: DatabaseOrTransaction,
  { venue, health, detail, checkedAt }: VenueStatusRow,
  before: VenueHealth,
): Promise<void> {
  if ((health === 'down') === (before === 'down')) return;
  const isDown = health === 'down';
  await recordSystemEvent(tx, {
    key: `venue/${venue}/${checkedAt}`,
    type: isDown ? 'venue_down' : 'venue_up',
    text: isDown
      ? `The venue ${venue} does not answer: ${detail}`
      : `The venue ${venue} answers again: ${detail}`,
    data: { health, detail },
    venue,
  });
}

/** Every venue that has been checked. */
export async function listVenueStatuses(db: DatabaseOrTransaction): Promise<VenueStatusRow[]> {
  const rows = await db.venueStatus.findMany({ orderBy: { venue: 'asc' } });
  return rows.map((row) => ({ ...row, pricedAt: msOrNull(row.pricedAt), checkedAt: ms(row.checkedAt) }));
}

/** Returns the venues that were checked and of which nobody has ever read what they list. */
export async function listUnreachedVenues(db: DatabaseOrTransaction): Promise<VenueName[]> {
  const rows = await db.$queryRaw<{ venue: VenueName }[]>`
    SELECT venue::text FROM venue_status AS checked
    WHERE NOT EXISTS (SELECT FROM instrument WHERE instrument.venue = checked.venue) ORDER BY venue`;
  return rows.map(({ venue }) => venue);
}
