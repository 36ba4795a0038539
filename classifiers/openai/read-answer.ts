import { answerSchema, type Answer } from './answer-schema.ts';
import { failureOf, type ModelFailure } from './failure.ts';

export type ReadAnswer = { ok: true; answer: Answer } | { ok: false; failure: ModelFailure };

/** Longest answer that is read, and kept. */
export const MAX_ANSWER_LENGTH = 20_000;

/** Returns an answer as it is to be read; thoughts, fences and prose around the JSON do not matter. Never throws. */
export function readAnswer(raw: string): ReadAnswer {
  if (raw.trim() === '') return unparsable('the answer is empty');
  if (raw.length > MAX_ANSWER_LENGTH) return unparsable(`the answer has ${raw.length} characters`);
  const value = jsonIn(raw.replace(/<think>[^]*?<\/think>/gu, ''));
  if (value === undefined) return unparsable('the answer holds no JSON object');
  const fitted = answerSchema.safeParse(value);
  if (fitted.success) return { ok: true, answer: fitted.data };
  const [issue] = fitted.error.issues;
  return unparsable(`the answer has another shape: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
}

const unparsable = (detail: string): ReadAnswer => ({ ok: false, failure: failureOf('unparsable', detail) });

/** The text as JSON, else what stands between its first and its last brace. */
function jsonIn(text: string): unknown {
  const whole = parsed(text);
  if (whole !== undefined) return whole;
  const [from, to] = [text.indexOf('{'), text.lastIndexOf('}')];
  return from < 0 || to < from ? undefined : parsed(text.slice(from, to + 1));
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
