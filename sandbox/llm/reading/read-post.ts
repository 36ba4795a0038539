import type { WireAnswer, WireIdea, WireLevel } from '../answer.ts';
import { NUMBER, toLevel } from './numbers.ts';

const NAMES: Readonly<Record<string, string>> = {
  bitcoin: 'BTC',
  ethereum: 'ETH',
  solana: 'SOL',
  dogecoin: 'DOGE',
  gold: 'XAU',
  euro: 'EUR-USD',
};
const TICKERS =
  'BTC|ETH|SOL|DOGE|XRP|BNB|ADA|AVAX|LINK|HYPE|PEPE|ARB|OP|SUI|APT|LTC|DOT|NEAR|TON|INJ|TIA|AAVE|XAU|XAG|EURUSD|GBPUSD|USDJPY';
const INSTRUMENT = new RegExp(
  String.raw`[$#][A-Za-z]{2,10}\b|\b[A-Z]{2,10}[/-]?USDT\b|\b(?:${TICKERS})(?:[/-]?(?:USDT|USDC|USD|PERP))?\b|\b(?:${Object.keys(NAMES).join('|')})\b`,
  'iu',
);
const SIDES = [
  ['long', /\b(?:long(?:ing|ed)?|buy(?:ing)?|bought|bidding|aping|aped)\b/iu],
  ['short', /\b(?:short(?:ing|ed)?|sell(?:ing)?|sold|fading)\b/iu],
] as const;
/** Signs that a text is no call, with the kind that they make it. */
const OTHER_KINDS = [
  ['question', /\?\s*$/u],
  ['negated', /\b(?:don'?t|do not|never|avoid)\b/iu],
  ['conditional', /\b(?:if|once|when|above|below|break(?:s|out)?)\b/iu],
  ['result', /\b(?:hit|stopped out|closed in|smashed|secured)\b/iu],
  ['close', /\b(?:close[sd]?|closing|take profit on|exit(?:ed|ing)?)\b/iu],
  ['paper', /\b(?:paper|demo)\b/iu],
  ['others', /\b(?:whales?|they|he|she|everyone)\b/iu],
  ['report', /\b(?:yesterday|last week|was|were)\b/iu],
  ['opinion', /\b(?:looks|feels|bullish|bearish)\b/iu],
] as const;

const after = (words: string): RegExp =>
  new RegExp(String.raw`\b(?:${words})\b[\s:=@]*(?:at|is|to|below|above|under)?[\s:=@]*(${NUMBER})`, 'iu');
const ENTRY = new RegExp(
  String.raw`(?:\b(?:entry|entries|at|from|now|zone|px)\b|@)[\s:=@]*(${NUMBER})`,
  'iu',
);
/** A number right behind the side or the instrument is the entry. */
const BARE_ENTRY = new RegExp(
  String.raw`(?:\b(?:long|short|buy|sell)(?:ing)?\b|[$#]?\b(?:${TICKERS})\b)[\s:@]{1,3}(?:now |here )?(${NUMBER})`,
  'iu',
);
const STOP = after(String.raw`sl|s\/l|stop(?:[- ]?loss)?|invalidation`);
const LEVERAGE = /\b(\d{1,3})\s?x\b/iu;
const TARGETS = new RegExp(
  String.raw`\b(?:tps?\d?|targets?\s?\d?|take[- ]?profits?\s?\d?)\b[\s:=@]*((?:${NUMBER}(?:\s*[,/&|-]\s*|\s+and\s+|\s+)?)+)`,
  'giu',
);
const MAX_TARGETS = 5;

/** Returns what a few simple rules make of a post. They are no model, and read less than the project's own rules do. */
export function readPost(text: string): WireAnswer {
  const instrument = INSTRUMENT.exec(text)?.[0];
  const side = firstSide(text);
  if (instrument === undefined || side === null) return other('noise', 'no instrument with a side');
  const kind = OTHER_KINDS.find(([, sign]) => sign.test(text))?.[0];
  if (kind !== undefined && !STOP.test(text)) return other(kind, `it reads like ${kind}`);
  const idea: WireIdea = {
    symbol: symbolOf(instrument),
    symbolQuote: instrument,
    ...side,
    entry: levelBehind(ENTRY, text) ?? levelBehind(BARE_ENTRY, text),
    stop: levelBehind(STOP, text),
    targets: targetsIn(text),
    leverage: leverageIn(text),
    confidence: 0.7,
  };
  const isPlan = idea.stop !== null && idea.targets.length > 0;
  return {
    reasons: [`says ${side.sideQuote} ${instrument}`],
    label: 'call',
    kind: 'call',
    ideas: [{ ...idea, confidence: isPlan ? 0.9 : 0.7 }],
  };
}

const other = (kind: string, reason: string): WireAnswer => ({
  reasons: [reason],
  label: kind === 'opinion' ? 'opinion' : 'noise',
  kind,
  ideas: [],
});

function firstSide(text: string): Pick<WireIdea, 'side' | 'sideQuote'> | null {
  const found = SIDES.flatMap(([side, words]) => {
    const match = words.exec(text);
    return match ? [{ side, sideQuote: match[0], at: match.index }] : [];
  }).sort((a, b) => a.at - b.at);
  return found[0] ? { side: found[0].side, sideQuote: found[0].sideQuote } : null;
}

function symbolOf(written: string): string {
  const name = written.replace(/^[$#]/u, '');
  return NAMES[name.toLowerCase()] ?? name.toUpperCase().replace(/[/-]?(?:USDT|USDC|PERP)$|(?<=\/)USD$/u, '');
}

function levelBehind(place: RegExp, text: string): WireLevel | null {
  const quote = place.exec(text)?.[1];
  return quote === undefined ? null : toLevel(quote.trim());
}

function targetsIn(text: string): WireLevel[] {
  const lists = [...text.matchAll(TARGETS)].map(([, list = '']) => list);
  const numbers = lists.flatMap((list) => list.match(new RegExp(NUMBER, 'giu')) ?? []);
  return numbers.flatMap((quote) => toLevel(quote.trim()) ?? []).slice(0, MAX_TARGETS);
}

function leverageIn(text: string): WireIdea['leverage'] {
  const [quote, value] = LEVERAGE.exec(text) ?? [];
  return quote === undefined || value === undefined ? null : { value, quote };
}
