import type { WrittenNumber } from '../numbers.ts';
import type { Token } from '../tokens.ts';

/** The `1` of `1) 43k`, `TP 1: 43k`, `(1): 150` or of a numbered list of calls. */
export function isLabel(tokens: readonly Token[], at: number, number: WrittenNumber): boolean {
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
