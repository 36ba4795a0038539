import { CALL_WORDS } from './lexicon.ts';
import type { WrittenNumber } from './numbers.ts';
import type { Token } from './tokens.ts';

export type LevelRole = 'entry' | 'stop' | 'target' | 'fraction' | 'trail' | 'activation' | 'leverage';

/** A number of a post and what it is for. */
export interface WrittenLevel {
  at: number;
  role: LevelRole;
  number: WrittenNumber;
}

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));
const KEYWORDS: readonly (readonly [ReadonlySet<string>, LevelRole])[] = [
  [set('trail trailing tsl trailed'), 'trail'],
  [set('stop stops stoploss sl invalidation invalid invalidated'), 'stop'],
  [set('tp tps target targets targeting tgt tgts profit profits goal goals pt'), 'target'],
  [set('entry entries enter entering entered zone filled limit avg'), 'entry'],
  [set('lev leverage leveraged'), 'leverage'],
];
const NUMBERED_TARGET = /^(?:tp|t|target|pt)[1-9]$/u;
const FILLERS = set(
  'at is to of around near below under above over my the a on for by with approx loss price here now market in and ' +
    'between from first second third final set hard tight level zone area is are will be take about',
);
const FILLER_MARKS = set("@ : = ~ > < ( ) - / & | , + * ' [ ]");
/** Marks across which a list of prices or the two ends of a zone go on. */
const LIST_WORDS = set('- / & | , and to + then');
const NARRATIVE = set('a an easy did do does another for will gonna to potential could');
const MAX_LEVERAGE = 200;

interface Scan {
  role: LevelRole | null;
  /** The last number read under this role, for zones and fractions. */
  last: WrittenLevel | null;
  /** Index of a keyword that already named the number before it. */
  taken: number | null;
}

/** Every number that has a purpose. `anchors` are the tokens (sides, instruments) right behind which an entry stands. */
export function findLevels(tokens: readonly Token[], anchors: ReadonlySet<number>): WrittenLevel[] {
  const levels: WrittenLevel[] = [];
  const scan: Scan = { role: null, last: null, taken: null };
  for (const [at, token] of tokens.entries()) {
    if (token.kind === 'number' && token.number) readLevel(tokens, at, token.number, anchors, scan, levels);
    else moveOn(tokens, at, token, anchors, scan);
  }
  return levels;
}

/** What a token that is no number does to the role the next number will have. */
function moveOn(
  tokens: readonly Token[],
  at: number,
  token: Token,
  anchors: ReadonlySet<number>,
  scan: Scan,
): void {
  if (token.kind === 'break') {
    // Targets may follow line by line, each behind its number.
    if (scan.role !== 'target' || !token.text.includes('\n'))
      reset(scan, endsLabel(tokens, at) ? scan.role : null);
    return;
  }
  const role = roleOf(token);
  if (role !== null) {
    const keepsTrail = scan.role === 'trail' && role === 'stop' && !scan.last;
    if (scan.taken === at) reset(scan, null);
    else if (!keepsTrail) reset(scan, role);
    return;
  }
  if (anchors.has(at)) {
    reset(scan, 'entry');
    return;
  }
  if (scan.role === 'trail' && scan.last && isActivation(token)) reset(scan, 'activation');
  else if (scan.last ? !LIST_WORDS.has(token.lower) : !isFiller(token)) {
    if (!(scan.last && FILLER_MARKS.has(token.text))) reset(scan, null);
  }
}

const reset = (scan: Scan, role: LevelRole | null): void => {
  scan.role = role;
  scan.last = null;
};

const isFiller = ({ kind, lower, text }: Token): boolean =>
  kind === 'mark' ? FILLER_MARKS.has(text) : FILLERS.has(lower);

const isActivation = ({ lower }: Token): boolean =>
  ['after', 'from', 'once', 'at', 'activates'].includes(lower);

/** "1. 43k": the dot ends no sentence. */
const endsLabel = (tokens: readonly Token[], at: number): boolean =>
  tokens[at]?.text === '.' && tokens[at - 1]?.kind === 'number' && tokens[at + 1]?.kind === 'number';

function roleOf({ kind, lower }: Token): LevelRole | null {
  if (kind !== 'word') return null;
  if (NUMBERED_TARGET.test(lower)) return 'target';
  return KEYWORDS.find(([words]) => words.has(lower))?.[1] ?? null;
}

