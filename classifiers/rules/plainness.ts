import { followingWords, precedingWords } from './context.ts';
import * as lexicon from './lexicon.ts';
import { isLevelWord } from './levels/level-words.ts';
import type { Token } from './tokens.ts';

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Words beside the lexicon that a bare call is made of: "just went long BTC here, market". */
const PLAIN = set(
  'i im ive we were a an the some more my here now at on in of to for with and just again today market limit entry entered ' +
    'opened opening open going go went got taking took take adding added add starting started start position trade trading ' +
    'small little bit big size scalp swing spot perp perps futures call signal setup idea new alert please guys all everyone ' +
    'it up this right away asap immediately x lev leverage cross isolated isolation usdt usd usdc price around near from ' +
    'loading bags bag dip will be am me lets let us team full half quick risky high low conviction strong very nice good ' +
    'recommend recommending initiate initiating initiated enter entering via direction side type pair coin symbol ' +
    'regular financial advice not dont miss brainer nfa dyor h m tf chart time frame term short long buy sell into ok okay lol ' +
    'imo imho lfg one early entries order instant current levels another tactical outright exposure flip flipping flipped pump ' +
    'rally bounce retest market chart stop move open close minute minutes min mins ago moment as tiny starter first second tight putting put swap ' +
    // The small words of other languages.
    'de da do del di la el le les un une una einen eine em na sur auf der die das den bei im en y e et und ve в на по с от к и',
);
/** The time frame of a chart: `15m`, `4h`. */
const TIME_FRAME = /^\d{1,2}[mhdw]$/u;
/** A clause that tells what its author does may hold this many other words, a headline fewer. */
const MAX_OTHER_WORDS = { act: 3, headline: 0 };
/** Forms of a side that tell of an act: "shorting BTC", not "BTC short". */
const ACTS = set(
  'longing buying bidding accumulating aping shorting selling longed bought aped shorted sold',
);
/** In front of a side they tell what its author does: "took a short". */
const OPENING = set(
  'opened opening open going go went taking took take adding added add starting started start entered entering enter flipped ' +
    'flipping putting initiate initiating initiated recommend recommending',
);
const FIRST_PERSON = set('i im ive we were weve lets me');
/** Words that point at a position that exists already: "that ADA short". */
const POINTERS = set('next the that this those these our your my his their last previous');
const TO_BE = set('is are was were be been being looks look seems remains remain feels sounds');
/** Behind an instrument they still speak of it; any other noun makes it an adjective: "a BTC hoodie". */
const BEHIND_INSTRUMENT = set(
  'into from with over under above below off against via after before because since while though although if so or until ' +
    'back too also bids bid offers half x',
);

/**
 * Whether the words around a side do little else than call. A side without stop and target is no call in a longer clause,
 * beside a position that exists, as what something "is", or where the instrument only describes another thing.
 * `mentions` are the places of its instruments.
 */
export function isPlainCall(tokens: readonly Token[], at: number, mentions: readonly number[]): boolean {
  const before = precedingWords(tokens, at, 12);
  if (isPointedAt(tokens, at) || isWhatSomethingIs(before) || isSomebodysAct(tokens[at], before))
    return false;
  const near = mentions.filter((mention) => isInSentence(tokens, mention, at));
  if (near.some((mention) => describesAnother(tokens, mention))) return false;
  if (isDoneBy(tokens, at, mentions)) return false;
  // A side without its instrument in the sentence may be of anything: "I said buy bread".
  const limit = near.length > 0 && isAct(tokens[at], before) ? MAX_OTHER_WORDS.act : MAX_OTHER_WORDS.headline;
  const names = new Set(near.map((mention) => tokens[mention]?.lower ?? ''));
  return otherWords(tokens, [at, ...near], names) <= limit;
}

const isInSentence = (tokens: readonly Token[], one: number, other: number): boolean =>
  tokens[one]?.sentence === tokens[other]?.sentence;

