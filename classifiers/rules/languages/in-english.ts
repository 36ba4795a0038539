import { LANGUAGES, type Meaning } from './words.ts';

/** A text with the trading words of thirteen languages in English; says whether it holds letters of a foreign writing. */
export interface ReadText {
  text: string;
  isForeign: boolean;
  isTranslated: boolean;
}

/** Returns the text with the words for sides, levels and follow-ups of every language that is read, in English. */
export function inEnglish(plain: string): ReadText {
  const numbered = plain
    .replace(TEN_THOUSANDS, (_whole, digits: string) => ` ${Number(digits) * 10_000} `)
    .replace(HUNDRED_MILLIONS, (_whole, digits: string) => ` ${Number(digits) * 100_000_000} `)
    .replace(THEN_TRADE, '如果')
    .replace(BARE_SHORT, ' 做空 ')
    .replace(BARE_LONG, ' 做多 ')
    .replace(TURKISH_CASES, '')
    .replace(TIMES, 'x ')
    .replace(VERB_ENDINGS, ' ')
    .replace(COST_PRICE, 'Einstieg');
  const text = DICTIONARIES.reduce((read, { strong, weak }) => {
    const translated = translate(read, strong);
    return translated === read ? read : translate(translated, weak);
  }, numbered);
  const isTranslated = text !== numbered;
  return {
    text: text.replace(/ {2,}/gu, ' '),
    isForeign: FOREIGN.test(plain) || ACCENTED.test(plain),
    isTranslated,
  };
}

const translate = (text: string, { pattern, meanings }: Dictionary): string =>
  text.replace(pattern, (word) => ` ${meanings.find((each) => each.pattern.test(word))?.meaning ?? word} `);

interface Dictionary {
  pattern: RegExp;
  meanings: readonly { pattern: RegExp; meaning: string }[];
}

const DICTIONARIES = Object.values(LANGUAGES).map(({ strong, weak = {}, dense = false }) => ({
  strong: compile(strong, dense),
  weak: compile(weak, dense),
}));

function compile(words: Partial<Record<Meaning, string>>, dense: boolean): Dictionary {
  const phrases = Object.values(words)
    .flatMap((each) => each.split(/\|(?![^()]*\))/u))
    .toSorted((a, b) => b.length - a.length)
    .join('|');
  const bounded = dense ? `(?:${phrases})` : `(?<![\\p{L}'])(?:${phrases})(?![\\p{L}])`;
  return {
    pattern: new RegExp(phrases === '' ? '(?!)' : bounded, 'giu'),
    meanings: Object.entries(words).map(([meaning, list]) => ({
      meaning,
      pattern: new RegExp(`^(?:${list})$`, 'iu'),
    })),
  };
}

/** Polite endings of Korean and Japanese verbs, which mean nothing to a trade. */
const VERB_ENDINGS =
  /(?:했습니다|합니다|하세요|했어요|입니다|しました|ました|します|ます|です|açtım|açıyorum|açtık)/gu;

/** `Einstand 148,20`: with a price, the German word for break-even is the entry. */
const COST_PRICE = /(?<!\p{L})einstand(?=\s*(?:bei|:|=|@)?\s*\d)/giu;

/** `突破66000再追多`: only then. */
const THEN_TRADE = /再(?=追|做|开|进|考虑|入|买|接)/gu;

/** The side behind a price: `2340空`. */
const BARE_SHORT = /(?<=\d\s?)空(?!\p{L})/gu;

const BARE_LONG = /(?<=\d\s?)多(?!\p{L})/gu;

/** Turkish endings behind names and numbers: `BTC'de`, `3040'tan`. */
const TURKISH_CASES = /(?<=[A-Z]{2}|\d)'(?:[dt][ea]n?|y?[eaıiuü]|n?[ıiuü]n|l[ea]r)(?!\p{L})/gu;

/** Hundreds of millions: `1.2亿`. */
const HUNDRED_MILLIONS = /(\d+(?:\.\d+)?)\s?[亿億억](?!\d)/gu;

/** Ten thousands of East Asian writing: `6.5万`, `6만`. */
const TEN_THOUSANDS = /(\d+(?:\.\d+)?)\s?[万萬만](?![\p{L}\d])/gu;

/** The `倍`, `배` and Cyrillic `х` behind a leverage. */
const TIMES = /(?<=\d)\s?(?:倍|배|х)/gu;

/** Letters of a writing other than the Latin one, and Latin letters that English does without. */
const FOREIGN = /(?!\p{Script=Latin})\p{L}/u;

const ACCENTED = /[\u00C0-\u024F\u1E00-\u1EFF]/u;
