import { CALL_WORDS, NOT_TICKERS } from './lexicon.ts';
import type { WrittenNumber } from './numbers.ts';
import { CHECK } from './text.ts';
import type { Token } from './tokens.ts';

export type LevelRole = 'entry' | 'stop' | 'target' | 'fraction' | 'trail' | 'activation' | 'leverage';

/** A number of a post and what it is for. */
export interface WrittenLevel {
  at: number;
  role: LevelRole;
  number: WrittenNumber;
  /** Measured on the margin, not on the price: `50% ROI`. */
  isRoi: boolean;
  /** The price has to come there first: `entry above 66000`. */
  from: 'above' | 'below' | null;
  /** One of a list, not one end of a zone. */
  isListed: boolean;
}

export interface FoundLevels {
  levels: WrittenLevel[];
  /** Places where a stop is named and no price or distance for it can be read. */
  unreadStops: number[];
}

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));
const KEYWORDS: readonly (readonly [ReadonlySet<string>, LevelRole | 'other'])[] = [
  [set('trail trailing tsl trailed'), 'trail'],
  [set('stop stops stoploss sl invalidation invalid invalidated'), 'stop'],
  [
    set(
      'tp tps target targets targeting tgt tgts profit profits takeprofit goal goals pt tg objective objectives exits reward aiming traget tragets taget',
    ),
    'target',
  ],
  [set('entry entries enter entering entered ep zone filled limit avg cmp price px ref reference'), 'entry'],
  [set('lev leverage leveraged cross isolated iso'), 'leverage'],
  // What these measure is no level of the trade.
  [
    set(
      'risk rr reward size margin balance capital portfolio amount volume rsi ema sma ma atr support resistance success ' +
        'accuracy confidence dca liq liquidation id signal period duration fee fees funding dominance mcap supply timeframe tf',
    ),
    'other',
  ],
];
const NUMBERED_TARGET = /^(?:tp|t|target|pt|tg)[1-9]$/u;
const NUMBERED_ENTRY = /^(?:entry|e)[1-9]$/u;
/** Behind a keyword these belong to it: `entry targets`, `stop orders`, `target price`. */
const MODIFIERS = set(
  'limit market target targets order orders price prices level levels zone area region point points range loss stop tp profit',
);
const FILLERS = set(
  'at is to of around near below under above over my the a on for by with approx approximately loss price here now market ' +
    'in and between from first second third fourth fifth final last set hard tight level levels zone area is are will be ' +
    'take about usdt usd usdc value placed currently between long short term only mental initial our your it goes just buy buys sell sells this time same as before new previous position trade rn b c d ' +
    'current crude oil scalp swing setup exactly ca roughly roi order orders range region',
);
const FILLER_MARKS = set('@ : = ~ > < ( ) - / & | , + * \' [ ] ≈ # · _ . " →');
/** Marks across which a list of prices or the two ends of a zone go on. */
const LIST_WORDS = set(
  '- / & | , and to + then * ( ) : ~ or first second third fourth fifth final last next close exit rest remaining more of position roi roe pnl n b c d →',
);
const NARRATIVE = set('a an easy did do does another for will gonna to potential could');
/** Between a name and the next number these say that the number belongs to another name. */
const PARTING = set(', / | ·');
const CANDLE_WORDS = set('close closes closing candle closed');
/** Behind `close` these say that the author closes, not a candle. */
const CLOSED_BY_HAND = set('before half all by after manually it everything trade position early some most');
const TIME_UNITS = set(
  'h hr hrs hour hours min mins minute minutes d day days week weeks candle candles sec seconds am pm utc',
);
const BEFORE_NO_STOP = set('no without dont trailing trail non never move raise');
const NO_STOP = set('none no open - n/a na nil later tba tbd soon without');
const MAX_LEVERAGE = 200;

interface Scan {
  role: LevelRole | 'other' | null;
  /** The last number read under this role, for zones and fractions. */
  last: WrittenLevel | null;
  /** Index of a keyword that already named the number before it. */
  taken: number | null;
  /** Where the stop was named that has no number yet. */
  stopAt: number | null;
  /** Number of the list item the scan stands in, for lists of prices. */
  isListed: boolean;
}

