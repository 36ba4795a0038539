import type { Side } from '#domain/ids.ts';
import { amount } from '#domain/money.ts';
import { findLevels } from './levels/find-levels.ts';
import type { WrittenLevel } from './levels/level.ts';
import { isQuoted, standingOf, type Cue } from './sides.ts';
import type { Mention } from './symbols.ts';
import type { Token } from './tokens.ts';

/**
 * Returns the side that the levels of a message leave no doubt about, where none is said: a stop below and a target or
 * an entry above it are a long. At most one cue, at the first instrument; none when several instruments are named.
 */
export function impliedCues(tokens: readonly Token[], mentions: readonly Mention[]): Cue[] {
  const [first] = mentions;
  if (!first || mentions.some(({ symbol }) => symbol !== first.symbol)) return [];
  if (movesStop(tokens) || isQuoted(tokens, first.at)) return [];
  const { levels } = findLevels(tokens, new Set([first.at]));
  const side = sideOf(levels);
  return side === null
    ? []
    : [
        {
          at: first.at,
          side,
          kind: 'call',
          standing: standingOf(tokens, first.at),
          hedged: false,
          done: false,
        },
      ];
}

/** "take 30% at 153, then stop to 149": a stop that is moved belongs to a trade that exists. */
const movesStop = (tokens: readonly Token[]): boolean =>
  tokens.some(
    (token, at) =>
      /^(?:sl|stop|stops|stoploss)$/u.test(token.lower) &&
      tokens[at + 1]?.lower === 'to' &&
      tokens[at + 2]?.kind === 'number',
  );

function sideOf(levels: readonly WrittenLevel[]): Side | null {
  const prices = (role: WrittenLevel['role']) =>
    levels.flatMap((level) =>
      level.role === role && level.number.unit === 'plain' ? [amount(level.number.value)] : [],
    );
  const [stop] = prices('stop');
  const others = [...prices('entry'), ...prices('target')];
  if (!stop || others.length === 0 || levels.every(({ role }) => role !== 'target' && role !== 'entry'))
    return null;
  if (others.every((price) => price.gt(stop))) return 'long';
  return others.every((price) => price.lt(stop)) ? 'short' : null;
}
