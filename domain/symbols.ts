import type { Symbol } from './ids.ts';
import { accept, refuse, type Ruling } from './reasons.ts';
import { ALIASES, CURRENCIES, DOLLARS, FIAT, FIAT_LENGTH, HOMONYMS, THOUSANDS } from './symbol-names.ts';

const CONTRACT_ENDING = /[-_/.](?:PERP|PERPETUAL|SWAP|FUTURES?)$|(?<=[A-Z0-9])PERP$/u;

export type SymbolRefusal = 'unknown_instrument' | 'ambiguous_symbol';

/**
 * The canonical symbol for how people and venues write one: `BTC` for `$btc`, `BTC-USD`, `BTCUSDT`, `BTC-PERP`;
 * `EUR-USD` for `EURUSD`; `kPEPE` for `1000PEPE`; `xyz:TSLA` for a builder's market. What is quoted in dollars
 * goes by its name alone, except currencies, which are pairs. With `listed`, the symbols venues have, upper and
 * lower case do not matter, and a bare `TSLA` finds the one market of that name. What can mean two things is
 * refused with what it can mean, never guessed. A coin that is listed by the thousand only is found under that name.
 */
export function normaliseSymbol(text: string, listed?: ReadonlySet<Symbol>): Ruling<Symbol, SymbolRefusal> {
  const trimmed = text.trim().replace(/^[$#]/u, '');
  const alone = canonical(trimmed);
  return listed ? amongListed(trimmed, alone, listed) : alone;
}

/**
 * The canonical symbol of a pair that a venue names by its two halves: `BTC` and `USD` make `BTC`, `EUR` and `USD`
 * make `EUR-USD`, `DAX` and `EUR` make `DAX-EUR`. An index that shares its name with a coin has one of its own.
 */
export function pairSymbol(base: string, quote: string): Symbol {
  const [from, to] = [base.toUpperCase(), quote.toUpperCase()];
  if (FIAT.includes(from) || !DOLLARS.includes(to)) return `${from}-${to}`;
  return HOMONYMS[from] ?? named(from);
}

function canonical(text: string): Ruling<Symbol, SymbolRefusal> {
  const market = /^([A-Za-z][A-Za-z0-9]{0,9}):([A-Za-z0-9]{1,20})$/u.exec(text);
  if (market?.[1] !== undefined && !DOLLARS.includes(market[2]?.toUpperCase() ?? '')) {
    return accept(`${market[1].toLowerCase()}:${market[2]?.toUpperCase()}`);
  }
  const upper = text
    .toUpperCase()
    .replace(/:(?:USDT|USDC|USD)$/u, '')
    .replace(CONTRACT_ENDING, '');
  if (!/^[A-Z0-9]{1,20}(?:[-/_][A-Z0-9]{1,20})?$/u.test(upper)) {
    return refuse('unknown_instrument', `"${text.slice(0, 40)}" is not a symbol.`);
  }
  const [base, quote] = upper.split(/[-/_]/u);
  if (base === undefined) return refuse('unknown_instrument');
  return quote === undefined ? single(base) : pair(base, quote);
}

/** A base and a quote, written apart. */
function pair(base: string, quote: string): Ruling<Symbol, SymbolRefusal> {
  if (base === quote) return refuse('unknown_instrument', `${base} against itself is not traded.`);
  if (FIAT.includes(base) && FIAT.includes(quote)) return accept(`${base}-${quote}`);
  if (DOLLARS.includes(quote) && !FIAT.includes(base)) return accept(named(base));
  return refuse('unknown_instrument', `${base} is not quoted in ${quote} here.`);
}

/** One word: two currencies, a base with a dollar written onto it, or a name alone. */
function single(word: string): Ruling<Symbol, SymbolRefusal> {
  const [first, second] = [word.slice(0, FIAT_LENGTH), word.slice(FIAT_LENGTH)];
  if (FIAT.includes(first) && FIAT.includes(second)) return pair(first, second);
  if (DOLLARS.includes(word)) return refuse('ambiguous_symbol', `${word} is what prices are quoted in.`);
  if (CURRENCIES.includes(word)) return refuse('ambiguous_symbol', `Name the pair, such as ${word}-USD.`);
  const quote = ['USDT', 'USDC', 'USD'].find((dollar) => word.endsWith(dollar));
  if (quote === undefined) return accept(named(word));
  const base = word.slice(0, -quote.length);
  // sUSD, for one, is a coin of its own as well as S quoted in dollars.
  if (base.length < 2) return refuse('ambiguous_symbol', `Write ${base} or ${base}-USD.`);
  return pair(base, quote);
}

function named(base: string): Symbol {
  const thousand = /^(?:K|1000)(.+)$/u.exec(base)?.[1];
  if (thousand !== undefined && THOUSANDS.includes(thousand)) return `k${thousand}`;
  return ALIASES[base] ?? base;
}

/** From the surest reading to the loosest: the first that finds anything decides, or finds too much. */
function amongListed(
  text: string,
  alone: Ruling<Symbol, SymbolRefusal>,
  listed: ReadonlySet<Symbol>,
): Ruling<Symbol, SymbolRefusal> {
  const symbol = alone.ok ? alone.value : text.toUpperCase().replace(/[/_]/u, '-');
  const homonym = HOMONYMS[symbol];
  const coin = spelledOut(symbol);
  const isSure = homonym === undefined || text.toUpperCase().startsWith(coin);
  if (!isSure && listed.has(symbol) && listed.has(homonym)) return among([coin, homonym]);
  if (listed.has(text)) return accept(text);
  if (alone.ok && listed.has(symbol)) return alone;
  const readings = [
    [...listed].filter((each) => isSame(each, text) || isSame(each, symbol)),
    alone.ok ? [...listed].filter((each) => isMarketOf(each, symbol)) : [],
  ];
  const found = readings.find((matches) => matches.length > 0);
  if (found) return among(found);
  if (alone.ok && THOUSANDS.includes(symbol) && listed.has(`k${symbol}`)) return accept(`k${symbol}`);
  return alone.ok ? refuse('unknown_instrument', hint(symbol, listed)) : withCandidates(text, alone, listed);
}

const among = (matches: readonly Symbol[]): Ruling<Symbol, SymbolRefusal> => {
  const [only, ...others] = matches;
  return only !== undefined && others.length === 0
    ? accept(only)
    : refuse('ambiguous_symbol', `It can be ${matches.toSorted().join(' or ')}.`);
};

const isSame = (one: string, other: string): boolean => one.toUpperCase() === other.toUpperCase();

/**
 * Returns whether the listed symbol is a market of that name or of an alias of it: a builder's market, or one in a
 * currency.
 */
function isMarketOf(each: Symbol, symbol: Symbol): boolean {
  const own = each.includes(':') ? each.slice(each.indexOf(':') + 1) : each.split('-')[0];
  return own !== undefined && own !== each && named(own.toUpperCase()) === symbol;
}

/** How a coin is written whose name alone can also mean an index. */
const spelledOut = (symbol: Symbol): string =>
  Object.entries(ALIASES).find(([, name]) => name === symbol)?.[0] ?? symbol;

function hint(symbol: Symbol, listed: ReadonlySet<Symbol>): string {
  const [base, quote] = symbol.split('-');
  const near = [`k${symbol}`, quote === undefined ? '' : `${quote}-${base}`].filter((each) =>
    listed.has(each),
  );
  const listedNear = near.length === 0 ? '' : ` ${near.join(' and ')} is.`;
  return `"${symbol}" is not listed.${listedNear}`;
}

/** A currency alone is refused with the pairs it is half of. */
function withCandidates(
  text: string,
  refused: Ruling<Symbol, SymbolRefusal>,
  listed: ReadonlySet<Symbol>,
): Ruling<Symbol, SymbolRefusal> {
  const half = text.toUpperCase();
  if (!CURRENCIES.includes(half)) return refused;
  const pairs = [...listed].filter(
    (each) => each.split('-').includes(half) || each.toUpperCase().endsWith(`:${half}`),
  );
  return pairs.length === 0
    ? refused
    : refuse('ambiguous_symbol', `Name one of ${pairs.toSorted().join(', ')}.`);
}
