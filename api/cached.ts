/** Answers that may be this old; a reader sees at least the state of a minute ago. */
export const CACHED_MS = 30_000;
/** Most answers that are kept; the one that was asked for longest ago goes first. */
const MAX_ANSWERS = 200;

/**
 * Returns a function that reads an answer by its key, and returns it again to everybody who asks within `maxAgeMs`.
 * Who asks while it is read waits for that reading. A reading that fails is not kept.
 */
export function cacheAnswers<Answer>(
  now: () => number,
  maxAgeMs = CACHED_MS,
): (key: string, read: () => Promise<Answer>) => Promise<Answer> {
  const answers = new Map<string, { at: number; answer: Promise<Answer> }>();
  return (key, read) => {
    const known = answers.get(key);
    const age = known ? now() - known.at : Infinity;
    if (known && age >= 0 && age < maxAgeMs) return known.answer;
    const answer = read();
    answers.delete(key);
    answers.set(key, { at: now(), answer });
    answer.catch(() => answers.delete(key));
    const [oldest] = answers.keys();
    if (answers.size > MAX_ANSWERS && oldest !== undefined) answers.delete(oldest);
    return answer;
  };
}
