import { expect, test } from 'vitest';
import { normaliseSymbol } from './symbols.ts';

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

test('with the listed symbols a bare name finds its one market', () => {
  const listed = ['BTC', 'xyz:TSLA', 'EUR-USD', 'xyz:GOLD', 'flx:GOLD', 'km:XAU', 'xyz:XAU'];
  expect(read('TSLA', listed)).toBe('xyz:TSLA');
  expect(read('$btc', listed)).toBe('BTC');
  expect(read('XAU', listed)).toBe('ambiguous_symbol');
  expect(read('DOGE', listed)).toBe('unknown_instrument');
});
