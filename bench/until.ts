import { setTimeout as delay } from 'node:timers/promises';

/** Asks every `intervalMs` until there is an answer. Throws, naming `what`, when there is none in time. */
export async function until<Value>(
  what: string,
  timeoutMs: number,
  intervalMs: number,
  read: () => Promise<Value | null | undefined>,
): Promise<Value> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (value !== null && value !== undefined) return value;
    if (performance.now() > end) throw new Error(`waited ${timeoutMs / 1_000} s in vain for ${what}`);
    await delay(intervalMs);
  }
}
