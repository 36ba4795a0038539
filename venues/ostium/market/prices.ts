import { z } from 'zod';
import { amount, decimalString, type DecimalString } from '#domain/money.ts';
import { pairSymbol } from '#domain/symbols.ts';
import { VenueError } from '../../venue.ts';
import type { Timing } from '../chain/options.ts';

/** The price of one pair, as the price service publishes it. */
export interface OstiumPrice {
  symbol: string;
  bid: DecimalString;
  mid: DecimalString;
  ask: DecimalString;
  /** False outside the hours of the market. */
  isOpen: boolean;
  /** Epoch ms at which the venue made it. */
  time: number;
}

/** Prices as the venue publishes them. Throws `VenueError`. */
export interface PriceService {
  /** Returns the prices of all pairs. Calls at one time share one request. */
  latest(): Promise<ReadonlyMap<string, OstiumPrice>>;
  /** Returns the price that the service named last, however long ago; null when it has named none. */
  lastKnown(symbol: string): OstiumPrice | null;
}

/** Source: PyPI `ostium-python-sdk` 3.3.1, `price.py`. */
const LATEST_PATH = 'PricePublish/latest-prices';

const decimal = z.union([z.number(), z.string()]).transform((value, context): DecimalString => {
  try {
    return decimalString(amount(typeof value === 'number' ? numberText(value) : value));
  } catch {
    context.addIssue({ code: 'custom', message: 'is not a number' });
    return z.NEVER;
  }
});

const published = z.array(
  z.object({
    from: z.string(),
    to: z.string(),
    bid: decimal,
    mid: decimal,
    ask: decimal,
    isMarketOpen: z.boolean(),
    timestampSeconds: z.number(),
  }),
);

export function createPriceService(url: string, timing: Timing): PriceService {
  let asked: Promise<ReadonlyMap<string, OstiumPrice>> | null = null;
  let known: ReadonlyMap<string, OstiumPrice> = new Map();
  const read = async () => {
    const answer = published.safeParse(await request(endpoint(url), timing.requestMs));
    if (!answer.success) throw unreadable(answer.error);
    known = new Map(answer.data.map((each) => [pairSymbol(each.from, each.to), priceOf(each)]));
    return known;
  };
  return {
    latest: () => (asked ??= read().finally(() => (asked = null))),
    lastKnown: (symbol) => known.get(symbol) ?? null,
  };
}

type Published = z.output<typeof published>[number];

const priceOf = ({ from, to, bid, mid, ask, isMarketOpen, timestampSeconds }: Published): OstiumPrice => ({
  symbol: pairSymbol(from, to),
  bid,
  mid,
  ask,
  isOpen: isMarketOpen,
  time: timestampSeconds * 1000,
});

/** Returns whether a price of an open market is too old to be traded on. */
export const isStale = ({ isOpen, time }: OstiumPrice, staleMs: number, now: number): boolean =>
  isOpen && now - time > staleMs;

async function request(url: URL, requestMs: number): Promise<unknown> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(requestMs), redirect: 'error' });
    if (!response.ok)
      throw new VenueError('venue_unavailable', `the price service answered ${response.status}`, 'retry');
    return await response.json();
  } catch (cause) {
    if (cause instanceof VenueError) throw cause;
    if (cause instanceof SyntaxError) throw unreadable(cause);
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new VenueError('venue_unreachable', `the price service does not answer: ${why}`, 'retry', {
      cause,
    });
  }
}

const unreadable = (cause: unknown): VenueError =>
  new VenueError('venue_unreadable', "the price service's answer has an unknown form", 'retry', { cause });

const endpoint = (url: string): URL => new URL(LATEST_PATH, url.endsWith('/') ? url : `${url}/`);

/** Returns a number without an exponent, which small ones like `1e-7` have. */
const numberText = (value: number): string =>
  String(value).includes('e') ? value.toFixed(20) : String(value);
