import { z } from 'zod';

const KINDS = [
  'call',
  'conditional',
  'opinion',
  'question',
  'result',
  'cancel',
  'close',
  'update',
  'paper',
  'report',
  'negated',
  'others',
  'advert',
  'news',
  'contradiction',
  'noise',
] as const;

const level = z.object({ quote: z.string(), value: z.string(), unit: z.enum(['price', 'percent']) });

const idea = z.object({
  symbolQuote: z.string(),
  symbol: z.string(),
  sideQuote: z.string(),
  side: z.enum(['long', 'short']),
  entry: level.nullable(),
  stop: level.nullable(),
  targets: z.array(level),
  leverage: z.object({ quote: z.string(), value: z.string() }).nullable(),
  confidence: z.number(),
});

/**
 * The answer that a model is asked for. Reasons come before the verdict, because a model writes the keys in this order.
 * It has no bounds and patterns: servers differ in which of them they take. What is read from it is checked afterwards.
 */
export const answerSchema = z.object({
  reasons: z.array(z.string()),
  label: z.enum(['call', 'opinion', 'noise']),
  kind: z.enum(KINDS),
  ideas: z.array(idea),
});
export type Answer = z.infer<typeof answerSchema>;
export type AnsweredIdea = z.infer<typeof idea>;
export type AnsweredLevel = z.infer<typeof level>;
