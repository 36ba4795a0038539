import type { Mention } from '../symbols.ts';
import type { Token } from '../tokens.ts';
import type { FollowUp, FollowUpKind } from './follow-up.ts';
import * as patterns from './patterns.ts';

/** The facts about a message that decide which statements count. */
interface Message {
  /** A stop, or a target beside an entry, is named. */
  hasLevels: boolean;
  /** Words of another language than English were read. */
  isTranslated: boolean;
}

/** Returns every follow-up of a message. Adverts and news count only where no level of a trade is named with them. */
export function findFollowUps(
  tokens: readonly Token[],
  mentions: readonly Mention[],
  message: Message,
): FollowUp[] {
  const sentences = Map.groupBy(tokens.entries(), ([, token]) => token.sentence);
  return [...sentences].flatMap(([sentence, entries]) => {
    const text = entries
      .map(([, { lower, kind, text: written }]) => (kind === 'number' ? written.toLowerCase() : lower))
      .join(' ');
    const symbols = mentions
      .filter(({ at }) => entries.some(([index]) => index === at))
      .map(({ symbol }) => symbol);
    return kindsOf(text, message).map((kind) => ({ kind, sentence, symbols }));
  });
}

const GUARDED: readonly FollowUpKind[] = ['result', 'cancel', 'close', 'update'];

function kindsOf(text: string, { hasLevels, isTranslated }: Message): FollowUpKind[] {
  const kinds = new Set<FollowUpKind>();
  for (const [kind, pattern] of patterns.PATTERNS) {
    const match = kinds.has(kind) ? null : pattern.exec(text);
    if (match && !isGuarded(kind, match, hasLevels)) kinds.add(kind);
  }
  if (isTranslated && patterns.HIT_GOAL.test(text) && !patterns.GUARD.test(text)) kinds.add('result');
  if (isTranslated && !hasLevels && /\bclose\b/u.test(text)) kinds.add('close');
  if (isTranslated && /\bstop|\bsl\b/u.test(text) && /\bmove\b|\bbreakeven\b/u.test(text))
    kinds.add('update');
  if (!hasLevels && patterns.ADVERT.test(text)) kinds.add('advert');
  if (!hasLevels && patterns.NEWS.test(text)) kinds.add('news');
  return [...kinds];
}

/** Whether a statement names what may happen, or a part of the plan, and not what has happened. */
function isGuarded(
  kind: FollowUpKind,
  { input: text, index: at }: RegExpExecArray,
  hasLevels: boolean,
): boolean {
  if (!GUARDED.includes(kind)) return false;
  if (kind === 'close' && (patterns.CANDLE.test(text) || (hasLevels && patterns.CLOSE_LATER.test(text))))
    return true;
  if (kind === 'update' && patterns.PLANNED.test(text)) return true;
  return patterns.GUARD.test(text.slice(Math.max(0, at - 40), at));
}
