import type { Symbol, VenueName } from '#domain/ids.ts';
import { SCORE_VERSION, type MarketScore } from '#domain/scoring/market-score.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import type { MarketIndicator as Row } from '../generated/client.ts';
import { LIVE } from './phase-lists.ts';
import { fromJson } from './json.ts';
import { ms, timeOrderedId } from './rows.ts';

/** Name of the score among the indicators. */
export const SCORE_NAME = 'market_score';

/** What a score was computed from, as it is stored with it. */
export interface ScoreInputs extends Omit<MarketScore, 'version' | 'indicators'> {
  /** Venue whose prices they are; null where no venue has enough. */
  venue: VenueName | null;
  /** What was wrong with an input, in words. */
  notes: readonly string[];
}

/** A score of a market in one bucket of six hours. */
export interface ScoreRow {
  symbol: Symbol;
  /** Start of the bucket, in epoch ms. */
  at: number;
  /** For a long position, with all weights in full; null where it is unknown. */
  value: number | null;
  version: number;
  inputs: ScoreInputs;
  /** Time of the newest price in it, in epoch ms. */
  pricedAt: number;
}

/** A score to be stored, with single figures (indicators, open interest) by their names. */
export interface ScoreDraft extends Omit<ScoreRow, 'version'> {
  figures: Readonly<Record<string, number | null>>;
}

/** Stores scores and figures, one row for each; a second run of a bucket replaces what the first one stored. */
export async function storeScores(db: DatabaseOrTransaction, drafts: readonly ScoreDraft[]): Promise<void> {
  const rows = drafts.flatMap(({ symbol, at, value, inputs, pricedAt, figures }) =>
    [{ name: SCORE_NAME, value, inputs: inputs as object }, ...figureRows(figures)].map((row) => ({
      ...row,
      id: timeOrderedId(Date.now()),
      symbol,
      at: new Date(at).toISOString(),
      pricedAt: new Date(pricedAt).toISOString(),
    })),
  );
  if (rows.length === 0) return;
  await db.$executeRaw`
    INSERT INTO market_indicator (id, name, symbol, at, value, version, inputs, priced_at)
    SELECT id, name, symbol, at, value, ${SCORE_VERSION}::int, inputs, "pricedAt"
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS row(id uuid, name text, symbol text, at timestamptz,
      value float8, inputs jsonb, "pricedAt" timestamptz)
    ON CONFLICT (name, symbol, at) DO UPDATE SET value = excluded.value, version = excluded.version,
      inputs = excluded.inputs, priced_at = excluded.priced_at`;
}

const figureRows = (figures: ScoreDraft['figures']) =>
  Object.entries(figures).map(([name, value]) => ({ name, value, inputs: {} }));

export interface ScoreFilter {
  limit: number;
  symbol?: Symbol;
  /** The symbol of the last score of the page before. */
  after?: Symbol;
}

/** Returns the newest score of each market, known or not, in the order of their symbols. */
export async function listNewestScores(
  db: DatabaseOrTransaction,
  { limit, symbol, after }: ScoreFilter,
): Promise<ScoreRow[]> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT DISTINCT ON (symbol) id, name, symbol, at, value, version, inputs, priced_at AS "pricedAt"
    FROM market_indicator
    WHERE name = ${SCORE_NAME} AND (${symbol ?? null}::text IS NULL OR symbol = ${symbol ?? null})
      AND (${after ?? null}::text IS NULL OR symbol > ${after ?? null})
    ORDER BY symbol, at DESC LIMIT ${limit}::int`;
  return rows.map(toScore);
}

/** Returns the newest score of a market that was known; null when there is none. */
export async function findKnownScore(db: DatabaseOrTransaction, symbol: Symbol): Promise<ScoreRow | null> {
  const row = await db.marketIndicator.findFirst({
    where: { name: SCORE_NAME, symbol, value: { not: null } },
    orderBy: { at: 'desc' },
  });
  return row && toScore(row);
}

/** For rows without inputs, which nothing here writes. */
const NO_INPUTS: ScoreInputs = { parts: [], candleCoverage: 0, venue: null, notes: [] };

const toScore = ({ symbol, at, value, version, inputs, pricedAt }: Row): ScoreRow => ({
  symbol,
  at: ms(at),
  value,
  version,
  inputs: { ...NO_INPUTS, ...fromJson<ScoreInputs>(inputs) },
  pricedAt: ms(pricedAt),
});

/** Returns the figures of a name that markets have in a bucket, by symbol. */
export async function readFigures(
  db: DatabaseOrTransaction,
  name: string,
  { symbols, at }: { symbols: readonly Symbol[]; at: number },
): Promise<ReadonlyMap<Symbol, number>> {
  const rows = await db.marketIndicator.findMany({
    where: { name, symbol: { in: [...symbols] }, at: new Date(at), value: { not: null } },
    select: { symbol: true, value: true },
  });
  return new Map(rows.flatMap(({ symbol, value }) => (value === null ? [] : [[symbol, value]])));
}

/** Returns the newest figure of a name of each market, by symbol. */
export async function readNewestFigures(
  db: DatabaseOrTransaction,
  name: string,
): Promise<ReadonlyMap<Symbol, number>> {
  const rows = await db.$queryRaw<{ symbol: Symbol; value: number }[]>`
    SELECT DISTINCT ON (symbol) symbol, value FROM market_indicator
    WHERE name = ${name} AND value IS NOT NULL ORDER BY symbol, at DESC`;
  return new Map(rows.map(({ symbol, value }) => [symbol, value]));
}

/** Returns the markets whose score is known in a bucket. */
export async function listScoredSymbols(db: DatabaseOrTransaction, at: number): Promise<ReadonlySet<Symbol>> {
  const rows = await db.marketIndicator.findMany({
    where: { name: SCORE_NAME, at: new Date(at), value: { not: null } },
    select: { symbol: true },
  });
  return new Set(rows.map(({ symbol }) => symbol));
}

/** Returns the markets that were called since a time or are in a live trade, the latest call first. */
export async function listCalledSymbols(
  db: DatabaseOrTransaction,
  { sinceMs, limit }: { sinceMs: number; limit: number },
): Promise<Symbol[]> {
  const rows = await db.$queryRaw<{ symbol: Symbol }[]>`
    SELECT symbol FROM (
      SELECT symbol, called_at AS at FROM latest_call WHERE called_at >= ${new Date(sinceMs)}
      UNION ALL SELECT symbol, created_at FROM trade WHERE phase IN ${LIVE}
    ) AS wanted
    GROUP BY symbol ORDER BY max(at) DESC, symbol LIMIT ${limit}`;
  return rows.map(({ symbol }) => symbol);
}

/** Deletes the indicators of buckets before a time; returns how many. */
export async function pruneIndicators(db: DatabaseOrTransaction, beforeMs: number): Promise<number> {
  const { count } = await db.marketIndicator.deleteMany({ where: { at: { lt: new Date(beforeMs) } } });
  return count;
}