/** Returns every number that has a purpose. `anchors` are the tokens right behind which an entry stands. */
export function findLevels(tokens: readonly Token[], anchors: ReadonlySet<number>): FoundLevels {
  const found: FoundLevels = { levels: [], unreadStops: [] };
  const scan: Scan = { role: null, last: null, taken: null, stopAt: null, isListed: false };
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (!token) continue;
    if (token.kind === 'number' && token.number) readLevel(tokens, at, token.number, anchors, scan, found);
    else at = moveOn(tokens, at, token, anchors, scan, found);
  }
  leaveStop(scan, found);
  return found;
}

/** What a token that is no number does to the role of the next number. Returns the index of the last token it used. */
function moveOn(
  tokens: readonly Token[],
  at: number,
  token: Token,
  anchors: ReadonlySet<number>,
  scan: Scan,
  found: FoundLevels,
): number {
  if (token.kind === 'break') return endLine(tokens, at, token, scan, found);
  const role = roleOf(token);
  if (role !== null) return takeKeyword(tokens, at, role, scan, found);
  // "84.5 → 91": from the entry to its target.
  if (token.text === '→' && scan.role === 'entry' && scan.last) {
    reset(scan, 'target', found);
    return at;
  }
  if (anchors.has(at)) {
    if (scan.role === null || scan.last || scan.role === 'other' || scan.role === 'leverage')
      reset(scan, 'entry', found);
    return at;
  }
  if (scan.role === 'trail' && scan.last && isActivation(token)) reset(scan, 'activation', found);
  else if (scan.last ? !LIST_WORDS.has(token.lower) : !isFiller(token)) {
    if (!(scan.last && FILLER_MARKS.has(token.text)) && token.text !== CHECK) reset(scan, null, found);
  }
  return at;
}

/** A label at the end of a line, and a list of targets or entries, go on in the next one. */
function endLine(tokens: readonly Token[], at: number, token: Token, scan: Scan, found: FoundLevels): number {
  const isLine = token.text.includes('\n');
  if (!isLine) {
    if (partsList(tokens, at, token, scan)) return at;
    if (!endsLabel(tokens, at) && !(scan.role !== null && tokens[at + 1]?.kind === 'number' && !scan.last))
      reset(scan, null, found);
    return at;
  }
  if (scan.role === null) return at;
  if (!scan.last && (scan.role === 'entry' || scan.role === 'stop' || scan.role === 'target')) return at;
  const goesOn = (scan.role === 'target' || scan.role === 'entry') && startsItem(tokens, at + 1);
  if (goesOn) scan.isListed = true;
  else reset(scan, null, found);
  return at;
}

/** `64,500; 63,200`: a semicolon between two prices of one list. */
const partsList = (tokens: readonly Token[], at: number, { text }: Token, { role, last }: Scan): boolean =>
  text === ';' &&
  (role === 'target' || role === 'entry') &&
  last?.at === at - 1 &&
  tokens[at + 1]?.kind === 'number';

/** `1) 3000`, `- 3000`, `3000` at the beginning of a line. */
function startsItem(tokens: readonly Token[], at: number): boolean {
  for (let index = at; index < at + 5; index += 1) {
    const token = tokens[index];
    if (!token || token.kind === 'break') return false;
    if (token.kind === 'number') return true;
    if (token.kind !== 'mark' && !FILLERS.has(token.lower)) return false;
  }
  return false;
}

function takeKeyword(
  tokens: readonly Token[],
  at: number,
  role: LevelRole | 'other',
  scan: Scan,
  found: FoundLevels,
): number {
  const keepsTrail = scan.role === 'trail' && role === 'stop' && !scan.last;
  let end = at;
  if (role === 'stop' || role === 'target' || role === 'entry') {
    while (isModifier(tokens, end + 1)) end += tokens[end + 1]?.text === '-' ? 2 : 1;
  }
  if (scan.taken === at) reset(scan, null, found);
  else if (role === 'entry' && tokens[at]?.lower === 'price' && scan.role !== null && !scan.last) return end;
  else if (!keepsTrail) {
    reset(scan, role, found);
    scan.isListed = NUMBERED_ENTRY.test(tokens[at]?.lower ?? '');
    if (role === 'stop' && namesStop(tokens, at)) scan.stopAt = at;
  }
  return end;
}