function readLevel(
  tokens: readonly Token[],
  at: number,
  number: WrittenNumber,
  anchors: ReadonlySet<number>,
  scan: Scan,
  levels: WrittenLevel[],
): void {
  const role = purposeOf(tokens, at, number, anchors, scan);
  if (role === null) return;
  const level = { at, role, number };
  levels.push(level);
  if (role === scan.role) {
    // One stop, one leverage: what follows is something else. Zones and ladders go on.
    scan.last = level;
    if (role === 'stop' || role === 'leverage' || role === 'activation') reset(scan, null);
  }
}

function purposeOf(
  tokens: readonly Token[],
  at: number,
  number: WrittenNumber,
  anchors: ReadonlySet<number>,
  scan: Scan,
): LevelRole | null {
  if (number.unit === 'times') return isLeverage(tokens, at, number) ? 'leverage' : null;
  const named = namedBehind(tokens, at, number);
  if (named && (scan.role === null || scan.role === 'entry' || scan.last)) {
    scan.taken = at + 1;
    return named;
  }
  if (scan.role === null || isLabel(tokens, at, number, scan) || isAmount(tokens, at, anchors)) return null;
  if (scan.role === 'target' && scan.last && isFraction(tokens, at, number, scan.last)) return 'fraction';
  if (scan.role === 'entry' || scan.role === 'leverage') return number.unit === 'plain' ? scan.role : null;
  if (scan.role === 'trail' || scan.role === 'activation')
    return number.unit === 'percent' ? scan.role : null;
  return scan.role;
}

/** "a 10x long" has leverage, "it will do a 10x" has not. */
function isLeverage(tokens: readonly Token[], at: number, { value }: WrittenNumber): boolean {
  if (Number(value) < 1 || Number(value) > MAX_LEVERAGE) return false;
  if (CALL_WORDS.has(tokens[at + 1]?.lower ?? '')) return true;
  return !NARRATIVE.has(tokens[at - 1]?.lower ?? '');
}

/** `2% stop`, `1% trail`: the name stands behind the number, and no other number behind the name. */
function namedBehind(tokens: readonly Token[], at: number, { unit }: WrittenNumber): LevelRole | null {
  const next = tokens[at + 1];
  const role = next ? roleOf(next) : null;
  if (unit !== 'percent' || (role !== 'stop' && role !== 'trail' && role !== 'target')) return null;
  const behind = tokens.slice(at + 2, at + 5);
  const end = behind.findIndex(
    (token) => !isFiller(token) && roleOf(token) !== role && roleOf(token) !== 'stop',
  );
  const first = end === -1 ? undefined : behind[end];
  const reaches =
    first?.kind === 'number' && !behind.slice(0, end).some(({ text }) => text === ',' || text === '/');
  return reaches ? null : role;
}

/** The `1` of `TP 1: 43k` or of a numbered list of targets. */
function isLabel(tokens: readonly Token[], at: number, number: WrittenNumber, scan: Scan): boolean {
  if (number.unit !== 'plain' || number.scale !== 1 || number.money || !/^[1-9]$/u.test(number.value))
    return false;
  if (scan.role !== 'target' && scan.role !== 'entry') return false;
  const next = tokens[at + 1];
  const marked = next !== undefined && [':', ')', '=', '@', '.', '-'].includes(next.text);
  const behind = marked ? tokens[at + 2] : next;
  const other = behind?.kind === 'number' || (marked && behind?.text === '$') ? behind.number : null;
  if (!other) return false;
  return marked && next.text !== '-' ? true : Number(other.value) >= 10 * Number(number.value);
}

/** The `0.5` of `long 0.5 BTC`, the `$500` of `buy $500 of ETH`. */
function isAmount(tokens: readonly Token[], at: number, anchors: ReadonlySet<number>): boolean {
  const next = tokens[at + 1];
  if (!next) return false;
  if (['of', 'worth', 'contracts', 'coins', 'lots', 'usd', 'usdc', 'usdt'].includes(next.lower)) return true;
  return (
    anchors.has(at + 1) &&
    (next.kind === 'tag' || next.kind === 'pair' || next.text === next.text.toUpperCase())
  );
}

/** The `50%` of `TP1 43k (50%)`. */
const isFraction = (
  tokens: readonly Token[],
  at: number,
  { unit }: WrittenNumber,
  last: WrittenLevel,
): boolean =>
  unit === 'percent' && last.number.unit === 'plain' && at - last.at <= 2 && tokens[at - 1]?.text !== '/';
