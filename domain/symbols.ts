import type { Symbol } from './ids.ts';
import { accept, refuse, type Ruling } from './reasons.ts';

const CURRENCIES = 'EUR GBP JPY CHF CAD AUD NZD MXN SEK NOK SGD HKD CNH ZAR TRY BRL INR KRW'.split(' ');
const DOLLARS = ['USD', 'USDT', 'USDC', 'USDE', 'USDH'];
const FIAT = ['USD', ...CURRENCIES];
const FIAT_LENGTH = 3;
/** Quoted per thousand where the single unit has too small a price; the `k` belongs to the name. */
const THOUSANDS = ['PEPE', 'SHIB', 'BONK', 'FLOKI', 'LUNC', 'DOGS', 'NEIRO'];
const ALIASES: Record<string, string> = { XBT: 'BTC', GOLD: 'XAU', SILVER: 'XAG' };
const CONTRACT_ENDING = /[-_/.](?:PERP|PERPETUAL|SWAP|FUTURES?)$|(?<=[A-Z0-9])PERP$/u;

type SymbolRefusal = 'unknown_instrument' | 'ambiguous_symbol';

/**
 * The canonical symbol for how people and venues write one: `BTC` for `$btc`, `BTC-USD`, `BTCUSDT`, `BTC-PERP`;
 * `EUR-USD` for `EURUSD`; `kPEPE` for `1000PEPE`; `xyz:TSLA` for a builder's market. What is quoted in dollars
 * goes by its name alone, except currencies, which are pairs. With `listed`, the symbols venues have, a bare
 * `TSLA` finds the one market of that name. What can mean two things is refused, never guessed.
 */
export function normaliseSymbol(text: string, listed?: ReadonlySet<Symbol>): Ruling<Symbol, SymbolRefusal> {
  const trimmed = text.trim().replace(/^[$#]/u, '');
  if (listed?.has(trimmed)) return accept(trimmed);
  const market = /^([a-z][a-z0-9]{0,9}):([A-Za-z0-9]{1,20})$/u.exec(trimmed);
  if (market) return accept(`${market[1]}:${market[2]?.toUpperCase()}`);
  const symbol = canonical(trimmed);
  if (!symbol.ok || !listed || listed.has(symbol.value)) return symbol;
  return amongListed(symbol.value, listed);
}

function canonical(text: string): Ruling<Symbol, SymbolRefusal> {
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

function amongListed(symbol: Symbol, listed: ReadonlySet<Symbol>): Ruling<Symbol, SymbolRefusal> {
  const matches = [...listed].filter((each) => each === `${symbol}-USD` || each.endsWith(`:${symbol}`));
  const [only] = matches;
  if (only === undefined) return refuse('unknown_instrument', `"${symbol}" is not listed.`);
  return matches.length === 1
    ? accept(only)
    : refuse('ambiguous_symbol', `It can be ${matches.join(' or ')}.`);
}
