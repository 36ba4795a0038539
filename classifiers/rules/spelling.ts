const EXCHANGES =
  'BINANCE|BYBIT|OKX|OKEX|KUCOIN|BITGET|MEXC|COINBASE|KRAKEN|BITSTAMP|BITFINEX|BITMEX|DERIBIT|PHEMEX|GATEIO|HUOBI|HTX|BINGX|' +
  'GEMINI|CRYPTOCOM|HYPERLIQUID|OSTIUM|OANDA|FX|FX_IDC|FXCM|FOREXCOM|PEPPERSTONE|CAPITALCOM|SAXO|EIGHTCAP|ICMARKETS|BLACKBULL|TVC|' +
  'NASDAQ|NYSE|AMEX|ARCA|CBOE|CME|COMEX|NYMEX|SP|DJ|DJCFD|INDEX|CRYPTOCAP|CRYPTO|XETR|LSE|BATS';
const LEVEL_WORDS =
  'sl|tp|tps|tgt|target|entry|stop|stoploss|buy|sell|long|short|lev|leverage|cross|isolated|iso';

/** Ways of writing that come down to one. Applied in order to the plain text. */
const SPELLINGS: readonly (readonly [RegExp, string])[] = [
  // The posts of a thread: `1/ Long SUI`, then `2/ In at 1.12`.
  [
    /(?<=^|\n)\s*(?:1\/\d{0,2}(?=\s+\p{L}[^]*\n\s*2\/)|[2-9]\/\d{0,2}(?=\s+\p{L})|1\d\/\d{0,2}(?=\s+\p{L}))/gu,
    '',
  ],
  [/\bnat(?:ural)? gas\b/giu, 'natgas'],
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
  [/\btakes? ?:/giu, 'tp:'],
  [/\btakes?(?= \$?\d[\d.,]*k?\b(?! ?%))/giu, 'tp'],
  // Where a stop or an entry was named, an exit is the target.
  [
    /(?<=\b(?:sl|stop|stoploss|entry)\b[^]{0,80})\b(?:exit|cover|trim|scale out)(?: at)?(?= ?[:=@]? ?\$?\d(?![\d.,]* ?%))/giu,
    'target',
  ],
  [/(?<=\bshort\b[^]{0,80})\bcover(?: at)?(?= ?[:=@]? ?\$?\d)/giu, 'target'],
  [/(?<=^|[.,;\n] ?|\bi'?m )in (?:at|@)(?= ?\$?\d)/giu, 'entry'],
  [/\bfilled (?:on|at) my\b/giu, 'filled'],
  // "Entered TON longs", "Longs on HYPE 31, stop 30".
  [
    /(?<=\b(?:enter|entered|entering|open|opened|opening|add|added|adding|took|take|taking|starting|started)\s(?:some |small |a few |more |new )?(?:[$#]?[A-Z]{2,10}\s)?)(long|short)s\b/giu,
    '$1',
  ],
  [/(?<=^|\n)(long|short)s(?=(?: ?:| on| in| from)[^]{1,80}\b(?:sl|stop|tp\d?|target)\b)/giu, '$1'],
  [/(\d[\d.,]*\d) out(?=\s*(?:[.,;|\n]|$))/giu, 'target $1'],
  [/(\d[\d.,]*\d) in(?=\s*[,;|\n])/giu, 'entry $1'],
  [/\bclose ?= ?(?=\d)/giu, 'price = '],
  [/\bspot(?: ref\.?| reference)?(?=:? ?(?:(?:usd|eur) |[$€£])?\d)/giu, 'entry'],
  // The Turkish words for buying and selling, where they cannot be anything else.
  [/(?<=\b[A-Z]{3,10} )AL(?= \d)/gu, 'buy'],
  [/(?<=\b[A-Z]{3,10} )SAT(?= \d)/gu, 'sell'],
  [/\bs ?& ?p(?: ?500)?(?![\p{L}\d])/giu, 'SPX500'],
  [/\bdow jones\b/giu, 'US30'],
  [/\bwe're\b/giu, 'we are'],
  [/\bopen(?= ?[:=@] ?\$?\d)|(?<=[|,;\n] ?)\bopen(?= \$?\d[\d.,]*\s*[|,;\n])/giu, 'entry'],
  // Lists without spaces: `[2980,2920]`.
  [/(\d{4,}|\d+\.\d+),(?=\d{4,}|\d+\.\d)/gu, '$1, '],
  [/(?<=\[[\d.,\s]{0,80}),(?=\d)/gu, ', '],
  [/(?<=\b(?:buy|bought|long)\b[^]{3,200})\b(?:will|ill|i'll) sell(?: it)?(?: at)?(?= ?\$?\d)/giu, 'target'],
  // The exit of a buy: "buy 1.20, stop 1.10, sell 1.40".
  [/(?<=\bbuy\b[^]{3,200})\bsell(?= (?:zone|target|targets|price)\b)/giu, 'target'],
  [
    /(?<=\bbuy\b[^]{3,200}\d[$€]?\s*[,|;]?\s*)\bsell(?= ?(?:at|@|:)? ?\$?\d[\d.,]*k?[$€]?(?:\s*[-/,&]\s*\$?\d[\d.,]*k?[$€]?)*\s*(?:$|[|\n]))/giu,
    'target',
  ],
  // "Taking 25% at 2,610, 75% at 2,570".
  [/\b(?:taking|take|closing|close|selling|sell|tp)s?:? (?=\d+ ?% (?:at|@) ?\$?\d)/giu, 'tp '],
  [/(?<![\d.]|\b(?:size|risk|risking) ?:? ?)(\d+) ?% (?:at|@) ?(\$?\d[\d.,]*\d)/gu, '$2 ($1%)'],
  [/(?<=^|[\n,|;])[^\S\n]*e(?= ?(?:\u2192|:|=|@) ?\$?\d)/giu, 'entry'],
  [/\b(?:to|in|into|for) (?:our|the|my) (?:model )?portfolio\b/giu, ''],
  [/\b(?:picked up|scooped(?: up)?|grabbed|loaded(?: up on)?)(?= (?:some|more|a|\$|[A-Z]{2,}))/gu, 'bought'],
  [
    /\b(?:picking up|scooping(?: up)?|grabbing|loading(?: up)?(?: on)?)(?= (?:some|more|a|\$|[A-Z]{2,}))/gu,
    'buying',
  ],
  [/\badded(?= \$?[A-Z]{2,6}\b ?(?:@|at))/gu, 'bought'],
  [/\brisk(?:ing)?(?= \d+(?:\.\d+)? ?(?:pips?|points?|pts|ticks?)\b)/giu, 'stop'],
  [
    /\b(?:risk(?:ing)? (?:to|above|below|over|under)|(?:out|cut|bail) (?:under|below|above|over|if))(?= ?\$?\d)/giu,
    'stop',
  ],
  [
    /\b(?:looking for|looking at|eyes on|(?:for )?a move to(?:wards)?|aiming (?:for|at)|(?<!\b(?:stopped|taken|knocked|wicked|shaken|kicked) )out(?: at)?)(?= ?[:@]? ?\$?\d)/giu,
    'target',
  ],
  [/(?<=\d)pts?\b/giu, ' points'],
  [/\bshrot\b/giu, 'short'],
  [/(\d)(usdt|usdc|usd)\b/giu, '$1 $2'],
  // `.12` is `0.12`.
  [/(?<=^|[\s@:=($-])\.(?=\d)/gu, '0.'],
  // `x20` is `20x`.
  [/(?<![\p{L}\d])x ?(\d{1,3})(?![\p{L}\d.,])/giu, '$1x'],
  [/(\d)\s+x\b(?= |$|\n|\))/giu, '$1x'],
];

/** `65 250`: one or two digits, a space and three more are one number, unless a label stands before them. */
const SPACED_THOUSANDS = /(?<![\d.,]\s?|[a-z]\s?)(\d{2}) (\d{3})(?![\d.,]*\d| ?\d)/giu;
const SPACED_AFTER_WORD =
  /(?<=\b(?:entry|stop|sl|at|@|target|targets|tp\d?|loss|price)\s*[:@=]?\s*)(\d{2}) (\d{3})(?!\d| \d)/giu;
/** `3 100`: most languages but English part thousands by a space. */
const SPACED = /(?<![\d.,] ?|\p{L})(\d{1,2}) (\d{3})(?![\d.,]*\d| \d)/gu;
/** `102 400` beside `99 900`, which nothing else can be. */
const SPACED_TOO = /(?<![\d.,] ?|\p{L})(?:(?<!\b(?:tp|target) )(\d)|(\d{2,3})) (\d{3})(?![\d.,]*\d| \d)/gu;
const SPACED_SURELY = /(?<![\d.,] ?)\b\d{2} \d{3}(?![\d.,]*\d| \d)/u;

/** Returns the text with abbreviations, glued words and exchange names written in one way. */
export const spelledOut = (text: string, isTranslated: boolean): string =>
  SPELLINGS.reduce(
    (read, [pattern, spelling]) => read.replace(pattern, spelling),
    labelledFirst(joined(text, isTranslated)),
  );

/** "155.10 entry, 154.40 stop, 156.60 target": the names go in front of the numbers, as everywhere else. */
function labelledFirst(text: string): string {
  if (/\bT ?[:=]? ?\d/u.test(text) && /\bS ?[:=]? ?\d/u.test(text))
    return text.replace(/\bT(?= ?[:=]? ?\d)/gu, 'tp').replace(/\bS(?= ?[:=]? ?\d)/gu, 'sl');
  if (!/\d entry\s*[,;|]/iu.test(text)) return text;
  return text.replace(/(\$?\d[\d.,]*\d) (entry|stop|target|sl|tp)(?=\s*(?:[.,;|\n]|$))/giu, '$2 $1');
}

/**
 * `95 105` are two prices of a list where they lie close together and another whole number of the text stands beside them,
 * such as a stop at 82.
 */
function isList(pair: string, text: string): boolean {
  const [first, second] = pair.split(' ').map(Number);
  if (first === undefined || second === undefined || second < first || second > 1.5 * first) return false;
  const others =
    text.replaceAll(pair, ' ').match(/(?<![\d.,] ?)\b\d{2,3}(?:\.\d+)?\b(?![.,]?\d| \d{3}\b|\s?[x%])/gu) ??
    [];
  return others.some((other) => Number(other) > first / 2 && Number(other) < second * 2);
}

function joined(text: string, isTranslated: boolean): string {
  if (SPACED_SURELY.test(text))
    return text.replace(SPACED_TOO, (whole) => (isList(whole, text) ? whole : whole.replace(' ', '')));
  const join = (whole: string): string => (isList(whole, text) ? whole : whole.replace(' ', ''));
  const read = text.replace(SPACED_THOUSANDS, join).replace(SPACED_AFTER_WORD, join);
  return isTranslated ? read.replace(SPACED, '$1$2') : read;
}
