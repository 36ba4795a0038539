import type { VenueName } from '#domain/ids.ts';
import type { Instrument, PriceRule } from '#domain/instrument.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import type { Instrument as Row } from '../generated/client.ts';
import { fromJson } from './json.ts';
import { text } from './rows.ts';

/** Stores what a venue lists now; what it no longer lists stays, marked as not tradable. */
export async function storeInstruments(
  db: DatabaseOrTransaction,
  venue: VenueName,
  instruments: readonly Instrument[],
  refreshedAt: number,
): Promise<void> {
  const at = new Date(refreshedAt);
  // One statement: a venue lists hundreds, and a row each would be hundreds of round trips.
  await db.$executeRaw`
    INSERT INTO "instrument" ("id", "venue", "symbol", "venue_symbol", "venue_asset_id", "price_rule", "lot",
      "min_notional_usd", "max_leverage", "only_isolated", "tradable", "refreshed_at")
    SELECT gen_random_uuid(), ${venue}::venue_name, "symbol", "venueSymbol", "venueAssetId", "priceRule", "lot",
      "minNotionalUsd", "maxLeverage", "onlyIsolated", "tradable", ${at}
    FROM jsonb_to_recordset(${JSON.stringify(instruments)}::jsonb) AS listed("symbol" text, "venueSymbol" text,
      "venueAssetId" int, "priceRule" jsonb, "lot" numeric, "minNotionalUsd" numeric, "maxLeverage" int,
      "onlyIsolated" boolean, "tradable" boolean)
    ON CONFLICT ("venue", "venue_symbol") DO UPDATE SET
      "symbol" = excluded."symbol", "venue_asset_id" = excluded."venue_asset_id",
      "price_rule" = excluded."price_rule", "lot" = excluded."lot",
      "min_notional_usd" = excluded."min_notional_usd", "max_leverage" = excluded."max_leverage",
      "only_isolated" = excluded."only_isolated", "tradable" = excluded."tradable",
      "refreshed_at" = excluded."refreshed_at"`;
  await db.instrument.updateMany({
    where: { venue, tradable: true, refreshedAt: { lt: at } },
    data: { tradable: false },
  });
}

/** Every listing of the symbol, on whatever venue; what can be traded before what cannot. */
export async function listInstruments(db: DatabaseOrTransaction, symbol: string): Promise<Instrument[]> {
  const rows = await db.instrument.findMany({
    where: { symbol },
    orderBy: [{ tradable: 'desc' }, { venue: 'asc' }],
  });
  return rows.map(toInstrument);
}

/** Returns whether the symbol is listed at any venue, tradable or not. */
export const isListed = async (db: DatabaseOrTransaction, symbol: string): Promise<boolean> =>
  (await db.instrument.findFirst({ where: { symbol }, select: { id: true } })) !== null;

export interface InstrumentFilter {
  limit: number;
  venue?: VenueName;
  symbol?: string;
  tradable?: boolean;
}

/** Listings by symbol, then venue. */
export async function findInstruments(
  db: DatabaseOrTransaction,
  { limit, ...where }: InstrumentFilter,
): Promise<Instrument[]> {
  const rows = await db.instrument.findMany({
    where,
    orderBy: [{ symbol: 'asc' }, { venue: 'asc' }, { venueSymbol: 'asc' }],
    take: limit,
  });
  return rows.map(toInstrument);
}

export interface InstrumentCount {
  venue: VenueName;
  instruments: number;
  tradable: number;
  /** When the venue was last asked for its list. */
  refreshedAt: number;
}

/** How much each venue lists. */
export async function countInstruments(db: DatabaseOrTransaction): Promise<InstrumentCount[]> {
  const rows = await db.instrument.groupBy({
    by: ['venue', 'tradable'],
    _count: true,
    _max: { refreshedAt: true },
  });
  const venues = [...new Set(rows.map(({ venue }) => venue))];
  return venues.map((venue) => {
    const own = rows.filter((row) => row.venue === venue);
    return {
      venue,
      instruments: own.reduce((total, { _count }) => total + _count, 0),
      tradable: own.find(({ tradable }) => tradable)?._count ?? 0,
      refreshedAt: Math.max(...own.map(({ _max }) => _max.refreshedAt?.getTime() ?? 0)),
    };
  });
}

/** The symbols that are listed anywhere; empty before the first refresh. */
export async function listSymbols(db: DatabaseOrTransaction): Promise<Set<string>> {
  const rows = await db.instrument.findMany({ distinct: ['symbol'], select: { symbol: true } });
  return new Set(rows.map(({ symbol }) => symbol));
}

/** Returns the venues at which each of some symbols can be traded. */
export async function listListings(
  db: DatabaseOrTransaction,
  symbols: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<VenueName>>> {
  const rows = await db.instrument.findMany({
    where: { symbol: { in: [...symbols] }, tradable: true },
    select: { symbol: true, venue: true },
  });
  const listed = Map.groupBy(rows, ({ symbol }) => symbol);
  return new Map([...listed].map(([symbol, all]) => [symbol, new Set(all.map(({ venue }) => venue))]));
}

const toInstrument = (row: Row): Instrument => ({
  venue: row.venue,
  symbol: row.symbol,
  venueSymbol: row.venueSymbol,
  venueAssetId: row.venueAssetId,
  priceRule: fromJson<PriceRule>(row.priceRule),
  lot: text(row.lot),
  minNotionalUsd: text(row.minNotionalUsd),
  maxLeverage: row.maxLeverage,
  onlyIsolated: row.onlyIsolated,
  tradable: row.tradable,
});