function isModifier(tokens: readonly Token[], at: number): boolean {
  const token = tokens[at]?.text === '-' ? tokens[at + 1] : tokens[at];
  if (!token || token.kind !== 'word' || !MODIFIERS.has(token.lower)) return false;
  // "entry 65000 stop 64000": a word that has a number of its own behind it is a label, unless it only qualifies.
  const next = tokens[tokens[at]?.text === '-' ? at + 2 : at + 1];
  return !(['stop', 'tp', 'profit'].includes(token.lower) && next?.kind === 'number');
}

/** Whether the word stands for the stop of this trade; not in "no stop", "stop to breakeven", "buy stop". */
function namesStop(tokens: readonly Token[], at: number): boolean {
  const before = [tokens[at - 1]?.lower ?? '', tokens[at - 2]?.lower ?? ''];
  if (before.some((word) => BEFORE_NO_STOP.has(word)) || ['buy', 'sell'].includes(before[0] ?? ''))
    return false;
  const after = tokens.slice(at + 1, at + 5).map(({ lower }) => lower);
  if (
    after.some((word) =>
      ['be', 'breakeven', 'entry', 'hit', 'hunt', 'hunts', 'buying', 'selling', 'being'].includes(word),
    )
  )
    return false;
  return !after
    .slice(0, 3)
    .some((word, index) => NO_STOP.has(word) && !(word === '-' && tokens[at + index + 2]?.kind === 'number'));
}

function reset(scan: Scan, role: LevelRole | 'other' | null, found: FoundLevels): void {
  leaveStop(scan, found);
  scan.role = role;
  scan.last = null;
  scan.isListed = false;
}

function leaveStop(scan: Scan, found: FoundLevels): void {
  if (scan.stopAt !== null && !(scan.role === 'stop' && scan.last)) found.unreadStops.push(scan.stopAt);
  scan.stopAt = null;
}

const isFiller = ({ kind, lower, text }: Token): boolean =>
  kind === 'mark' ? FILLER_MARKS.has(text) : FILLERS.has(lower);

const isActivation = ({ lower }: Token): boolean =>
  ['after', 'from', 'once', 'at', 'activates'].includes(lower);

/** "1. 43k": the dot ends no sentence. */
const endsLabel = (tokens: readonly Token[], at: number): boolean =>
  tokens[at]?.text === '.' && tokens[at - 1]?.kind === 'number' && tokens[at + 1]?.kind === 'number';

/** Whether a word names a level of a trade. */
export const isLevelWord = (word: string): boolean =>
  NUMBERED_TARGET.test(word) || NUMBERED_ENTRY.test(word) || KEYWORDS.some(([words]) => words.has(word));

function roleOf({ kind, lower }: Token): LevelRole | 'other' | null {
  if (kind !== 'word') return null;
  if (NUMBERED_TARGET.test(lower)) return 'target';
  if (NUMBERED_ENTRY.test(lower)) return 'entry';
  if (/^sl[1-9]$/u.test(lower)) return 'stop';
  return KEYWORDS.find(([words]) => words.has(lower))?.[1] ?? null;
}

function readLevel(
  tokens: readonly Token[],
  at: number,
  number: WrittenNumber,
  anchors: ReadonlySet<number>,
  scan: Scan,
  found: FoundLevels,
): void {
  const role = purposeOf(tokens, at, number, anchors, scan);
  if (role === 'label') {
    if (scan.role === 'entry' || scan.role === 'target') scan.isListed = true;
    return;
  }
  if (role === null) return;
  if (role === 'stop' && isOnClose(tokens, at)) return;
  const level: WrittenLevel = {
    at,
    role,
    number: role === 'entry' ? { ...number, unit: 'plain' } : number,
    isRoi: isRoi(tokens, at, number),
    from: role === 'entry' ? sideOfEntry(tokens, at) : null,
    isListed: scan.isListed,
  };
  found.levels.push(level);
  if (role !== scan.role) return;
  scan.last = level;
  if (role !== 'stop' && role !== 'leverage' && role !== 'activation') return;
  // One stop, one leverage: what follows is something else. Zones and ladders go on.
  scan.stopAt = null;
  reset(scan, null, found);
}

type Purpose = LevelRole | 'label' | null;

