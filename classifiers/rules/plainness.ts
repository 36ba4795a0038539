import { around, precedingWords } from './context.ts';
import * as lexicon from './lexicon.ts';
import { isLevelWord } from './levels.ts';
import type { Token } from './tokens.ts';

/** Words beside the lexicon that a bare call is made of: "just went long BTC here, market". */
const PLAIN = new Set(
  (
    'i im ive we were a an the some more my here now at on in of to for with and just again today market limit entry entered ' +
    'opened opening open going go went got taking took take adding added add starting started start position trade trading ' +
    'small little bit big size scalp swing spot perp perps futures call signal setup idea new alert please guys all everyone ' +
    'is it up this right away asap immediately x lev leverage cross isolated isolation usdt usd usdc price around near from ' +
    'loading bags bag dip will be am me lets let us team full half quick risky high low conviction strong very nice good ' +
    'recommend recommends recommending initiate initiating initiated enter entering via direction side type pair coin symbol ' +
    'regular financial advice not dont miss brainer nfa dyor h m tf chart time frame term short long buy sell'
  ).split(' '),
);
/** A call without stop and target may hold this many other words. */
const MAX_OTHER_WORDS = 3;
/** What points at a position that exists already: "that ADA short". */
const POINTERS = new Set([
  'the',
  'that',
  'this',
  'those',
  'these',
  'our',
  'your',
  'my',
  'his',
  'their',
  'last',
  'previous',
]);

/**
 * Whether the clause of a side does little else than call: few words beside those of a call, and nothing that points
 * at a position which exists. A side without stop and target is no call in a longer clause.
 */
export function isPlainCall(tokens: readonly Token[], at: number): boolean {
  const others = around(tokens, at).filter((word) => !isPlain(word)).length;
  return others <= MAX_OTHER_WORDS && !isPointedAt(tokens, at);
}

const isPlain = (word: string): boolean =>
  PLAIN.has(word) ||
  lexicon.CALL_WORDS.has(word) ||
  lexicon.NAMES.has(word) ||
  lexicon.TICKERS.has(word) ||
  isLevelWord(word) ||
  lexicon.WORD_TICKERS.has(word.toUpperCase());

function isPointedAt(tokens: readonly Token[], at: number): boolean {
  if (!['long', 'short', 'buy', 'sell'].includes(tokens[at]?.lower ?? '')) return false;
  const before = precedingWords(tokens, at, 2);
  return (
    !before.includes('miss') &&
    !precedingWords(tokens, at, 4).includes('miss') &&
    before.some((word) => POINTERS.has(word))
  );
}
