/** An answer is asked for again once it is this old. */
const FRESH_MS = 3_600_000;
/** After a question that failed, the next one about its key waits this long. */
const RETRY_MS = 60_000;
/** Questions under way at once: they are not urgent, and share the budget of those that are. */
const MAX_ASKED = 2;
/** Keys remembered; beyond them all are forgotten. */
const MAX_KNOWN = 50_000;

/**
 * Returns a function that returns the last answer about a key at once, undefined before the first one. Where it is an
 * hour old, the question is put again in the background.
 */
export function createRemembered<Value>(
  ask: (key: string) => Promise<Value>,
  now: () => number = Date.now,
): (key: string) => Value | undefined {
  const known = new Map<string, { value: Value | undefined; askAgainAt: number }>();
  const asked = new Set<string>();

  async function refresh(key: string): Promise<void> {
    asked.add(key);
    try {
      const value = await ask(key);
      if (known.size >= MAX_KNOWN) known.clear();
      known.set(key, { value, askAgainAt: now() + FRESH_MS });
    } catch {
      known.set(key, { value: known.get(key)?.value, askAgainAt: now() + RETRY_MS });
    } finally {
      asked.delete(key);
    }
  }

  return (key) => {
    const found = known.get(key);
    const isDue = found === undefined || now() >= found.askAgainAt;
    if (isDue && !asked.has(key) && asked.size < MAX_ASKED) void refresh(key);
    return found?.value;
  };
}
