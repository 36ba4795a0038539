import type { Token } from '../tokens.ts';
import { set } from './level-words.ts';

const BEFORE_NO_STOP = set('no without dont trailing trail non never move raise');

const NO_STOP = set('none no open - n/a na nil later tba tbd soon without');

const CANDLE_WORDS = set('close closes closing candle closed');

/** Behind `close` these say that the author closes, not a candle. */
const CLOSED_BY_HAND = set('before half all by after manually it everything trade position early some most');

/** Whether the word stands for the stop of this trade; not in "no stop", "stop to breakeven", "buy stop". */
export function namesStop(tokens: readonly Token[], at: number): boolean {
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

/** A stop that waits for the close of a candle: a level that is touched is not one. */
export function isOnClose(tokens: readonly Token[], at: number): boolean {
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
