/** What was waited for did not come in time; it may yet. */
export class TimeoutError extends Error {
  override name = 'TimeoutError';
}

/** The promise, or a rejection once `timeoutMs` have passed; what it waits for is not stopped. */
export async function withTimeout<Value>(promise: Promise<Value>, timeoutMs: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new TimeoutError(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
