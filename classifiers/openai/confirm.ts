import type { Symbol } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import { refusal } from '#domain/reasons.ts';
import type { ClassifiedMessage, TradeIdea } from '../classifier.ts';
import { problemOf } from '../idea-problem.ts';
import { priceOf } from '../price-of.ts';
import { explain } from '../rules/idea.ts';

/**
 * Returns the calls of the rules where the model reads the same instruments and sides. Where it does not, none of them is
 * to be traded, and each says what both read.
 */
export function confirm(
  rules: ClassifiedMessage,
  read: ClassifiedMessage,
  prices: ReadonlyMap<Symbol, DecimalString>,
): ClassifiedMessage {
  const [byRules, byModel] = [callsOf(rules), callsOf(read)];
  if (byRules !== byModel) return disagreeing(rules, read);
  const ideas = rules.ideas.map((idea) => {
    const other = read.ideas.find(({ symbol, side }) => symbol === idea.symbol && side === idea.side);
    return other ? completed(idea, other, prices) : idea;
  });
  const differing = rules.ideas.flatMap((idea) => differencesOf(idea, read.ideas));
  return {
    ...rules,
    ideas,
    reasons: [...new Set([...ideas.map(explain), ...read.reasons, ...differing])],
    decision: { by: 'both', why: null },
  };
}

function disagreeing(rules: ClassifiedMessage, read: ClassifiedMessage): ClassifiedMessage {
  const why = `The rules read ${tell(rules)}, the model ${tell(read)}.`;
  const problem = refusal('classifiers_disagree', why);
  const all = [...rules.ideas, ...(read.label === 'call' ? read.ideas : [])];
  const ideas = [...new Map(all.map((idea) => [`${idea.side} ${idea.symbol}`, idea])).values()];
  return {
    ...rules,
    reasons: [`${problem.code}: ${why}`, ...rules.reasons, ...read.reasons],
    ideas: ideas.map((idea) => ({ ...idea, problem })),
    decision: { by: 'both', why: `classifiers_disagree: ${why}` },
  };
}

const callsOf = ({ label, ideas }: ClassifiedMessage): string =>
  label === 'call'
    ? ideas
        .map(({ side, symbol }) => `${side} ${symbol}`)
        .toSorted()
        .join(', ')
    : '';

const tell = (read: ClassifiedMessage): string => callsOf(read) || `no call (${read.kind ?? read.label})`;

/** The levels of the rules, and those of the model where the rules read none. */
function completed(idea: TradeIdea, other: TradeIdea, prices: ReadonlyMap<Symbol, DecimalString>): TradeIdea {
  const whole = {
    ...idea,
    entry: idea.entry ?? other.entry,
    leverage: idea.leverage ?? other.leverage,
    barriers: { ...other.barriers, ...idea.barriers },
  };
  const problem = idea.problem ?? problemOf(whole, priceOf(idea.symbol, prices));
  return { ...whole, problem };
}

/** Levels on which both differ, for a person to read; those of the rules count. */
function differencesOf(idea: TradeIdea, others: readonly TradeIdea[]): string[] {
  const other = others.find(({ symbol, side }) => symbol === idea.symbol && side === idea.side);
  if (!other) return [];
  const parts = [
    ['entry', idea.entry, other.entry],
    ['stop', idea.barriers.stopLoss, other.barriers.stopLoss],
    ['targets', idea.barriers.takeProfits, other.barriers.takeProfits],
  ] as const;
  return parts.flatMap(([part, one, two]) =>
    one && two && JSON.stringify(one) !== JSON.stringify(two)
      ? [`the model reads another ${part} of ${idea.symbol}; that of the rules counts`]
      : [],
  );
}
