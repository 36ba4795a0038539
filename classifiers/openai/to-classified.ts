import { bothSides } from '../both-sides.ts';
import type { ClassifiedMessage, MessageKind, TradeIdea } from '../classifier.ts';
import { explain } from '../rules/idea.ts';
import type { Answer } from './answer-schema.ts';
import { groundIdea } from './ground.ts';
import { ownersIn } from './owners.ts';
import type { Post } from './post.ts';

const MAX_IDEAS = 10;
const OPINION = 0.35;

/**
 * Returns the classification that an answer makes of a text. Only what the text bears out is kept; a call of which nothing
 * is left is noise.
 */
export function toClassified(answer: Answer, post: Post): ClassifiedMessage {
  const said = answer.reasons.slice(0, MAX_REASONS).map(toReason).filter(Boolean);
  if (answer.label !== 'call' || answer.kind !== 'call') return noCall(answer, said);
  if (sharesLevels(answer))
    return noise('contradiction', [...said, 'one price cannot hold for several instruments']);
  const answered = answer.ideas.slice(0, MAX_IDEAS);
  const owners = ownersIn(answered, post);
  const grounded = answered.map((idea) => groundIdea(idea, post, owners));
  const ideas = distinct(grounded.flatMap(({ idea }) => idea ?? []));
  const leftOut = grounded.flatMap((each) => each.leftOut);
  if (ideas.length === 0) return noise('noise', [...said, ...leftOut, 'no call stands in the text']);
  const torn = bothSides(ideas);
  if (torn !== null) return noise('contradiction', [...said, `${torn} is called long and short at once`]);
  const problems = ideas.flatMap(({ problem }) => (problem ? [`${problem.code}: ${problem.text}`] : []));
  return {
    label: 'call',
    kind: 'call',
    confidence: Math.max(...ideas.map(({ confidence }) => confidence)),
    reasons: [...said, ...ideas.map(explain), ...problems, ...leftOut],
    ideas,
  };
}

const noise = (kind: MessageKind, reasons: string[]): ClassifiedMessage => ({
  label: 'noise',
  kind,
  confidence: 0,
  reasons,
  ideas: [],
});

/** A call of another kind than call is none. */
function noCall({ label, kind }: Answer, reasons: string[]): ClassifiedMessage {
  if (label !== 'opinion') return noise(kind === 'call' ? 'noise' : kind, reasons);
  return { label, kind: kind === 'call' ? 'opinion' : kind, confidence: OPINION, reasons, ideas: [] };
}

const MAX_REASONS = 4;
const MAX_REASON_LENGTH = 200;

/** Words of the model for a person to read: one line, without links, shortened. */
const toReason = (text: string): string =>
  text
    .replaceAll(/(?:https?:\/\/|www\.)\S+/giu, '')
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, MAX_REASON_LENGTH)
    .toWellFormed();

/** A price with one quote that is claimed for two instruments. */
function sharesLevels({ ideas }: Answer): boolean {
  const owners = new Map<string, string>();
  return ideas.some(({ symbol, entry, stop, targets }) =>
    [entry, stop, ...targets].some((level) => {
      if (level === null || level.unit === 'percent') return false;
      const owner = owners.get(level.value) ?? symbol;
      owners.set(level.value, owner);
      return owner !== symbol;
    }),
  );
}

/** One idea for each instrument and side: the first. */
const distinct = (ideas: readonly TradeIdea[]): TradeIdea[] =>
  [...new Map(ideas.toReversed().map((idea) => [`${idea.side} ${idea.symbol}`, idea])).values()].toReversed();
