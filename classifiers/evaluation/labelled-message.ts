import * as z from 'zod';

const price = z.union([z.string().min(1), z.number().positive()]).transform(String);
const level = z.union([price, z.object({ pct: z.coerce.number().positive() })]);
const side = z.enum(['long', 'short']);

/** One call as a person labelled it; what the text does not name is absent or null. */
const labelledCall = z.object({
  side: side.nullish(),
  instruments: z.array(z.string()).nullish(),
  entry: price.nullish(),
  /** The author's zone: an entry anywhere in it is right. */
  entryRange: z.tuple([price, price]).nullish(),
  stop: level.nullish(),
  targets: z.array(level).nullish(),
  leverage: z.coerce.number().positive().nullish(),
});
export type LabelledCall = z.infer<typeof labelledCall>;

/** A message to classify; prices by symbol at the time. Fields that are not named here are ignored. */
export const messageLine = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  text: z.string(),
  now: z.record(z.string(), price).nullish(),
});
export type MessageLine = z.infer<typeof messageLine>;

/** A message with its labels: whether it is a call to trade now, and what it says. */
export const labelledLine = messageLine.extend({
  candidate: z.boolean(),
  ...labelledCall.shape,
  /** Every call of a text with several. */
  ideas: z.array(labelledCall).nullish(),
});
export type LabelledLine = z.infer<typeof labelledLine>;
