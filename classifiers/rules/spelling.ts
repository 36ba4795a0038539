const EXCHANGES =
  'BINANCE|BYBIT|OKX|OKEX|KUCOIN|BITGET|MEXC|COINBASE|KRAKEN|BITSTAMP|BITFINEX|BITMEX|DERIBIT|PHEMEX|GATEIO|HUOBI|HTX|BINGX|' +
  'GEMINI|CRYPTOCOM|HYPERLIQUID|OSTIUM|OANDA|FX|FX_IDC|FXCM|FOREXCOM|PEPPERSTONE|CAPITALCOM|SAXO|EIGHTCAP|ICMARKETS|BLACKBULL|TVC|' +
  'NASDAQ|NYSE|AMEX|ARCA|CBOE|CME|COMEX|NYMEX|SP|DJ|DJCFD|INDEX|CRYPTOCAP|CRYPTO|XETR|LSE|BATS';
const LEVEL_WORDS =
  'sl|tp|tps|tgt|target|entry|stop|stoploss|buy|sell|long|short|lev|leverage|cross|isolated|iso';

/** Ways of writing that come down to one. Applied in order to the plain text. */
const SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`\\b(?:${EXCHANGES}):(?=[A-Z])`, 'gu'), '$'],
  // TradingView marks a perpetual by `.P`.
  [/\b([A-Z0-9]{2,15}(?:USDT|USDC|USD))\.P\b/gu, '$1'],
  [/\b([A-Z0-9]{2,10}) ?\/ ?(USDT|USDC|USD|PERP)\b/gu, '$1/$2'],
  [/\bs ?\/ ?l\b|\bs\.l\.?(?=[\s:])/giu, 'sl'],
  [/\bt ?\/ ?p(?=\d?\b)|\bt\.p\.?(?=[\s:\d])/giu, 'tp'],
  [/\bb ?\/ ?e\b/giu, 'be'],
  [/\btake[- ]?profits?\b/giu, 'takeprofit'],
  [/\bstop[- ]?loss(?:es)?\b/giu, 'stoploss'],
  [/\bbreak[- ]?even\b/giu, 'breakeven'],
  [
    /\b(?:takeprofit|target|tgt|tp)s? ?#?([1-9])(?=\s*[:)=@(-]\s*[$€£]?\d|\s+(?:at|is|@|price|target)?\s*:?\s*[$€£]?\d|\s*[:)]\s*$)/gimu,
    'tp$1',
  ],
  [new RegExp(`\\b(${LEVEL_WORDS})(?=\\d{2,}|\\d+[.,]\\d|\\d+\\s?%|\\$\\d)`, 'giu'), '$1 '],
  [/\btake ?:/giu, 'tp:'],
  [/\b(?:risk(?:ing)? to|(?:out|cut|bail) (?:under|below|above|over))(?= ?\$?\d)/giu, 'stop'],
  [/\b(?:looking for|looking at|aiming (?:for|at)|out(?: at)?)(?= ?[:@]? ?\$?\d)/giu, 'target'],
  [/\bshrot\b/giu, 'short'],
  [/(\d)(usdt|usdc|usd)\b/giu, '$1 $2'],
  // `.12` is `0.12`.
  [/(?<=^|[\s@:=($-])\.(?=\d)/gu, '0.'],
  // `x20` is `20x`.
  [/(?<![\p{L}\d])x ?(\d{1,3})(?![\p{L}\d.,])/giu, '$1x'],
  [/(\d)\s+x\b(?= |$|\n|\))/giu, '$1x'],
];

/** `3 100`: most languages but English part thousands by a space. */
const SPACED = /(?<![\d.,] ?)(\d{1,2}) (\d{3})(?![\d.,]*\d| \d)/gu;
/** `102 400` beside `99 900`, which nothing else can be. */
const SPACED_TOO = /(?<![\d.,] ?|\b(?:tp|target) )(\d{1,3}) (\d{3})(?![\d.,]*\d| \d)/gu;
const SPACED_SURELY = /(?<![\d.,] ?)\b\d{2} \d{3}(?![\d.,]*\d| \d)/u;

/** Returns the text with abbreviations, glued words and exchange names written in one way. */
export const spelledOut = (text: string, isTranslated: boolean): string =>
  SPELLINGS.reduce(
    (read, [pattern, spelling]) => read.replace(pattern, spelling),
    joined(text, isTranslated),
  );

function joined(text: string, isTranslated: boolean): string {
  if (SPACED_SURELY.test(text)) return text.replace(SPACED_TOO, '$1$2');
  return isTranslated ? text.replace(SPACED, '$1$2') : text;
}
