import { setTimeout as delay } from 'node:timers/promises';

/** Calls `ask` every `intervalMs` until it returns a value. Throws an error that names `what` after the time limit. */
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
