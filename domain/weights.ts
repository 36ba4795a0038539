import type { SourceKind } from './statuses.ts';
import type { InputWeights } from './scoring/market-score.ts';

/** What an agent weighs against each other, 0 to 100 each: six origins of calls, and two inputs of the market score. */
export const WEIGHED = {
  x: 'calls on X',
  telegram: 'calls in Telegram channels',
  institutes: 'notes of research institutes, read as feeds',
  webhook: 'calls that come by webhook',
  file: 'calls in files',
  manual: 'calls by hand',
  indicators: 'the part of the market score that comes from prices and volume',
  social: 'the part of the market score that comes from a social service',
} as const;
export type Weighed = keyof typeof WEIGHED;
export const WEIGHED_NAMES: readonly Weighed[] = Object.keys(WEIGHED).filter((name) => isWeighed(name));

/** The weights of an agent; what it leaves out counts in full. */
export type Weights = Partial<Readonly<Record<Weighed, number>>>;

export const FULL_WEIGHT = 100;

/** Returns a weight of an agent, 0 to 100. */
export const weightOf = (weights: Weights, name: Weighed): number => weights[name] ?? FULL_WEIGHT;

/** Returns how much an agent lets each input of the market score count. */
export const inputWeights = (weights: Weights): InputWeights => ({
  indicators: weightOf(weights, 'indicators'),
  social: weightOf(weights, 'social'),
});

/** Returns what a source of a kind is weighed as: institutes are read as feeds, and alerts of a chart come by webhook. */
export function weighedAs(kind: SourceKind): Weighed {
  if (kind === 'rss') return 'institutes';
  return kind === 'tradingview' ? 'webhook' : kind;
}

export function isWeighed(name: string): name is Weighed {
  return Object.hasOwn(WEIGHED, name);
}
