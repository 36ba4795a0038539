import type { Symbol } from '#domain/ids.ts';
import type { Call } from '../call.ts';
import { indexUntil, type PriceSeries } from '../prices/price-series.ts';
import type { DataFinding, UntradedSignal } from '../result.ts';
import type { CallLine, PostLine } from '../signals/posts.ts';

const nowhere = { file: null, line: null, from: null, to: null } as const;

/** Returns what posts say about themselves that a result depends on: edits, deletions, and none of either. */
export function findPostFaults(lines: readonly CallLine[], file: string): DataFinding[] {
  const posts = lines.filter((line): line is PostLine => line.kind === 'post');
  const edited = posts.filter(({ editedAt }) => editedAt !== null);
  const deleted = posts.filter(({ deletedAt }) => deletedAt !== null);
  const found: DataFinding[] = [];
  const add = (
    kind: DataFinding['kind'],
    level: DataFinding['level'],
    about: readonly PostLine[],
    text: string,
  ) =>
    found.push({
      kind,
      level,
      file,
      line: about[0]?.line ?? null,
      symbol: null,
      count: about.length,
      from: about[0]?.postedAt ?? null,
      to: about.at(-1)?.postedAt ?? null,
      text,
    });
  if (edited.length > 0)
    add(
      'edited_post',
      'warning',
      edited,
      `${plural(edited.length, 'post was', 'posts were')} edited: what they said first is not known, and they are not traded`,
    );
  if (deleted.length > 0)
    add(
      'deleted_post',
      'note',
      deleted,
      `${plural(deleted.length, 'post was', 'posts were')} deleted later; they count as they were`,
    );
  if (posts.length > 0 && deleted.length === 0)
    add(
      'deleted_post',
      'warning',
      [],
      'no post is marked as deleted: authors delete calls that lose, and these posts may lack them',
    );
  return found;
}

/** Returns which instruments calls name whose prices were not given. */
export function findMissing(refusals: readonly UntradedSignal[]): DataFinding[] {
  const missing = new Map<Symbol, number>();
  for (const { code, symbol } of refusals)
    if (code === 'no_prices' && symbol !== null) missing.set(symbol, (missing.get(symbol) ?? 0) + 1);
  return [...missing].map(([symbol, count]) => ({
    ...nowhere,
    kind: 'missing_instrument',
    level: 'warning',
    symbol,
    count,
    text: `${plural(count, 'call names', 'calls name')} ${symbol}, whose prices were not given or do not reach there`,
  }));
}

/** Returns how many calls lie outside of the prices of their instrument, and instruments whose prices end early. */
export function findCoverage(
  calls: readonly Call[],
  markets: ReadonlyMap<Symbol, { series: PriceSeries }>,
): DataFinding[] {
  return [...markets].flatMap(([symbol, { series }]): DataFinding[] => {
    const own = calls.filter(({ terms }) => terms.symbol === symbol);
    const [first, last] = [series.times[0]!, series.times[series.length - 1]! + (series.intervalMs ?? 0)];
    const outside = own.filter(({ postedAt }) => postedAt < first || postedAt > last);
    const found: DataFinding[] = [];
    if (outside.length > 0)
      found.push({
        ...nowhere,
        kind: 'coverage',
        level: 'warning',
        symbol,
        count: outside.length,
        from: first,
        to: last,
        text: `${outside.length} of ${own.length} calls of ${symbol} lie outside of its prices, ${iso(first)} to ${iso(last)}`,
      });
    return [...found, ...endsEarly(symbol, series, markets)];
  });
}

const DAY_MS = 86_400_000;

/** Prices that end a day before all others: an instrument that was delisted, or a file that is too short. */
function endsEarly(
  symbol: Symbol,
  { times, length }: PriceSeries,
  markets: ReadonlyMap<Symbol, { series: PriceSeries }>,
): DataFinding[] {
  const end = Math.max(...[...markets.values()].map(({ series }) => series.times[series.length - 1]!));
  const own = times[length - 1]!;
  if (end - own < DAY_MS) return [];
  const text = `prices of ${symbol} end ${iso(own)}, while others go on to ${iso(end)}: it was delisted, or its file is short`;
  return [{ ...nowhere, kind: 'delisted', level: 'warning', symbol, count: 1, from: own, to: end, text }];
}

/** Returns the prices that calls name, each beside the newest one at that time. */
export const namedPrices = (
  calls: readonly Call[],
  series: PriceSeries,
): { price: number; known: number }[] =>
  calls.flatMap(({ callPrice, postedAt, terms }) => {
    if (callPrice === null || terms.symbol !== series.symbol) return [];
    const at = indexUntil(series, postedAt);
    return at < 0 ? [] : [{ price: Number(terms.referencePrice ?? callPrice), known: series.open[at]! }];
  });

const iso = (t: number): string => new Date(t).toISOString();

const plural = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;
