import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { normaliseSymbol, pairSymbol } from './symbols.ts';

const read = (text: string, listed?: string[]) => {
  const symbol = normaliseSymbol(text, listed && new Set(listed));
  return symbol.ok ? symbol.value : symbol.refusal.code;
};

test.each([
  [
    'BTC',
    ['BTC', 'btc', '$BTC', '#btc', ' BTC ', 'BTC-USD', 'BTC/USD', 'BTC-PERP', 'BTCUSDT', 'BTCUSD', 'XBTUSD'],
  ],
  ['BTC', ['BTC/USDT:USDT', 'BTC/USDC', 'BTC-USD-PERP', 'BTCUSDTPERP', 'BTC_USDT', 'btcperp']],
  ['kPEPE', ['kPEPE', 'KPEPE', '1000PEPE', '1000PEPEUSDT', 'kPEPE-USD', '$kpepe']],
  ['PEPE', ['PEPE', '$pepe']],
  ['XAU', ['XAU', 'XAUUSD', 'XAU/USD', 'gold']],
  ['EUR-USD', ['EUR-USD', 'EURUSD', 'EUR/USD', 'eur_usd']],
  ['USD-JPY', ['USDJPY', 'USD/JPY']],
  ['EUR-GBP', ['EURGBP']],
  ['xyz:TSLA', ['xyz:TSLA', 'xyz:tsla']],
  ['TSLA', ['TSLA', '$TSLA']],
  ['KAS', ['KAS', 'KAS-USD']],
])('%s is written %j', (symbol, spellings) => {
  expect(spellings.map((text) => read(text))).toEqual(spellings.map(() => symbol));
});

test('what can mean two things is refused', () => {
  expect(['SUSD', 'USDT', 'EUR', 'USD'].map((text) => read(text))).toEqual(Array(4).fill('ambiguous_symbol'));
});

test('what is no symbol, or not quoted in dollars, is unknown', () => {
  const texts = ['', '$', 'BTC USD', 'BTC-EUR', 'a-b-c', 'USD-USD', '<b>', 'EUR-USDT', 'Ünicode'];
  expect(texts.map((text) => read(text))).toEqual(texts.map(() => 'unknown_instrument'));
});

const LISTED = [
  'BTC',
  'ETH',
  'HYPE',
  'kPEPE',
  'SPX',
  'XAU',
  'EUR-USD',
  'USD-JPY',
  'EUR-GBP',
  'DAX-EUR',
  'SPX500',
];
const BUILT = ['xyz:TSLA', 'xyz:GOLD', 'flx:GOLD', 'xyz:EUR', 'flx:OIL'];
const ALL = [...LISTED, ...BUILT];

test.each([
  ['TSLA', 'xyz:TSLA'],
  ['$btc', 'BTC'],
  ['kpepe', 'kPEPE'],
  ['PEPE', 'kPEPE'],
  ['PEPEUSDT', 'kPEPE'],
  ['gold', 'XAU'],
  ['XAU-USD', 'XAU'],
  ['flx:gold', 'flx:GOLD'],
  ['FLX:OIL', 'flx:OIL'],
  ['EURUSD', 'EUR-USD'],
  ['dax/eur', 'DAX-EUR'],
  ['DAX', 'DAX-EUR'],
  ['SPX6900', 'SPX'],
  ['SP500', 'SPX500'],
])('%s is the listed %s', (text, symbol) => {
  expect(read(text, ALL)).toBe(symbol);
});

test.each([
  ['gold', BUILT, 'flx:GOLD or xyz:GOLD'],
  ['XAU', BUILT, 'flx:GOLD or xyz:GOLD'],
  ['EUR', ALL, 'EUR-GBP, EUR-USD, xyz:EUR'],
  ['jpy', ALL, 'USD-JPY'],
  ['SPX', ALL, 'SPX500 or SPX6900'],
  ['$SPX', ALL, 'SPX500 or SPX6900'],
  ['SPX/USD', ALL, 'SPX500 or SPX6900'],
])('%s is refused with what it can mean', (text, listed, candidates) => {
  expect(normaliseSymbol(text, new Set(listed))).toMatchObject({
    ok: false,
    refusal: { code: 'ambiguous_symbol', text: expect.stringContaining(candidates) },
  });
});

test.each([
  ['DOGE', ''],
  ['JPY-USD', 'USD-JPY is.'],
])('%s is not listed', (text, hint) => {
  expect(normaliseSymbol(text, new Set(ALL))).toMatchObject({
    ok: false,
    refusal: { code: 'unknown_instrument', text: expect.stringContaining(hint) },
  });
});

test.each([
  ['BTC', 'USD', 'BTC'],
  ['EUR', 'USD', 'EUR-USD'],
  ['USD', 'JPY', 'USD-JPY'],
  ['dax', 'eur', 'DAX-EUR'],
  ['SPX', 'USD', 'SPX500'],
])('a venue that lists %s against %s lists %s', (base, quote, symbol) => {
  expect(pairSymbol(base, quote)).toBe(symbol);
  expect(read(symbol)).toBe(symbol.startsWith('DAX') ? 'unknown_instrument' : symbol);
  expect(read(symbol, [symbol])).toBe(symbol);
});

/** Ways of writing a symbol that name it without doubt where nothing else of its name is listed. */
const spellings = (symbol: string): string[] => {
  if (symbol.includes(':')) return [symbol, `$${symbol}`];
  const joined = symbol.includes('-') ? [symbol.replace('-', '/'), symbol.replace('-', '_')] : [];
  const quoted = ['-USD', '/USDT', '-PERP', 'USDC', '-USD-PERP', '/USDC:USDC'].map((end) => symbol + end);
  return [symbol, ` ${symbol} `, `#${symbol}`, ...joined, ...(joined.length === 0 ? quoted : [])];
};

const anyCase = (text: string) =>
  fc
    .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
    .map((upper) =>
      text.replaceAll(/./gu, (letter, at: number) =>
        upper[at] ? letter.toUpperCase() : letter.toLowerCase(),
      ),
    );

const market = fc
  .subarray(
    ALL.filter((symbol) => symbol !== 'SPX500'),
    { minLength: 1 },
  )
  .chain((listed) => fc.record({ listed: fc.constant(listed), symbol: fc.constantFrom(...listed) }));

test('however a listed symbol is written and whatever else is listed, it is found', () => {
  const written = market.chain(({ listed, symbol }) =>
    fc
      .constantFrom(...spellings(symbol))
      .chain((spelling) =>
        fc.record({ listed: fc.constant(listed), symbol: fc.constant(symbol), text: anyCase(spelling) }),
      ),
  );
  fc.assert(
    fc.property(written, ({ listed, symbol, text }) => {
      expect(read(text, listed)).toBe(symbol);
    }),
    { numRuns: 2_000 },
  );
});

test('whatever is written, the answer is listed or a refusal, and reads as itself', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc
      .array(fc.constantFrom('BTC', 'EUR', 'USD', 'k', 'PEPE', 'xyz', 'GOLD', ':', '-', '/', 'PERP', '$'), {
        maxLength: 5,
      })
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, fc.subarray(ALL), (written, listed) => {
      const symbol = read(written, listed);
      expect([...listed, 'unknown_instrument', 'ambiguous_symbol']).toContain(symbol);
      const again = listed.includes(symbol) && !(symbol === 'SPX' && listed.includes('SPX500'));
      expect(again ? read(symbol, listed) : symbol).toBe(symbol);
    }),
    { numRuns: 2_000 },
  );
});
