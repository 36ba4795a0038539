import { z } from 'zod';
import type { Instrument } from '#domain/instrument.ts';
import { fromChain, fromChainText } from '../chain/scales.ts';
import { pairSymbol } from '#domain/symbols.ts';
import { VenueError } from '../../venue.ts';

/** A pair with the rules its trades have to keep. */
export interface Pair {
  index: number;
  instrument: Instrument;
  minLeverage: number;
  maxLeverage: number;
  /** In basis points of the notional, taken from the collateral when a trade is opened. */
  openingFeeBps: number;
}

/** The pairs and their rules, from the subgraph. */
export interface PairBook {
  /** Reads the pairs from the subgraph. Throws `VenueError`. */
  refresh(): Promise<readonly Pair[]>;
  /** Returns the pairs as last read; the first call reads them. Throws `VenueError`. */
  all(): Promise<readonly Pair[]>;
  bySymbol(symbol: string): Promise<Pair | null>;
  /** As last read, at once; null for a symbol without a pair, and before the first reading. */
  lastRead(symbol: string): Pair | null;
}

/** Names of the fields: PyPI `ostium-python-sdk` 3.3.1, `subgraph.py`. Values are strings at chain scale. */
const PAIRS_QUERY = `query pairs {
  pairs(first: 1000) {
    id from to maxLeverage takerFeeP
    group { minLeverage maxLeverage }
    fee { minLevPos }
  }
}`;

const integer = z.union([z.string().regex(/^-?\d+$/), z.number().int()]).transform((value) => BigInt(value));
const pairRow = z.object({
  id: z.string(),
  from: z.string(),
  to: z.string(),
  maxLeverage: integer.nullish(),
  takerFeeP: integer.nullish(),
  group: z.object({ minLeverage: integer.nullish(), maxLeverage: integer.nullish() }),
  fee: z.object({ minLevPos: integer }),
});
const answerSchema = z.object({ data: z.object({ pairs: z.array(pairRow) }) });

/** The official client rounds prices to 5 decimals. */
const TICK = '0.00001';
/** The contracts take any size, since it follows from collateral and price. A lot is worth less than a cent in every pair. */
const LOT = '0.000001';

export function createPairBook(url: string, requestMs: number): PairBook {
  let known: Promise<readonly Pair[]> | null = null;
  let last: readonly Pair[] = [];
  const refresh = (): Promise<readonly Pair[]> => {
    const asked = readPairs(url, requestMs);
    asked.then(
      (pairs) => ([known, last] = [asked, pairs]),
      () => undefined,
    );
    return asked;
  };
  const all = (): Promise<readonly Pair[]> => known ?? refresh();
  const find = (pairs: readonly Pair[], symbol: string): Pair | null =>
    pairs.find(({ instrument }) => instrument.symbol === symbol) ?? null;
  return {
    refresh,
    all,
    bySymbol: async (symbol) => find(await all(), symbol),
    lastRead: (symbol) => find(last, symbol),
  };
}

async function readPairs(url: string, requestMs: number): Promise<readonly Pair[]> {
  const parsed = answerSchema.safeParse(await query(url, requestMs));
  if (!parsed.success) {
    throw new VenueError('venue_unreadable', "the subgraph's answer has an unknown form", 'retry', {
      cause: parsed.error,
    });
  }
  return parsed.data.data.pairs.map(toPair);
}

async function query(url: string, requestMs: number): Promise<unknown> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: PAIRS_QUERY }),
      signal: AbortSignal.timeout(requestMs),
      redirect: 'error',
    });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    return await response.json();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new VenueError('venue_unreachable', `the subgraph does not answer: ${why}`, 'retry', { cause });
  }
}

/** `takerFeeP` per basis point: it is in millionths of a percent. */
const BPS_PER_TAKER_FEE = 10_000;

function toPair(row: z.output<typeof pairRow>): Pair {
  const ofGroup = row.group.maxLeverage ?? 0n;
  const maxLeverage = fromChain(ofGroup === 0n ? (row.maxLeverage ?? 0n) : ofGroup, 'leverage').toNumber();
  return {
    index: Number(row.id),
    minLeverage: fromChain(row.group.minLeverage ?? 0n, 'leverage').toNumber(),
    maxLeverage,
    openingFeeBps: Number(row.takerFeeP ?? 0n) / BPS_PER_TAKER_FEE,
    instrument: {
      venue: 'ostium',
      symbol: pairSymbol(row.from, row.to),
      venueSymbol: `${row.from}-${row.to}`,
      venueAssetId: Number(row.id),
      priceRule: { kind: 'step', tick: TICK },
      lot: LOT,
      minNotionalUsd: fromChainText(row.fee.minLevPos, 'usdc'),
      maxLeverage: Math.floor(maxLeverage),
      onlyIsolated: false,
      tradable: maxLeverage >= 1,
    },
  };
}