function purposeOf(
  tokens: readonly Token[],
  at: number,
  number: WrittenNumber,
  anchors: ReadonlySet<number>,
  scan: Scan,
): Purpose {
  if (number.unit === 'times') return isLeverage(tokens, at, number) ? 'leverage' : null;
  const isFirstEntry = scan.role === 'entry' && scan.last === null && number.unit === 'plain';
  const named = isFirstEntry ? null : namedBehind(tokens, at, number, scan);
  if (named && (scan.role === null || scan.role === 'entry' || scan.role === 'other' || scan.last)) {
    scan.taken = at + 1;
    return named;
  }
  if (isLabel(tokens, at, number)) return 'label';
  if (TIME_UNITS.has(tokens[at + 1]?.lower ?? '') && number.unit === 'plain') return null;
  if (isAmount(tokens, at, number, anchors)) return null;
  if (scan.role === null || scan.role === 'other')
    return tokens[at - 1]?.text === '@' && number.unit === 'plain' ? 'entry' : null;
  if (number.unit === 'percent' && scan.last && isInBrackets(tokens, at))
    return scan.role === 'target' ? 'fraction' : null;
  if (scan.role === 'target' && scan.last && isFraction(tokens, at, number, scan.last)) return 'fraction';
  if (scan.role === 'entry' && number.scale >= 1e6 && Number(number.value) >= 1e6) return null;
  if (scan.role === 'entry' && isIndexLevel(number)) return 'entry';
  if (scan.role === 'entry' || scan.role === 'leverage') return number.unit === 'plain' ? scan.role : null;
  if (scan.role === 'trail' || scan.role === 'activation')
    return number.unit === 'percent' ? scan.role : null;
  return scan.role;
}

/** The `18,520 pts` an index stands at: no distance is that long. */
const isIndexLevel = ({ unit, value, other }: WrittenNumber): boolean =>
  unit === 'points' && Math.max(Number(value), Number(other ?? 0)) >= 1_000;

/** "a 10x long" has leverage, "it will do a 10x" has not. */
function isLeverage(tokens: readonly Token[], at: number, { value }: WrittenNumber): boolean {
  if (Number(value) < 1 || Number(value) > MAX_LEVERAGE) return false;
  if (CALL_WORDS.has(tokens[at + 1]?.lower ?? '')) return true;
  return !NARRATIVE.has(tokens[at - 1]?.lower ?? '');
}

/** `2% stop`, `1% trail`, `64000 stop`: the name stands behind the number, and no other number behind the name. */
function namedBehind(
  tokens: readonly Token[],
  at: number,
  { unit }: WrittenNumber,
  { taken }: Scan,
): LevelRole | null {
  const next = tokens[at + 1];
  const role = next && !NUMBERED_TARGET.test(next.lower) ? roleOf(next) : null;
  if (role === null || role === 'other' || role === 'leverage' || role === 'entry') return null;
  if (unit === 'plain' && (role === 'trail' || isLabelled(tokens, at, taken))) return null;
  const behind = tokens.slice(at + 2, at + 6);
  const end = behind.findIndex(
    (token) =>
      (!isFiller(token) || token.lower === 'and') &&
      roleOf(token) !== role &&
      roleOf(token) !== 'stop' &&
      roleOf(token) !== 'target',
  );
  const first = end === -1 ? undefined : behind[end];
  const reaches = first?.kind === 'number' && !behind.slice(0, end).some(({ text }) => PARTING.has(text));
  return reaches ? null : role;
}

/** Whether a keyword stands right before the number, so that it needs none behind. */
const isLabelled = (tokens: readonly Token[], at: number, taken: number | null): boolean => {
  for (let index = at - 1; index >= at - 3; index -= 1) {
    const token = tokens[index];
    if (!token || token.kind === 'break') return false;
    if (roleOf(token) !== null) return index !== taken;
    if (!isFiller(token)) return false;
  }
  return false;
};

