import { refusal } from '#domain/reasons.ts';
import type { ClassifiedMessage, MessageKind, TradeIdea } from '../classifier.ts';

/**
 * Readings of the rules that leave a call of the model as it is. Every other kind says outright why a side is not meant as a
 * call now; of the labelled calls that the rules miss, few are read as one of those (docs/classifier.md).
 */
const OPEN_KINDS: readonly MessageKind[] = ['call', 'opinion', 'noise', 'language'];

/**
 * Returns the model's reading with its calls kept from being traded where the rules deny them: they call the other side of
 * the instrument, or read that no side is meant.
 */
export function withDenials(rules: ClassifiedMessage, read: ClassifiedMessage): ClassifiedMessage {
  if (read.label !== 'call') return read;
  const ideas = read.ideas.map((idea) => denied(rules, idea));
  const why = ideas.map(({ problem }) => problem).find((problem) => problem?.code === 'classifiers_disagree');
  return why ? { ...read, ideas, reasons: [`${why.code}: ${why.text}`, ...read.reasons] } : read;
}

function denied({ label, kind, ideas }: ClassifiedMessage, idea: TradeIdea): TradeIdea {
  const isOpposed =
    label === 'call' && ideas.some(({ symbol, side }) => symbol === idea.symbol && side !== idea.side);
  const isDenied = label !== 'call' && kind !== undefined && kind !== null && !OPEN_KINDS.includes(kind);
  if (!isOpposed && !isDenied) return idea;
  const other = isOpposed ? 'the other side' : `no call (${kind})`;
  return {
    ...idea,
    problem: refusal(
      'classifiers_disagree',
      `The model reads ${idea.side} ${idea.symbol}, the rules ${other}.`,
    ),
  };
}
