import type { VenueName } from '#domain/ids.ts';
import type { KeyStatus } from '#domain/statuses.ts';
import { keyWarning, type KeyWarning } from '#domain/trading-key.ts';
import type { Database } from '../client.ts';
import { msOrNull } from './rows.ts';
import { EXPOSED } from './phase-lists.ts';

/** Number of keys that sign at a venue, by their state there. */
export interface KeyCount {
  venue: VenueName;
  standing: 'approved' | KeyWarning;
  keys: number;
  /** Those that the venue does not accept while trades are open under them. */
  lost: number;
  /** How long, in ms, until the first of them ends; null when none names a time, or that is past. */
  firstEndMs: number | null;
}

/** Counts the keys that sign by venue and standing, as of `nowMs`. */
export async function countKeys(db: Database, nowMs: number): Promise<KeyCount[]> {
  const rows = await db.$queryRaw<
    { venue: VenueName; status: KeyStatus; valid_until: Date | null; has_live_trades: boolean }[]
  >`
    SELECT key.venue::text, key.status::text, key.valid_until, EXISTS (
      SELECT FROM trade WHERE trade.deployment_id = key.deployment_id AND trade.venue = key.venue
        AND trade.phase IN ${EXPOSED}
    ) AS has_live_trades
    FROM trading_key AS key JOIN agent_deployment AS deployment ON deployment.id = key.deployment_id
    WHERE key.active AND deployment.status <> 'archived'`;
  const counts = new Map<string, KeyCount>();
  for (const row of rows) {
    const validUntil = msOrNull(row.valid_until);
    const standing = keyWarning({ status: row.status, validUntil }, nowMs) ?? 'approved';
    const key = `${row.venue}/${standing}`;
    const count = counts.get(key) ?? { venue: row.venue, standing, keys: 0, lost: 0, firstEndMs: null };
    const isLost = row.has_live_trades && (standing === 'expired' || standing === 'not_approved');
    const leftMs = validUntil === null || validUntil <= nowMs ? null : validUntil - nowMs;
    counts.set(key, {
      ...count,
      keys: count.keys + 1,
      lost: count.lost + (isLost ? 1 : 0),
      firstEndMs: leftMs === null ? count.firstEndMs : Math.min(leftMs, count.firstEndMs ?? Infinity),
    });
  }
  return [...counts.values()];
}
