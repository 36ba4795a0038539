import { CALL_WORDS, NOT_TICKERS } from '../lexicon.ts';
import type { WrittenNumber } from '../numbers.ts';
import type { Token } from '../tokens.ts';
import { isLabel } from './labels.ts';
import type { LevelRole } from './level.ts';
import { isFiller, NUMBERED_TARGET, roleOf, set } from './level-words.ts';
import type { Scan } from './scan.ts';

const NARRATIVE = set('a an easy did do does another for will gonna to potential could');

/** Between a name and the next number these say that the number belongs to another name. */
const PARTING = set(', / | ·');

const TIME_UNITS = set(
  'h hr hrs hour hours min mins minute minutes d day days week weeks candle candles sec seconds am pm utc',
);

const MAX_LEVERAGE = 200;

type Purpose = LevelRole | 'label' | null;

/** Returns what a number is for; `label` for one that only numbers a line, null for one that is no level. */
export function purposeOf(scan: Scan, at: number, number: WrittenNumber): Purpose {
  const { tokens } = scan;
  if (number.unit === 'times') return isLeverage(tokens, at, number) ? 'leverage' : null;
  const isFirstEntry = scan.role === 'entry' && scan.last === null && number.unit === 'plain';
  const named = isFirstEntry ? null : namedBehind(scan, at, number);
  if (named && (scan.role === null || scan.role === 'entry' || scan.role === 'other' || scan.last)) {
    scan.taken = at + 1;
    return named;
  }
  if (isLabel(tokens, at, number)) return 'label';
  if (TIME_UNITS.has(tokens[at + 1]?.lower ?? '') && number.unit === 'plain') return null;
  if (isAmount(scan, at, number)) return null;
  if (scan.role === null || scan.role === 'other')
    return tokens[at - 1]?.text === '@' && number.unit === 'plain' ? 'entry' : null;
  if (number.unit === 'percent' && scan.last && isInBrackets(tokens, at))
    return scan.role === 'target' ? 'fraction' : null;
  if (scan.role === 'target' && isFraction(scan, at, number)) return 'fraction';
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
function namedBehind({ tokens, taken }: Scan, at: number, { unit }: WrittenNumber): LevelRole | null {
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

/** The `0.5` of `long 0.5 BTC`, the `$500` of `buy $500 of ETH`. */
function isAmount({ tokens, anchors }: Scan, at: number, { money }: WrittenNumber): boolean {
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
const isFraction = ({ tokens, last }: Scan, at: number, { unit }: WrittenNumber): boolean =>
  unit === 'percent' &&
  last !== null &&
  last.number.unit === 'plain' &&
  at - last.at <= 3 &&
  tokens[at - 1]?.text !== '/';