/** How many words of no call stand in the clauses of these places, the fullest clause counting; `names` are no such words. */
const otherWords = (
  tokens: readonly Token[],
  places: readonly number[],
  names: ReadonlySet<string>,
): number =>
  Math.max(
    ...places.map(
      (at) =>
        [...precedingWords(tokens, at, 12), ...untilLevel(followingWords(tokens, at, 12))].filter(
          (word) => !isPlain(word) && !names.has(word),
        ).length,
    ),
  );

/** The words up to where a level is named: what is said of a stop says nothing of the call. */
function untilLevel(words: readonly string[]): readonly string[] {
  const end = words.findIndex(isLevelWord);
  return end === -1 ? words : words.slice(0, end);
}

const isPlain = (word: string): boolean =>
  PLAIN.has(word) ||
  TIME_FRAME.test(word) ||
  lexicon.CALL_WORDS.has(word) ||
  lexicon.NAMES.has(word) ||
  lexicon.TICKERS.has(word) ||
  isLevelWord(word) ||
  lexicon.WORD_TICKERS.has(word.toUpperCase());

function isAct(token: Token | undefined, before: readonly string[]): boolean {
  if (ACTS.has(token?.lower ?? '')) return true;
  return before.slice(-4).some((word) => OPENING.has(word) || FIRST_PERSON.has(word));
}

/** "tech sold again", "Grayscale buying BTC", but not "finally bought". */
function isSomebodysAct(token: Token | undefined, before: readonly string[]): boolean {
  const last = before.at(-1);
  if (last !== undefined && TO_BE.has(last) && before.some((word) => FIRST_PERSON.has(word))) return false;
  if (opensBefore(before)) return true;
  return ACTS.has(token?.lower ?? '') && last !== undefined && !isPlain(last) && !last.endsWith('ly');
}

const DONE_OPENINGS = set('opened went took added started entered flipped');
const ADVERBS = set('just also already now again then has have had finally');

/** "Peter just went long": the one who opens is named, and is not the author. */
function opensBefore(before: readonly string[]): boolean {
  const verb = before.findLastIndex((word) => DONE_OPENINGS.has(word));
  const subject = before.slice(0, Math.max(verb, 0)).findLast((word) => !ADVERBS.has(word));
  return subject !== undefined && !isPlain(subject) && !subject.endsWith('ly');
}

/** "BTC is a buy", "hard to be short", "CT is max short", but not "I am short". */
function isWhatSomethingIs(before: readonly string[]): boolean {
  const at = before.findLastIndex((word) => TO_BE.has(word));
  return at !== -1 && !before.slice(0, at + 1).some((word) => FIRST_PERSON.has(word));
}

/** "a BTC hoodie", "gold jewellery". */
function describesAnother(tokens: readonly Token[], mention: number): boolean {
  const next = tokens[mention + 1];
  if (next?.kind !== 'word' || next.sentence !== tokens[mention]?.sentence) return false;
  return !isPlain(next.lower) && !BEHIND_INSTRUMENT.has(next.lower);
}

/** "gold sold" is news, "sold gold" a trade. */
const isDoneBy = (tokens: readonly Token[], at: number, mentions: readonly number[]): boolean =>
  mentions.includes(at - 1) && lexicon.CALL_WORDS.get(tokens[at]?.lower ?? '')?.done === true;

function isPointedAt(tokens: readonly Token[], at: number): boolean {
  if (!['long', 'short', 'buy', 'sell'].includes(tokens[at]?.lower ?? '')) return false;
  const before = precedingWords(tokens, at, 5);
  if (before.includes('miss') || isAddedTo(before)) return false;
  return before.slice(-2).some((word) => POINTERS.has(word));
}

/** "adding to my SOL short" enlarges the position: it is a call like the first one. */
export const isAddedTo = (before: readonly string[]): boolean =>
  before.some((word, index) => /^add(?:ing|ed)?$/u.test(word) && before[index + 1] === 'to');