/** The `1` of `1) 43k`, `TP 1: 43k`, `(1): 150` or of a numbered list of calls. */
function isLabel(tokens: readonly Token[], at: number, number: WrittenNumber): boolean {
  if (
    number.unit !== 'plain' ||
    number.scale !== 1 ||
    number.money ||
    !/^(?:[1-9]|1\d|20)$/u.test(number.value)
  )
    return false;
  const [before, next, behind] = [tokens[at - 1], tokens[at + 1], tokens[at + 2]];
  if (before?.text === '#') return true;
  const startsLine = !before || before.kind === 'break' || ['/', '|', '*', '-', '('].includes(before.text);
  if (next?.text === ')' && (startsLine || behind?.kind === 'number' || behind?.text === ':')) return true;
  if (startsLine && (next?.text === '.' || next?.text === ':' || next?.text === '-')) return true;
  if (!/^[1-9]$/u.test(number.value)) return false;
  const marked = next !== undefined && [':', '=', '@', '.', '-'].includes(next.text);
  const other = marked ? behind : next;
  const price =
    other?.kind === 'number' ? other.number : marked && other?.text === '$' ? tokens[at + 3]?.number : null;
  if (!price) return false;
  return marked && next.text !== '-' ? true : Number(price.value) >= 10 * Number(number.value);
}

/** The `0.5` of `long 0.5 BTC`, the `$500` of `buy $500 of ETH`. */
function isAmount(
  tokens: readonly Token[],
  at: number,
  { money }: WrittenNumber,
  anchors: ReadonlySet<number>,
): boolean {
  const next = tokens[at + 1];
  const before = tokens[at - 1];
  if (!next || (before && ['stop', 'target'].includes(roleOf(before) ?? ''))) return false;
  if (['of', 'worth', 'contracts', 'coins', 'lots', 'lot', 'units', 'shares'].includes(next.lower))
    return true;
  if (isContracts(tokens, at)) return true;
  if (money && ['on', 'in', 'into'].includes(next.lower) && anchors.has(at + 2)) return true;
  return (
    anchors.has(at + 1) &&
    (next.kind === 'tag' || next.kind === 'pair' || next.text === next.text.toUpperCase())
  );
}

/** The `2` of `short 2 NQ`. */
const isContracts = (tokens: readonly Token[], at: number): boolean => {
  const [before, next] = [tokens[at - 1], tokens[at + 1]];
  return (
    CALL_WORDS.has(before?.lower ?? '') &&
    next?.kind === 'word' &&
    /^[A-Z]{2,5}$/u.test(next.text) &&
    !NOT_TICKERS.has(next.text) &&
    roleOf(next) === null
  );
};

/** A percent between brackets: the distance to a price, or the part that is closed there. */
const isInBrackets = (tokens: readonly Token[], at: number): boolean =>
  tokens.slice(Math.max(0, at - 3), at).some(({ text }) => text === '(' || text === '[') &&
  tokens.slice(at + 1, at + 4).some(({ text }) => text === ')' || text === ']');

/** The `50%` of `TP1 43k 50%`. */
const isFraction = (
  tokens: readonly Token[],
  at: number,
  { unit }: WrittenNumber,
  last: WrittenLevel,
): boolean =>
  unit === 'percent' && last.number.unit === 'plain' && at - last.at <= 3 && tokens[at - 1]?.text !== '/';

/** `TP: 50% ROI`, `ROI 50%`. */
function isRoi(tokens: readonly Token[], at: number, { unit }: WrittenNumber): boolean {
  if (unit !== 'percent') return false;
  const near = [...tokens.slice(Math.max(0, at - 4), at), ...tokens.slice(at + 1, at + 4)];
  return near.some(({ lower }) => ['roi', 'roe', 'margin', 'pnl', 'leveraged'].includes(lower));
}

/** A stop that waits for the close of a candle: a level that is touched is not one. */
function isOnClose(tokens: readonly Token[], at: number): boolean {
  const sentence = tokens[at]?.sentence;
  return tokens.some(
    (token, index) =>
      index >= at - 6 &&
      index < at + 5 &&
      token.sentence === sentence &&
      CANDLE_WORDS.has(token.lower) &&
      !CLOSED_BY_HAND.has(tokens[index + 1]?.lower ?? ''),
  );
}

function sideOfEntry(tokens: readonly Token[], at: number): WrittenLevel['from'] {
  for (let index = at - 1; index >= at - 3; index -= 1) {
    const { lower = '', text = '' } = tokens[index] ?? {};
    if (['above', 'over', 'break', 'breaks', 'breakout'].includes(lower) || text === '>') return 'above';
    if (['below', 'under', 'breakdown'].includes(lower) || text === '<') return 'below';
    if (tokens[index]?.kind === 'number') return null;
  }
  return null;
}
