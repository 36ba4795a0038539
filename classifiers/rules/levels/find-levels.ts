import type { WrittenNumber } from '../numbers.ts';
import { CHECK } from '../text.ts';
import type { Token } from '../tokens.ts';
import type { FoundLevels, LevelRole, WrittenLevel } from './level.ts';
import {
  FILLERS,
  FILLER_MARKS,
  isFiller,
  LIST_WORDS,
  MODIFIERS,
  NUMBERED_ENTRY,
  roleOf,
} from './level-words.ts';
import { purposeOf } from './purpose.ts';
import { leaveStop, reset, startScan, type Scan } from './scan.ts';
import { isOnClose, namesStop } from './written-stop.ts';

/** Returns every number that has a purpose. `anchors` are the tokens right behind which an entry stands. */
export function findLevels(tokens: readonly Token[], anchors: ReadonlySet<number>): FoundLevels {
  const scan = startScan(tokens, anchors);
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (!token) continue;
    if (token.kind === 'number' && token.number) readLevel(scan, at, token.number);
    else at = moveOn(scan, at, token);
  }
  leaveStop(scan);
  return scan.found;
}

/** Takes a token that is no number, which may change the role of the next number. Returns the last index it used. */
function moveOn(scan: Scan, at: number, token: Token): number {
  if (token.kind === 'break') return endLine(scan, at, token);
  const role = roleOf(token);
  if (role !== null) return takeKeyword(scan, at, role);
  // "84.5 → 91": from the entry to its target.
  if (token.text === '→' && scan.role === 'entry' && scan.last) {
    reset(scan, 'target');
    return at;
  }
  if (scan.anchors.has(at)) {
    if (scan.role === null || scan.last || scan.role === 'other' || scan.role === 'leverage')
      reset(scan, 'entry');
    return at;
  }
  if (scan.role === 'trail' && scan.last && isActivation(token)) reset(scan, 'activation');
  else if (scan.last ? !LIST_WORDS.has(token.lower) : !isFiller(token)) {
    if (!(scan.last && FILLER_MARKS.has(token.text)) && token.text !== CHECK) reset(scan, null);
  }
  return at;
}

/** A label at the end of a line, and a list of targets or entries, go on in the next one. */
function endLine(scan: Scan, at: number, token: Token): number {
  const { tokens } = scan;
  const isLine = token.text.includes('\n');
  if (!isLine) {
    if (partsList(scan, at, token)) return at;
    if (!endsLabel(tokens, at) && !(scan.role !== null && tokens[at + 1]?.kind === 'number' && !scan.last))
      reset(scan, null);
    return at;
  }
  if (scan.role === null) return at;
  if (!scan.last && (scan.role === 'entry' || scan.role === 'stop' || scan.role === 'target')) return at;
  const goesOn = (scan.role === 'target' || scan.role === 'entry') && startsItem(tokens, at + 1);
  if (goesOn) scan.isListed = true;
  else reset(scan, null);
  return at;
}

/** `64,500; 63,200`: a semicolon between two prices of one list. */
const partsList = ({ tokens, role, last }: Scan, at: number, { text }: Token): boolean =>
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

/** Takes the role that a word names. Returns the index of the last token it used. */
function takeKeyword(scan: Scan, at: number, role: LevelRole | 'other'): number {
  const { tokens } = scan;
  const keepsTrail = scan.role === 'trail' && role === 'stop' && !scan.last;
  let end = at;
  if (role === 'stop' || role === 'target' || role === 'entry') {
    while (isModifier(tokens, end + 1)) end += tokens[end + 1]?.text === '-' ? 2 : 1;
  }
  if (scan.taken === at) reset(scan, null);
  else if (role === 'entry' && tokens[at]?.lower === 'price' && scan.role !== null && !scan.last) return end;
  else if (!keepsTrail) {
    reset(scan, role);
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

const isActivation = ({ lower }: Token): boolean =>
  ['after', 'from', 'once', 'at', 'activates'].includes(lower);

/** "1. 43k": the dot ends no sentence. */
const endsLabel = (tokens: readonly Token[], at: number): boolean =>
  tokens[at]?.text === '.' && tokens[at - 1]?.kind === 'number' && tokens[at + 1]?.kind === 'number';

/** Keeps a number under the role that it has, if any. */
function readLevel(scan: Scan, at: number, number: WrittenNumber): void {
  const { tokens, found } = scan;
  const role = purposeOf(scan, at, number);
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
  reset(scan, null);
}

/** `TP: 50% ROI`, `ROI 50%`. */
function isRoi(tokens: readonly Token[], at: number, { unit }: WrittenNumber): boolean {
  if (unit !== 'percent') return false;
  const near = [...tokens.slice(Math.max(0, at - 4), at), ...tokens.slice(at + 1, at + 4)];
  return near.some(({ lower }) => ['roi', 'roe', 'margin', 'pnl', 'leveraged'].includes(lower));
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
