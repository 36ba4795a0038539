import { positionWorth } from '#domain/position-worth.ts';
import type { Database } from '#prisma/client.ts';
import {
  listPositions,
  listSeenPrices,
  type PositionView,
  type SeenPrice,
} from '#prisma/repositories/position-views.ts';
import type { OfUser } from '#prisma/repositories/visible-rows.ts';
import { MAX_POSITIONS, type Position, type PositionList } from '../schemas/position.ts';

/** Returns trades of a user or of all that have not ended, newest first, at the prices that the watcher has seen last. */
export async function describePositions(
  db: Database,
  filter: { deploymentId?: string } & OfUser,
  askedAt: number,
): Promise<PositionList> {
  const [rows, prices] = await Promise.all([
    listPositions(db, { ...filter, limit: MAX_POSITIONS + 1 }),
    listSeenPrices(db),
  ]);
  const known = new Map(prices.map((price) => [keyOf(price), price]));
  return {
    items: rows.slice(0, MAX_POSITIONS).map((row) => priced(row, known.get(keyOf(row)) ?? null)),
    askedAt,
    more: rows.length > MAX_POSITIONS,
  };
}

const keyOf = ({ venue, symbol }: { venue: string | null; symbol: string }): string => `${venue}/${symbol}`;

/** Adds what a position is worth; a trade whose entry has not filled is worth nothing yet. */
function priced(row: PositionView, seen: SeenPrice | null): Position {
  const { side, entryPrice, remainingSize, stopPrice, leverage } = row;
  const mark = { markPrice: seen?.price ?? null, markedAt: seen?.at ?? null };
  if (entryPrice === null || remainingSize === null) return { ...row, ...mark, ...NOTHING };
  const worth = positionWorth({
    side,
    size: remainingSize,
    entryPrice,
    stopPrice,
    leverage,
    markPrice: mark.markPrice,
  });
  return { ...row, ...mark, ...worth };
}

const NOTHING = {
  valueUsd: null,
  marginUsd: null,
  unrealizedUsd: null,
  returnOnMarginPct: null,
  atStopUsd: null,
} as const;
